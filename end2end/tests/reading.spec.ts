import { expect, type Person, Program, test } from "../fixtures.ts";
import { hasRead, sayAll } from "../helpers.ts";

function count(person: Person, room: string) {
  return person.roomLink(room).locator(".n");
}

/** What a browser says to a page when one turns to another tab, and back. */
async function look(person: Person, away: boolean): Promise<void> {
  await person.page.evaluate((away) => {
    Object.defineProperty(document, "hidden", { configurable: true, get: () => away });
    Object.defineProperty(document, "visibilityState", { configurable: true, get: () => (away ? "hidden" : "visible") });
    document.dispatchEvent(new Event("visibilitychange"));
  }, away);
}

interface Shown {
  title: string;
  body: string;
}

interface Stubs {
  shown: Shown[];
  sounds: number;
  asked: number;
  click: () => void;
}

/** A desktop that keeps what it is asked to show, and loudspeakers that count. */
async function stub(person: Person, permission: NotificationPermission): Promise<void> {
  await person.page.addInitScript((permission) => {
    const stubs: Stubs = { shown: [], sounds: 0, asked: 0, click: () => {} };
    Object.assign(window, { stubs });
    class Notification extends EventTarget {
      static permission = permission;
      static requestPermission(answer?: (permission: string) => void) {
        stubs.asked += 1;
        Notification.permission = "granted";
        answer?.("granted");
        return Promise.resolve("granted");
      }
      onclick: (() => void) | null = null;
      constructor(title: string, options: { body: string }) {
        super();
        stubs.shown.push({ title, body: options.body });
        stubs.click = () => this.onclick?.();
      }
      close() {}
    }
    Object.assign(window, { Notification });
    HTMLMediaElement.prototype.play = () => {
      stubs.sounds += 1;
      return Promise.resolve();
    };
  }, permission);
}

function stubs(person: Person): Promise<Stubs> {
  return person.page.evaluate(() => {
    const { shown, sounds, asked } = (window as unknown as { stubs: Stubs }).stubs;
    return { shown, sounds, asked } as Stubs;
  });
}

/** As one switches it on in the settings. */
async function want(person: Person, what: RegExp[]): Promise<void> {
  await person.page.getByRole("link", { name: "Settings" }).click();
  for (const label of what) await person.sheet.getByLabel(label).check();
  await person.sheet.locator("#looks").getByRole("button", { name: "Save" }).click();
  await person.page.goto("/room/general");
  await person.isLive();
}

test("what comes while one looks elsewhere isn't read, until one looks", async ({ person, server }) => {
  const boris = await Program.guest(server.url, "Boris");
  const anna = await (await person()).signIn("Anna");
  await anna.isLive();
  await boris.say("seen");
  await hasRead(anna, "general");
  await look(anna, true);
  await sayAll(boris, ["one", "two"]);
  await expect(anna.said).toHaveCount(3);
  await expect(count(anna, "general")).toHaveText("2");
  await expect(anna.page).toHaveTitle("(2) #general · Beseda");
  const general = async () => (await anna.ask("GET", "/rooms")).rooms[0];
  expect(await general()).toMatchObject({ lastSeq: 3, readSeq: 1, unread: 2 });
  // Where one stopped is a line.
  await expect(anna.page.locator(".new + .message .body")).toHaveText("one");

  await look(anna, false);
  await hasRead(anna, "general");
  await expect(count(anna, "general")).toHaveCount(0);
  await expect(anna.page).toHaveTitle("#general · Beseda");
  await expect(anna.page.locator(".new + .message .body")).toHaveText("one");
});

test("what is below isn't read, until one goes there", async ({ person, server }) => {
  const boris = await Program.guest(server.url, "Boris");
  await sayAll(boris, Array.from({ length: 60 }, (_, index) => `word ${index}`));
  const anna = await (await person()).signIn("Anna");
  await anna.isLive();
  await hasRead(anna, "general");
  await anna.page.locator(".scroll").hover();
  await anna.page.mouse.wheel(0, -800);
  await expect(anna.page.locator(".down")).toHaveText("To the end ↓");
  await boris.say("new");
  await expect(anna.page.locator(".down")).toHaveText("1 new ↓");
  await expect(count(anna, "general")).toHaveText("1");
  await anna.page.locator(".down").click();
  await hasRead(anna, "general");
  await expect(count(anna, "general")).toHaveCount(0);
});

