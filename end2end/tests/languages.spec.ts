import { expect, Person, Program, test } from "../fixtures.ts";

const LANGUAGES = [
  { lang: "en", locale: "en-GB", welcome: "Come in and talk.", message: "Message", own: "English" },
  { lang: "ru", locale: "ru-RU", welcome: "Заходите, поговорим.", message: "Сообщение", own: "Русский" },
  { lang: "zh", locale: "zh-CN", welcome: "进来聊聊吧。", message: "消息", own: "中文" },
] as const;

test("the language is the one that the browser asks for", async ({ server }) => {
  for (const [asked, lang] of [
    ["ru-RU,ru;q=0.9,en;q=0.8", "ru"],
    ["zh-Hant-TW", "zh"],
    ["de, fr;q=0.9, zh-CN;q=0.5, en;q=0.4", "zh"],
    ["en;q=0.1, ru;q=0.7", "ru"],
    ["de", "en"],
    ["", "en"],
  ] as const) {
    for (const path of ["/", "/nowhere"]) {
      const answer = await fetch(server.url + path, { headers: { "accept-language": asked } });
      expect(await answer.text(), `${path}, ${asked}`).toContain(`<html lang="${lang}"`);
    }
  }
});

for (const { lang, locale, welcome, message, own } of LANGUAGES) {
  test(`${own}: from the first page on, and after the page has come alive`, async ({ person }) => {
    const { page } = await person({ locale });
    await page.goto("/");
    await expect(page.getByRole("heading", { name: welcome })).toBeVisible();
    const anna = await enter(new Person(page), "Anna");
    await anna.isLive();
    await expect(page.getByRole("textbox", { name: message, exact: true })).toBeVisible();
    await expect(page.locator("html")).toHaveAttribute("lang", lang);
  });

  test(`${own}: chosen against what the browser asks for, and kept`, async ({ person }) => {
    const other = LANGUAGES.find((other) => other.lang !== lang)!;
    const { page } = await person({ locale: other.locale });
    await page.goto("/");
    await page.getByRole("button", { name: own }).click();
    await expect(page.getByRole("heading", { name: welcome })).toBeVisible();
    await page.reload();
    await expect(page.getByRole("heading", { name: welcome })).toBeVisible();
    const anna = await enter(new Person(page), "Anna");
    await anna.isLive();
    await page.reload();
    await expect(page.getByRole("textbox", { name: message, exact: true })).toBeVisible();

    // And over a browser that is closed: for a year, at least.
    const cookies = await page.context().cookies();
    const { expires } = cookies.find(({ name }) => name === "beseda_language")!;
    expect(expires - Date.now() / 1_000).toBeGreaterThan(365 * 86_400);

    // Back to another one, in the settings.
    await page.goto("/settings");
    await anna.sheet.getByLabel(other.own).check();
    await anna.sheet.locator("#looks button").click();
    await expect(page.locator("html")).toHaveAttribute("lang", other.lang);
    await page.goto("/room/general");
    await expect(page.getByRole("textbox", { name: other.message, exact: true })).toBeVisible();
  });
}

for (const { locale, told } of [
  { locale: "en-GB", told: ["1 unread", "2 unread", "5 unread", "21 unread"] },
  { locale: "ru-RU", told: ["1 непрочитанное", "2 непрочитанных", "5 непрочитанных", "21 непрочитанное"] },
  { locale: "zh-CN", told: ["1 条未读", "2 条未读", "5 条未读", "21 条未读"] },
]) {
  test(`numbers have the right forms in ${locale}, from the server and live`, async ({ person, server }) => {
    const boris = await Program.guest(server.url, "Boris");
    const slug = await boris.makeRoom("Kitchen");
    const anna = await come(await person({ locale }), "Anna");
    const plain = await person({ locale, javaScriptEnabled: false, storageState: await anna.page.context().storageState() });
    await anna.ask("POST", `/rooms/${slug}/join`);
    await anna.isLive();
    let said = 0;
    for (const text of told) {
      for (const count = parseInt(text); said < count; said++) await boris.say("Tea?", { room: slug });
      await expect(anna.roomLink("Kitchen").locator(".n")).toHaveAccessibleName(text);
      await plain.page.goto("/room/general");
      await expect(plain.roomLink("Kitchen").locator(".n")).toHaveAccessibleName(text);
    }
  });
}

