import axe from "axe-core";
import { expect, type Person, Program, test } from "../fixtures.ts";
import { open } from "../helpers.ts";

// The admin's page: for moderators and above. The server renders it, and a wasm module of its own keeps its charts.

const PARTS = ["/admin", "/admin/people", "/admin/rooms", "/admin/log"];

/** The page's module runs, and hears the server. */
async function openAdmin(person: Person, path = "/admin"): Promise<void> {
  await person.page.goto(path);
  await expect(person.page.locator("body[data-live]")).toBeVisible();
  await expect(person.page.locator(".line[data-link=live]")).toBeVisible();
}

const figure = (person: Person, name: string) => person.page.locator(`[data-figure=${name}]`);
const deeds = (person: Person) => person.page.locator(".deeds li");

test("the charts move when people talk", async ({ person, server }) => {
  const olga = await (await person()).register("Olga");
  const boris = await Program.guest(server.url, "Boris");
  await openAdmin(olga);
  await expect(olga.page.locator(".figure")).toHaveCount(8);
  const messages = figure(olga, "messages");
  const drawn = await messages.locator(".curve:not(.beside)").getAttribute("d");
  let said = 0;
  // Whoever says one every moment is seen within a few seconds.
  await expect(async () => {
    await boris.say(`message ${++said}`);
    expect(Number(await messages.locator("b").textContent())).toBeGreaterThan(0);
  }).toPass();
  await expect(messages.locator(".curve:not(.beside)")).not.toHaveAttribute("d", drawn ?? "");
  await expect(messages.getByRole("img")).toHaveAccessibleName(/^Messages: .+ now, between 0 a second and .+ a second in the last five minutes$/);
  await expect(figure(olga, "connections").locator("b")).toHaveText("1");
  await expect(figure(olga, "memory").locator("b")).not.toHaveText("0");
  await olga.page.getByText("The last five minutes in figures").click();
  await expect(olga.page.getByRole("row", { name: /^Messages / }).getByRole("cell")).toHaveCount(4);
});

test("whoever comes later sees the minutes before", async ({ person }) => {
  const olga = await (await person()).register("Olga");
  await open(olga);
  const admin = await olga.tab("/admin");
  const points = async () => (await figure(admin, "connections").locator(".curve:not(.beside)").getAttribute("d"))!.split("L").length;
  await expect(async () => {
    await admin.page.reload();
    expect(await points()).toBeGreaterThan(3);
  }).toPass();
});

test("an action takes effect, and the log of every admin's page says so", async ({ person }) => {
  const olga = await (await person()).register("Olga");
  const anna = await (await person()).signIn("Anna");
  await anna.isLive();
  const other = await olga.tab("/admin");
  await expect(other.page.locator(".line[data-link=live]")).toBeVisible();
  await expect(other.page.getByText("Nothing has been done to anyone yet.")).toBeVisible();

  await openAdmin(olga, "/admin/people");
  await olga.page.getByLabel("How the name begins").fill("an");
  await olga.page.getByRole("button", { name: "Find" }).click();
  await expect(olga.page.locator(".entry")).toHaveCount(1);
  await olga.page.getByRole("link", { name: "Manage: Anna" }).click();
  await olga.page.locator("form#mute").getByRole("button").click();
  await expect(olga.page.getByText("They are muted.")).toBeVisible();
  await olga.page.getByRole("link", { name: "Back" }).click();
  await expect(olga.page).toHaveURL(/\/admin\/people\?q=an$/);
  await expect(olga.page.locator(".entry").getByText("muted")).toBeVisible();

  await anna.say("mmm");
  await expect(anna.failed).toContainText("You are muted for a while.");
  await expect(deeds(other).first()).toContainText(/Olga: muted — Anna/);
  await expect(deeds(other).first()).toContainText("10 min");
  await other.page.getByRole("link", { name: "The whole log" }).click();
  await expect(deeds(other)).toHaveCount(1);
});

test("people and rooms come and go in the lists by themselves", async ({ person, server }) => {
  const olga = await (await person()).register("Olga");
  await openAdmin(olga, "/admin/people");
  await expect(olga.page.locator(".entry")).toHaveCount(1);
  const boris = await (await person()).signIn("Boris");
  await boris.isLive();
  await expect(olga.page.locator(".entry")).toHaveCount(2);
  await boris.ask("POST", "/rooms", { name: "Garden" });
  await boris.ask("POST", "/rooms", { name: "Green house" });
  await (await Program.account(server.url, "Clara")).makeRoom("Hidden", { private: true });
  await openAdmin(olga, "/admin/rooms");
  await olga.page.getByLabel("How the room's name begins").fill("G");
  await olga.page.keyboard.press("Enter");
  await expect(olga.page.locator(".entry strong a")).toHaveText(["#Garden", "#general", "#Green house"]);
  await expect(olga.page.getByText("1 private room and 0 direct conversations")).toBeVisible();
  await expect(olga.page.getByText("Hidden")).toHaveCount(0);
});

