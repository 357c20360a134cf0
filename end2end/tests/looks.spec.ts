import { join } from "node:path";
import type { BrowserContextOptions } from "@playwright/test";
import { expect, Person, Program, test } from "../fixtures.ts";
import type { Server } from "../server.ts";

// Pictures of every screen, to be looked at: results/looks/. Not compared with anything.

type NewPerson = (options?: BrowserContextOptions) => Promise<Person>;
type Look = (name: string, person: Person) => Promise<void>;

test.use({ noise: { expected: [/status of 404/, /WebSocket connection to .* failed/, /net::ERR_/] } });

for (const colorScheme of ["light", "dark"] as const) {
  for (const viewport of [
    { width: 1200, height: 760 },
    { width: 360, height: 720 },
  ]) {
    test(`pictures, ${colorScheme}, ${viewport.width} px wide`, async ({ person, server }, info) => {
      test.setTimeout(300_000);
      const touch = viewport.width < 700 ? { hasTouch: true, isMobile: true } : {};
      const somebody: NewPerson = (options) => person({ viewport, colorScheme, reducedMotion: "reduce", ...touch, ...options });
      await tour(somebody, server, async (name, { page }) => {
        const path = join(info.project.outputDir, "looks", `${name}-${colorScheme}-${viewport.width}.png`);
        await page.screenshot({ path });
      });
    });
  }
}

test("nothing scrolls sideways at 320 px", async ({ person, server }) => {
  test.setTimeout(300_000);
  const somebody: NewPerson = (options) => person({ viewport: { width: 320, height: 640 }, hasTouch: true, isMobile: true, reducedMotion: "reduce", ...options });
  await tour(somebody, server, async (name, { page }) => {
    const wide = await page.evaluate(() => {
      const boxes = [document.documentElement, ...document.querySelectorAll("body, main, nav, aside, dialog, .scroll, .head, .composer")];
      const shown = boxes.filter((box) => box.getClientRects().length > 0);
      return shown.filter((box) => box.scrollWidth > box.clientWidth).map((box) => `${box.tagName}.${box.className}: ${box.scrollWidth}`);
    });
    expect(wide, name).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth), name).toBe(320);
  });
});

async function tour(person: NewPerson, server: Server, look: Look): Promise<void> {
  await atTheDoor(person, look);
  const anna = await (await person()).register("Anna");
  await anna.isLive();
  await look("room-empty", anna);
  const others = await converse(anna, server);
  await look("room", anna);
  await inTheRoom(anna, server, others, look);
  await drawers(anna, look);
  await sheets(anna, others, look);
  await refused(person, anna, look);
  await elsewhere(person, anna, look);
  await lost(anna, server, look);
}

async function atTheDoor(person: NewPerson, look: Look): Promise<void> {
  const guest = await person();
  for (const [name, path] of [
    ["sign-in", "/"],
    ["sign-in-password", "/?with=password"],
    ["sign-in-account", "/?with=account"],
    ["sign-in-invited", "/invite/abc"],
    ["sign-in-refused", "/?problem=taken&field=name&name=Anna"],
    ["sign-in-refused-password", "/?with=password&problem=wrong&field=password&name=Anna"],
  ] as const) {
    await guest.page.goto(path);
    await look(name, guest);
  }
  for (const locale of ["ru-RU", "zh-CN"]) {
    const other = await person({ locale });
    await other.page.goto("/?with=account&problem=taken&field=name&name=Anna");
    await look(`sign-in-${locale.slice(0, 2)}`, other);
  }
}

interface Others {
  /** The slug of a private room. */
  kitchen: string;
  boris: Program;
}

/** Three people, three languages, and whatever may happen to a message. */
async function converse(anna: Person, server: Server): Promise<Others> {
  const boris = await Program.guest(server.url, "Борис");
  const lilei = await Program.guest(server.url, "李雷");
  const first = await boris.say("The new build is on staging. Could someone try the sign-in on a phone?");
  await boris.say("Especially the keyboard: https://staging.example/room/general");
  await lilei.say("早上好！手机上没问题，中文输入法也正常。", { replyTo: first.id });
  await boris.say("Попробовал на старом телефоне: всё открылось сразу, текст читается ещё до загрузки. 👨‍👩‍👧‍👦");
  const typo = await boris.say("@Anna wuold you look at the dark theme, too?");
  await boris.edit(typo, "@Anna would you look at the dark theme, too? @李雷 has the small screen.");
  await boris.delete(await boris.say("wrong window"));
  await anna.say("On it.\nI'll write down what I find:\n– the drawer\n– the search");
  await expect(anna.said).toHaveCount(7);
  await lilei.say("x".repeat(300));
  await lilei.say("مرحبا بالجميع، كيف الحال؟");
  await expect(anna.said).toHaveCount(9);
  const kitchen = await anna.ask("POST", "/rooms", { name: "Кухня", topic: "Что сегодня на обед", private: true });
  await boris.makeRoom("A room with quite a long name, as some have");
  const tea = await boris.makeRoom("tea", { topic: "Leaves, water, patience. Everything about tea and what goes with it" });
  await anna.ask("POST", `/rooms/${tea}/join`);
  await boris.say("Tea, @Anna?", { room: tea });
  const { room } = await lilei.ask("POST", "/dms", { user: "Anna" });
  await lilei.say("你有时间吗？", { room: room.slug });
  await anna.page.reload();
  await anna.isLive();
  await expect(anna.roomLink("李雷").locator(".n.at")).toHaveText("1");
  return { kitchen: kitchen.room.slug, boris };
}