test("Russian counts people as Russian does", async ({ person, server }) => {
  const { page } = await person({ locale: "ru-RU" });
  const names = Array.from({ length: 22 }, (_, index) => `Гость ${index + 1}`);
  const told = new Map([
    [1, "1 человек"],
    [2, "2 человека"],
    [5, "5 человек"],
    [11, "11 человек"],
    [21, "21 человек"],
    [22, "22 человека"],
  ]);
  for (const [index, name] of names.entries()) {
    // A page that was loaded is what makes them present.
    const other = await fetch(`${server.url}/api/v1/session`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ name }),
    });
    const cookie = other.headers.get("set-cookie")!.split(";")[0]!;
    await fetch(`${server.url}/room/general`, { headers: { cookie } });
    const words = told.get(index + 1);
    if (!words) continue;
    await page.goto("/");
    await expect(page.getByText(`Сейчас здесь ${words}.`)).toBeVisible();
  }
});

// What may stand in another script: names, of things and of languages.
const NAMES = ["Beseda", "Ctrl K", "general", "Chromium", "Chrome", "Linux", "node", "MB", "English", "Русский", "中文"];

const WORLDS = [
  {
    ...LANGUAGES[0],
    foreign: /\p{Script=Cyrillic}+|\p{Script=Han}+/gu,
    me: "Anna",
    other: "Boris",
    room: "Kitchen",
    text: "The samovar is on",
    word: "samovar",
  },
  {
    ...LANGUAGES[1],
    foreign: /\p{Script=Latin}+|\p{Script=Han}+/gu,
    me: "Анна",
    other: "Борис",
    room: "Кухня",
    text: "Самовар уже кипит",
    word: "самовар",
  },
  {
    ...LANGUAGES[2],
    foreign: /\p{Script=Latin}+|\p{Script=Cyrillic}+/gu,
    me: "安娜",
    other: "李雷",
    room: "厨房",
    text: "水已经烧开了",
    word: "烧开",
  },
];
type World = (typeof WORLDS)[number];

/** Collects what does not belong to a language, with the place where it was read. */
class Reading {
  readonly foreign: string[] = [];

  constructor(private readonly world: World) {}

  /** What the page shows now, hidden or not. */
  async live(person: Person, where: string): Promise<void> {
    this.judge(await person.page.evaluate(textsOf, undefined), where);
  }

  /** The page at this address, as the server renders it for this person. */
  async at(person: Person, path: string): Promise<void> {
    const answer = await person.page.request.get(path, { headers: { "accept-language": this.world.locale } });
    this.judge(await person.page.evaluate(textsOf, await answer.text()), path);
  }

  private judge({ lang, texts }: ReturnType<typeof textsOf>, where: string): void {
    expect(lang, where).toBe(this.world.lang);
    expect(texts.length, where).toBeGreaterThan(2);
    for (const text of texts) {
      const rest = NAMES.reduce((rest, name) => rest.replaceAll(name, ""), text);
      if (rest.match(this.world.foreign)) this.foreign.push(`${where}: ${text}`);
    }
  }
}

/** Every text of a page, and what is only read out; in the browser. */
function textsOf(html: string | undefined): { lang: string; texts: string[] } {
  const page = html === undefined ? document : new DOMParser().parseFromString(html, "text/html");
  const texts = [page.title];
  const walker = page.createTreeWalker(page.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const { textContent, parentElement } = walker.currentNode;
    if (!parentElement!.closest("script, style, noscript")) texts.push(textContent!);
  }
  const spoken = ["aria-label", "aria-description", "aria-valuetext", "placeholder", "title", "alt"];
  for (const element of page.querySelectorAll("*")) {
    for (const name of spoken) texts.push(element.getAttribute(name) ?? "");
  }
  return { lang: page.documentElement.lang, texts: texts.map((text) => text.trim()).filter((text) => text !== "") };
}