test("a session is ended, and whoever had it is out", async ({ person }) => {
  const olga = await (await person()).register("Olga");
  const anna = await (await person()).signIn("Anna");
  await anna.isLive();
  await olga.page.goto("/people/Anna");
  const session = olga.page.locator(".entry").filter({ hasText: "Browser: Chrom" });
  await session.getByRole("button", { name: /^Sign out/ }).click();
  await expect(olga.page.getByText("That session has ended.")).toBeVisible();
  await expect(olga.page.getByText("They are signed in nowhere.")).toBeVisible();
  await expect(anna.banner).toContainText("You are signed out.");
  await olga.page.goto("/admin/log");
  await expect(deeds(olga).first()).toContainText(/Olga: session ended — Anna/);
});

test("an announcement reaches another page", async ({ person }) => {
  const olga = await (await person()).register("Olga");
  const anna = await (await person()).signIn("Anna");
  await anna.isLive();
  await openAdmin(olga);
  await olga.page.getByLabel("What everyone should know").fill("Tea is <b>ready</b>!");
  await olga.page.getByRole("button", { name: "Tell everyone" }).click();
  await expect(olga.page.getByText("Everyone has been told.")).toBeVisible();
  await expect(anna.banner).toContainText("Tea is <b>ready</b>!");
  await anna.banner.getByRole("button", { name: "Close" }).click();
  await expect(anna.banner).toHaveCount(0);
  await expect(deeds(olga).first()).toContainText("Tea is <b>ready</b>!");
});

test("when the server goes, the page says that its figures stand still, and goes on when it is back", async ({ person, server, noise }) => {
  noise.expected = [/ERR_CONNECTION_REFUSED|WebSocket|Failed to load resource/];
  const olga = await (await person()).register("Olga");
  await openAdmin(olga);
  await server.kill();
  await expect(olga.page.getByText("The figures stand still until it is back.")).toBeVisible();
  await server.start();
  await expect(olga.page.locator(".line[data-link=live]")).toBeVisible({ timeout: 20_000 });
});

test("without a script everything is there but what arrives by itself", async ({ person, server }) => {
  const olga = await person({ javaScriptEnabled: false });
  await olga.register("Olga");
  await Program.guest(server.url, "Anna");
  await olga.page.getByRole("link", { name: "Settings" }).click();
  await olga.page.getByRole("link", { name: "Administration" }).click();
  await expect(olga.page.getByText("As it was when the page was loaded")).toBeVisible();
  await expect(olga.page.locator(".figure")).toHaveCount(8);
  await expect(async () => {
    await olga.page.reload();
    expect((await figure(olga, "memory").locator(".area").getAttribute("d"))!).toMatch(/^M29\d /);
  }).toPass();
  await olga.page.getByRole("button", { name: "Tell everyone" }).click();
  await olga.page.getByLabel("What everyone should know").fill(" ");
  await olga.page.getByRole("button", { name: "Tell everyone" }).click();
  await expect(olga.page.getByLabel("What everyone should know")).toHaveAccessibleDescription("There is nothing to send yet.");
  await olga.page.getByLabel("What everyone should know").fill("Tea!");
  await olga.page.getByRole("button", { name: "Tell everyone" }).click();
  await expect(deeds(olga)).toHaveText([/Olga: announced.*Tea!/s]);

  await olga.page.getByRole("navigation").getByRole("link", { name: "People" }).click();
  await olga.page.getByRole("link", { name: "Manage: Anna" }).click();
  await olga.page.locator("form#ban").getByRole("button").click();
  await olga.page.getByRole("link", { name: "Back" }).click();
  await expect(olga.page.locator(".entry").filter({ hasText: "Anna" })).toContainText("banned");
  await olga.page.getByRole("navigation").getByRole("link", { name: "Rooms" }).click();
  await expect(olga.page.locator(".entry strong a")).toHaveText(["#general"]);
  await olga.page.getByRole("navigation").getByRole("link", { name: "Log" }).click();
  await expect(deeds(olga)).toHaveText([/Olga: banned — Anna/, /Olga: announced/]);
});