test("what is read in one tab is read in the other within a second", async ({ person, server }) => {
  const boris = await Program.guest(server.url, "Boris");
  await boris.makeRoom("Garden");
  const anna = await (await person()).signIn("Anna");
  await anna.isLive();
  await anna.roomLink("Garden").click();
  await expect(anna.page).toHaveURL(/garden$/);
  await anna.roomLink("general").click();
  await expect(anna.page).toHaveURL(/general$/);
  const other = await anna.tab("/room/general");
  await other.isLive();
  await sayAll(boris, ["one", "@Anna two", "three"], "garden");
  for (const tab of [anna, other]) {
    await expect(count(tab, "Garden")).toHaveText("1");
    await expect(tab.page).toHaveTitle("(3) #general · Beseda");
  }
  await anna.roomLink("Garden").click();
  await expect(count(anna, "Garden")).toHaveCount(0);
  await expect(count(other, "Garden")).toHaveCount(0, { timeout: 1_000 });
  await expect(other.page).toHaveTitle("#general · Beseda", { timeout: 1_000 });
});

test("nothing sounds or pops up unless one asks for it", async ({ person, server }) => {
  const boris = await Program.guest(server.url, "Boris");
  const anna = await person();
  await stub(anna, "granted");
  await anna.signIn("Anna");
  await anna.isLive();
  await look(anna, true);
  await boris.say("@Anna, look");
  await expect(anna.page).toHaveTitle("(1) #general · Beseda");
  await expect(count(anna, "general")).toHaveClass("n at");
  expect(await stubs(anna)).toEqual({ shown: [], sounds: 0, asked: 0 });
});

test("whoever asks for it is told of calls and direct messages, and of nothing else", async ({ person, server }) => {
  const boris = await Program.guest(server.url, "Boris");
  const anna = await person();
  await stub(anna, "granted");
  await anna.signIn("Anna");
  await anna.isLive();
  await want(anna, [/soft sound/, /notification on the desktop/]);
  await boris.makeRoom("Garden");
  const { room } = await boris.ask("POST", "/dms", { user: "Anna" });

  // Of what one looks at, one needn't be told.
  await boris.say("@Anna, here");
  await expect(anna.said).toHaveText(["@Anna, here"]);
  await look(anna, true);
  await boris.say("Anna isn't called by this");
  await boris.say("@Anna, there");
  await expect.poll(async () => (await stubs(anna)).shown).toEqual([{ title: "#general · Beseda", body: expect.stringContaining("@Anna, there") }]);
  await boris.say("psst", { room: room.id });
  await expect.poll(async () => (await stubs(anna)).shown).toHaveLength(2);
  expect((await stubs(anna)).shown[1]).toEqual({ title: "Boris · Beseda", body: expect.stringContaining("psst") });
  expect((await stubs(anna)).sounds).toBe(2);

  // A click on it leads there.
  await anna.page.evaluate(() => (window as unknown as { stubs: Stubs }).stubs.click());
  await expect(anna.page).toHaveURL(/\/dm\/Boris$/);
  await expect(anna.said).toHaveText(["psst"]);
  // What was told once isn't told again.
  await look(anna, false);
  await hasRead(anna, room.slug);
  await anna.page.reload();
  await anna.isLive();
  await expect(anna.page.getByRole("heading", { name: "Boris" })).toBeVisible();
  expect(await stubs(anna)).toEqual({ shown: [], sounds: 0, asked: 0 });
});

test("sound and notification are switched on by themselves", async ({ person, server }) => {
  const boris = await Program.guest(server.url, "Boris");
  const anna = await person();
  await stub(anna, "granted");
  await anna.signIn("Anna");
  await anna.isLive();
  await want(anna, [/soft sound/]);
  await look(anna, true);
  await boris.say("@Anna, listen");
  await expect.poll(async () => (await stubs(anna)).sounds).toBe(1);
  expect((await stubs(anna)).shown).toEqual([]);
});

test("the browser is asked only after one has clicked", async ({ person, server }) => {
  const boris = await Program.guest(server.url, "Boris");
  const anna = await person();
  await stub(anna, "default");
  await anna.signIn("Anna");
  await anna.isLive();
  await want(anna, [/notification on the desktop/]);
  await expect(anna.banner).toContainText("Your browser has to allow notifications.");
  expect((await stubs(anna)).asked).toBe(0);
  await anna.banner.getByRole("button", { name: "Allow" }).click();
  await expect(anna.banner).toBeHidden();
  expect((await stubs(anna)).asked).toBe(1);
  await look(anna, true);
  await boris.say("@Anna, look");
  await expect.poll(async () => (await stubs(anna)).shown).toHaveLength(1);
});

test("the sound is there", async ({ server }) => {
  const answer = await fetch(`${server.url}/ping.wav`);
  expect(answer.status).toBe(200);
  expect(answer.headers.get("content-type")).toBe("audio/wav");
});