test.describe(() => {
  // The browser itself reports a page that isn't there, or isn't for everyone.
  test.use({ noise: { expected: [/responded with a status of 40[34]/] } });

  for (const world of WORLDS) {
    const { own, locale, me, other, room, text, word } = world;

    test(`every page is in ${own}`, async ({ person, server }) => {
      const reading = new Reading(world);
      const stranger = await person({ locale });
      await stranger.page.goto("/");
      for (const path of ["/", "/?with=password", "/?with=account", "/invite/abc"]) await reading.at(stranger, path);
      for (const problem of PROBLEMS) await reading.at(stranger, `/?with=account&problem=${problem}`);

      const anna = await come(await person({ locale }), me, "correct horse");
      const boris = await Program.guest(server.url, other);
      const slug = await boris.makeRoom(room, { topic: text });
      const secret = (await anna.ask("POST", "/rooms", { name: `${room} 2`, private: true })).room.slug;
      await anna.ask("POST", `/rooms/${slug}/join`);
      for (let index = 0; index < 51; index++) await boris.say(text, { room: slug });
      const said = await boris.say(text);
      const answer = await say(anna, "general", text, said.id);
      await anna.ask("PATCH", `/rooms/general/messages/${answer.id}`, { text: `${text}!` });
      await boris.delete(await boris.say(text));
      await send(anna, "token", { label: text });
      await send(anna, "invite-link", { uses: "1", days: "1" });
      const profile = `/people/${encodeURIComponent(other)}`;
      for (const path of [
        `/room/${slug}`,
        "/room/general",
        `/room/general?reply=${said.id}`,
        `/room/general?edit=${answer.id}`,
        `/room/general?delete=${answer.id}`,
        `/dm/${encodeURIComponent(other)}`,
        `/room/${slug}/details`,
        `/room/${secret}/details`,
        "/rooms/new",
        "/people",
        "/people?name=55",
        profile,
        `/people/${encodeURIComponent(me)}`,
        "/search",
        `/search?q=${encodeURIComponent(word)}`,
        "/search?q=55",
        `/search?q=${"5".repeat(101)}`,
        "/settings",
        "/invites",
        "/admin",
        "/admin/people",
        "/admin/rooms",
        "/admin/log",
        "/room/nowhere",
      ]) {
        await reading.at(anna, path);
      }
      for (const told of TOLD) await reading.at(anna, `/settings?told=${told}`);
      for (const trouble of TROUBLES) await reading.at(anna, `/rooms/new?problem=${trouble}&field=new-name`);

      // As moderators see who is muted or banned, and as a guest sees it all.
      await anna.ask("POST", "/admin/mute", { user: boris.id, minutes: 10 });
      await reading.at(anna, profile);
      await anna.ask("POST", "/admin/ban", { user: boris.id });
      await reading.at(anna, profile);
      await anna.ask("POST", `/rooms/${secret}/archive`);
      for (const path of [`/room/${secret}`, `/room/${secret}/details`]) await reading.at(anna, path);
      const guest = await come(await person({ locale }), `${other} 3`);
      for (const path of ["/room/general", `/room/${slug}/details`, "/settings", "/invites", profile]) await reading.at(guest, path);
      expect(reading.foreign).toEqual([]);
    });
  }
});

for (const world of WORLDS) {
  const { own, locale, me, other, room, text } = world;

  test(`what one does is told in ${own}`, async ({ person }) => {
    const reading = new Reading(world);
    const anna = await come(await person({ locale }), me);
    await anna.isLive();
    const { page } = anna;
    await reading.live(anna, "an empty room");
    const boris = await come(await person({ locale }), other);
    await boris.isLive();
    await composer(boris).pressSequentially("42");
    await expect(anna.typing).not.toBeEmpty();
    await boris.ask("POST", "/rooms", { name: room, topic: text });
    await expect(anna.roomLink(room)).toBeVisible();
    await reading.live(anna, "someone came, types, and made a room");

    await composer(anna).fill(`@${other.slice(0, 1)}`);
    await expect(page.locator(".names [role=option]")).toHaveCount(1);
    await reading.live(anna, "names are offered");
    await composer(anna).fill("5".repeat(5_001));
    await composer(anna).press("Enter");
    await expect(page.locator(".composer .problem")).not.toBeEmpty();
    await reading.live(anna, "a text that is too long");

    await composer(anna).fill(text);
    await composer(anna).press("Enter");
    await expect(anna.said).toHaveCount(1);
    for (const act of ["edit", "reply", "delete"]) {
      await page.locator(".message").hover();
      await page.locator(`.acts [data-act=${act}]`).click();
      await expect(page.locator(".task:visible")).toBeVisible();
      await reading.live(anna, act);
      await page.locator(".task:visible [data-act=leave]").click();
    }
    await page.keyboard.press("Control+k");
    await page.locator(".palette input").fill("5");
    await expect(page.locator(".palette [role=option]")).toHaveCount(0);
    await reading.live(anna, "the palette finds nothing");
    await page.keyboard.press("Escape");
    for (const path of ["/settings", "/search", "/rooms/new", "/people", "/room/general/details"]) {
      await page.locator(`a[href="${path}"]`).first().click();
      await expect(page.locator("dialog[open] .sheet h1")).toBeVisible();
      await reading.live(anna, `${path} in a dialog`);
      await page.keyboard.press("Escape");
      await expect(page.locator("dialog[open]")).toHaveCount(0);
    }
    expect(reading.foreign).toEqual([]);
  });
}