async function inTheRoom(anna: Person, server: Server, { boris }: Others, look: Look): Promise<void> {
  const { page } = anna;
  await anna.composer.fill("And @");
  await expect(page.getByRole("listbox", { name: "Names" })).toBeVisible();
  await look("room-names", anna);
  await anna.composer.fill("");
  await choose(anna, "On it.", "Edit");
  await look("room-edit", anna);
  await page.locator(".task").getByRole("link", { name: "Cancel" }).click();
  await choose(anna, "The new build", "Reply");
  await anna.composer.fill("word ".repeat(990).trim());
  await look("room-reply-long", anna);
  await anna.composer.fill("");
  await page.locator(".task").getByRole("link", { name: "Cancel" }).click();
  await choose(anna, "On it.", "Delete");
  await look("room-delete", anna);
  await page.locator(".doomed").getByRole("link", { name: "Cancel" }).click();
  await page.mouse.move(0, 0);

  const slug = await boris.makeRoom("Archive");
  await page.goto(`/room/${slug}`);
  await anna.isLive();
  await boris.say("The end.", { room: slug });
  await boris.ask("POST", `/rooms/${slug}/archive`);
  await expect(anna.page.getByText("This room is archived.")).toBeVisible();
  await look("room-archived", anna);
  await page.goto("/room/general?at=3");
  await anna.isLive();
  await expect(page.locator(".marked")).toBeVisible();
  await look("room-permalink", anna);
  server.pause();
  await anna.say("On its way");
  await anna.say("And this");
  await expect(anna.pending).toHaveCount(2);
  await look("room-pending", anna);
  server.goOn();
  await expect(anna.pending).toHaveCount(0);
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox").fill("t");
  await look("palette", anna);
  await page.getByRole("combobox").fill("qqq");
  await look("palette-nothing", anna);
  await page.keyboard.press("Escape");
}

/** As by a tap: the row has the focus, and so it shows what can be done with it. */
async function choose(anna: Person, text: string, what: string): Promise<void> {
  await anna.row(text).focus();
  await anna.row(text).locator(".acts").getByRole("link", { name: what }).click();
}

async function drawers({ page }: Person, look: Look): Promise<void> {
  for (const name of ["Rooms", "People"]) {
    const button = page.locator("header").getByRole("button", { name });
    if (!(await button.isVisible())) continue;
    await button.click();
    await expect(page.locator(`#${name.toLowerCase()}:popover-open`)).toBeVisible();
    await look(`drawer-${name.toLowerCase()}`, new Person(page));
    await page.keyboard.press("Escape");
  }
}

async function sheets(anna: Person, { kitchen }: Others, look: Look): Promise<void> {
  const { page } = anna;
  // In the dialog over the chat.
  for (const name of ["Search", "Details"]) {
    await page.locator("header .tools").getByRole("link", { name }).click();
    await expect(page.locator("dialog[open] main.sheet")).toBeVisible();
    await look(`over-${name.toLowerCase()}`, anna);
    await page.keyboard.press("Escape");
  }
  // By themselves.
  for (const [name, path] of [
    ["search", "/search?q=о"],
    ["search-nothing", "/search?q=nowhere"],
    ["settings", "/settings"],
    ["new-room", "/rooms/new"],
    ["new-room-refused", "/rooms/new?problem=room-name-empty&field=new-name&new-topic=Leaves"],
    ["details", "/room/general/details"],
    ["details-private", `/room/${kitchen}/details`],
    ["person", `/people/${encodeURIComponent("Борис")}`],
    ["people", "/people"],
    ["invites", "/invites"],
    ["nowhere", "/nowhere"],
  ] as const) {
    await page.goto(path);
    await look(name, anna);
    const height = await page.evaluate(() => document.documentElement.scrollHeight - innerHeight);
    if (height > 0) {
      await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
      await look(`${name}-end`, anna);
    }
  }
  await page.goto("/invites");
  await page.getByRole("button", { name: "Make a link" }).click();
  await expect(page.getByLabel(/Copy the link/)).toBeVisible();
  await look("invites-made", anna);
  await page.goto("/room/general");
  await anna.isLive();
}

/** What was refused, as a guest sees it in a room with a topic. */
async function refused(person: NewPerson, owner: Person, look: Look): Promise<void> {
  const guest = await (await person()).signIn("Marta");
  await guest.page.goto("/room/tea");
  await guest.isLive();
  const { user } = await guest.ask("GET", "/session");
  await owner.ask("POST", "/admin/mute", { user: user.id, minutes: 10 });
  await guest.say("Is it too late to say this, which goes on for a line or two on a phone?");
  await expect(guest.failed).toHaveCount(1);
  await look("room-failed", guest);
  await guest.page.close();
}

/** The same in other languages, with Anna's session. */
async function elsewhere(person: NewPerson, anna: Person, look: Look): Promise<void> {
  const storageState = await anna.page.context().storageState();
  for (const locale of ["ru-RU", "zh-CN"]) {
    const other = await person({ storageState, locale });
    for (const [name, path] of [
      ["room", "/room/general"],
      ["settings", "/settings"],
      ["person", `/people/${encodeURIComponent("李雷")}`],
      ["details", "/room/general/details"],
      ["new-room", "/rooms/new"],
      ["search", "/search"],
    ]) {
      await other.page.goto(path!);
      if (name === "room") await other.isLive();
      await look(`${name}-${locale.slice(0, 2)}`, other);
    }
    await other.page.close();
  }
}

async function lost(anna: Person, server: Server, look: Look): Promise<void> {
  await server.kill();
  await expect(anna.banner).toContainText("Connection lost.");
  await anna.say("Are you still there?");
  await look("room-lost", anna);
  await server.start();
}