test("by keyboard one gets to every part, and to what can be done", async ({ person }) => {
  const olga = await (await person()).register("Olga");
  await openAdmin(olga);
  const focused = () => olga.page.evaluate(() => document.activeElement?.textContent?.trim());
  const reached: (string | undefined)[] = [];
  for (let stop = 0; stop < 8; stop++) {
    await olga.page.keyboard.press("Tab");
    reached.push(await focused());
  }
  expect(reached).toEqual(["Back", "Now", "People", "Rooms", "Log", "The last five minutes in figures", "", "Tell everyone"]);
  await olga.page.getByRole("link", { name: "Log", exact: true }).focus();
  await olga.page.keyboard.press("Enter");
  await expect(olga.page).toHaveURL(/\/admin\/log$/);
  await expect(olga.page.getByRole("link", { name: "Log", exact: true })).toHaveAttribute("aria-current", "page");
});

test.describe("a guest", () => {
  // The browser itself reports a page's 403.
  test.use({ noise: { expected: [/403/] } });

  test("is refused, and no link leads them there", async ({ person, server }) => {
    await Program.account(server.url, "Olga");
    const anna = await (await person()).signIn("Anna");
    await anna.page.goto("/settings");
    await expect(anna.page.getByRole("link", { name: "Administration" })).toHaveCount(0);
    for (const path of PARTS) {
      expect((await anna.page.goto(path))!.status()).toBe(403);
      await expect(anna.page.getByRole("heading")).toHaveText("You may not do that.");
    }
  });
});

test("the chat fetches nothing of it", async ({ person }) => {
  const olga = await person();
  const asked: string[] = [];
  olga.page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  await olga.register("Olga");
  await olga.isLive();
  await olga.page.getByRole("link", { name: "Settings" }).click();
  await expect(olga.sheet.getByRole("link", { name: "Administration" })).toBeVisible();
  expect(asked.filter((path) => path.includes("admin"))).toEqual([]);
  // From the dialog the browser goes there: what lives there is not in the chat's page.
  await olga.sheet.getByRole("link", { name: "Administration" }).click();
  await expect(olga.page.locator(".line[data-link=live]")).toBeVisible();
  expect(asked.filter((path) => path.startsWith("/pkg/admin/")).map((path) => path.split(".").pop()).sort()).toEqual(["css", "js", "wasm"]);
});

for (const colorScheme of ["light", "dark"] as const) {
  for (const viewport of [
    { width: 1200, height: 800 },
    { width: 360, height: 740 },
  ]) {
    test(`axe finds nothing, and nothing is wider than the page, ${colorScheme}, ${viewport.width} px wide`, async ({ person, server }) => {
      const olga = await (await person({ colorScheme, viewport, reducedMotion: "reduce" })).register("Olga");
      const anna = await Program.guest(server.url, "Anna");
      await olga.ask("POST", "/admin/mute", { user: anna.id, minutes: 5 });
      await olga.ask("POST", "/admin/kick", { user: anna.id, reason: "noise ".repeat(20) });
      for (const path of PARTS) {
        await openAdmin(olga, path);
        const details = olga.page.locator("details.numbers");
        if (await details.count()) await details.locator("summary").click();
        await olga.page.evaluate(axe.source);
        const found = await olga.page.evaluate(async () => {
          const { violations } = await (window as unknown as { axe: typeof axe }).axe.run();
          return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 140)} ${node.any[0]?.message ?? ""}`));
        });
        expect(found, path).toEqual([]);
        expect(await olga.page.evaluate(() => document.documentElement.scrollWidth), path).toBeLessThanOrEqual(viewport.width);
      }
    });
  }
}

for (const { locale, told } of [
  { locale: "ru-RU", told: "Управление" },
  { locale: "zh-CN", told: "管理" },
]) {
  test(`it speaks ${locale}`, async ({ person, server }) => {
    await Program.account(server.url, "Olga");
    const olga = await person({ locale });
    const answer = await olga.page.context().request.post(`${server.url}/api/v1/session`, { data: { name: "Olga", password: "correct horse" } });
    expect(answer.ok()).toBe(true);
    await openAdmin(olga);
    await expect(olga.page.getByRole("heading", { level: 1 })).toHaveText(told);
    await expect(olga.page.locator("main")).not.toContainText(/[a-z]{4,} [a-z]{2,}/);
  });
}