test.describe(() => {
  // The browser itself reports a connection that fails.
  test.use({ noise: { expected: [/WebSocket connection to .* failed/, /net::ERR_/] } });

  for (const world of WORLDS) {
    const { own, locale, me, other, room, text } = world;

    test(`what happens to one is told in ${own}`, async ({ person, server }) => {
      const reading = new Reading(world);
      const owner = await Program.account(server.url, `${other} 1`);
      const slug = await owner.makeRoom(room);
      for (let index = 0; index < 60; index++) await owner.say(text);
      const anna = await come(await person({ locale }), me);
      const { page } = anna;
      const { user } = await anna.ask("GET", "/session");
      await anna.ask("POST", `/rooms/${slug}/join`);
      await page.goto("/room/general");
      await anna.isLive();
      await owner.say(text, { room: slug });
      await expect(anna.roomLink(room).locator(".n")).toBeVisible();
      await page.locator(".scroll").hover();
      await page.mouse.wheel(0, -2_000);
      await expect(page.locator(".down")).toBeVisible();
      await owner.say(text);
      await expect(page.locator(".down")).toContainText("1");
      await reading.live(anna, "scrolled up, while others write");

      await owner.ask("POST", "/admin/mute", { user: user.id, minutes: 10 });
      await composer(anna).fill(text);
      await composer(anna).press("Enter");
      await expect(anna.failed).toHaveCount(1);
      await reading.live(anna, "muted");

      await server.kill();
      await expect(page.locator(".chat[data-link=waiting]")).toBeVisible();
      await anna.failed.locator("[data-act=retry]").click();
      await expect(anna.pending).toHaveCount(1);
      await reading.live(anna, "the connection is lost");
      await server.start();
      await anna.isLive();
      const { sessions } = await anna.ask("GET", "/sessions");
      await anna.ask("DELETE", `/sessions/${sessions[0].id}`);
      await expect(page.locator(".chat[data-link=signed-out]")).toBeVisible();
      await reading.live(anna, "signed out");
      expect(reading.foreign).toEqual([]);
    });
  }
});

// What the addresses of pages may say of a form (app/src/words/sheets/mod.rs).
const TOLD =
  "saved password-set password-changed session-ended others-ended invited removed left archived deleted kicked banned unbanned muted unmuted role-given".split(" ");
const TROUBLES =
  "failed too-often unavailable may-not gone muted archived characters room-name-empty room-name-long topic-long size too-small too-many-rooms no-person oneself is-member not-ticked password-short password-long password-wrong invite no-accounts reason-long uses days query-long".split(" ");

const PROBLEMS = "empty too-long characters taken closed wrong invite banned too-short rate-limited failed".split(" ");

const composer = (person: Person) => person.page.locator(".composer textarea");

/** Comes in by whatever words the door has. */
async function enter(person: Person, name: string): Promise<Person> {
  await person.page.locator("#name").fill(name);
  await person.page.locator("#name").press("Enter");
  await expect(person.page).toHaveURL(/\/room\/general$/);
  return person;
}

/** Comes in as a browser does, whatever the words. */
async function come(person: Person, name: string, password = ""): Promise<Person> {
  await person.page.goto("/");
  await send(person, "sign-in", { name, password, with: password && "account" });
  await person.page.goto("/room/general");
  return person;
}

async function send(person: Person, form: string, fields: Record<string, string>): Promise<void> {
  await person.page.request.post(`/forms/${form}`, { form: fields });
}

async function say(person: Person, room: string, text: string, replyTo?: string): Promise<{ id: string }> {
  return (await person.ask("POST", `/rooms/${room}/messages`, { id: crypto.randomUUID(), text, replyTo })).message;
}
