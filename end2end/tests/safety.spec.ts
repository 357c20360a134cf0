import type { Page } from "@playwright/test";
import { expect, type Person, Program, test } from "../fixtures.ts";
import { open } from "../helpers.ts";

// What is said, named or looked for is text and nothing else. Each of these would call `pwned`, and what the
// Content-Security-Policy has to stop is told in the console, where it fails the test as well.
const CORPUS = [
  `<script>pwned()</script>`,
  `</script><script>pwned()</script>`,
  `<img src=x onerror=pwned()>`,
  `"><img src=x onerror="pwned()">`,
  `'><svg onload='pwned()'>`,
  `<svg><script>pwned()</script></svg>`,
  `<iframe srcdoc="<script>parent.pwned()</script>"></iframe>`,
  `<a href="javascript:pwned()">click</a>`,
  `javascript:pwned()`,
  `https://example.org/"onmouseover="pwned()`,
  `https://example.org/'><img src=x onerror=pwned()>`,
  `data:text/html,<script>pwned()</script>`,
  `</textarea><img src=x onerror=pwned()>`,
  `</title><img src=x onerror=pwned()>`,
  `<!--><img src=x onerror=pwned()>-->`,
  `<form action="javascript:pwned()"><button id=send>x</button></form>`,
  `<math><mtext><table><mglyph><style><img src=x onerror=pwned()>`,
  `<base href="//example.org/"><meta http-equiv="refresh" content="0;url=//example.org/">`,
  `<style>@import "//example.org/x.css"; * { display: none }</style>`,
  `<input autofocus onfocus=pwned()>`,
  `{{constructor.constructor('pwned()')()}} \${pwned()}`,
  `&lt;img src=x onerror=pwned()&gt; &#60;img src=x onerror=pwned()&#62;`,
  `\\u003cscript\\u003epwned()\\u003c/script\\u003e`,
  `@<img src=x onerror=pwned()>`,
];
/** As long as a name may be. */
const NAMES = [`<b onclick=pwned()>`, `"><i id=x>`, `'-pwned()-'`, `</script>`, `&lt;b&gt;`, `../..?x=1#<b>`];

/** Nothing that was said has become a part of the page. */
async function holds(page: Page, where: string): Promise<void> {
  const bad = await page.evaluate(() => {
    const found: string[] = [];
    if ("pwned" in window && (window as unknown as { called?: boolean }).called) found.push("pwned");
    for (const element of document.querySelectorAll("*")) {
      const handlers = [...element.attributes].filter(({ name, value }) => name.startsWith("on") || (/^(href|src|action|formaction|data|xlink:href)$/.test(name) && /^\s*(javascript|data):/i.test(value)));
      if (handlers.length > 0) found.push(element.outerHTML.slice(0, 120));
    }
    const foreign = "iframe, base, math, table, img[src=x], svg script, style:not([nonce]), meta[http-equiv=refresh], #x, [href*='example.org/x']";
    found.push(...[...document.querySelectorAll(foreign)].map((element) => element.outerHTML.slice(0, 120)));
    return found;
  });
  expect(bad, where).toEqual([]);
}

async function bait(person: Person): Promise<void> {
  await person.page.addInitScript(() => Object.assign(window, { pwned: () => Object.assign(window, { called: true }) }));
}

for (const javaScriptEnabled of [true, false]) {
  test(`text stays text, ${javaScriptEnabled ? "live and over the chat" : "in the pages that the server makes"}`, async ({ person, server }) => {
    test.slow();
    const boris = await Program.account(server.url, "Boris");
    const room = await boris.makeRoom(CORPUS[3]!, { topic: CORPUS[4]! });
    const anna = await person({ javaScriptEnabled });
    await bait(anna);
    await anna.signIn("Anna");
    const { page } = anna;
    if (javaScriptEnabled) await anna.isLive();

    // Live where the page is; from the server's hand where it isn't.
    let last;
    for (const text of CORPUS) last = await boris.say(text);
    await boris.say(CORPUS[2]!, { replyTo: last!.id });
    const guests = [];
    for (const name of NAMES) guests.push(await Program.guest(server.url, name));
    for (const guest of guests) await guest.say("hello");
    if (!javaScriptEnabled) await page.reload();
    for (const text of CORPUS) await expect(anna.said.filter({ has: page.getByText(text, { exact: true }) }).first()).toBeVisible();
    await expect(anna.said).toHaveCount(CORPUS.length + 1 + NAMES.length);
    for (const name of NAMES) await expect(page.locator(".message .name").getByText(name, { exact: true })).toBeVisible();
    await holds(page, "the room");
    // Links lead where they say, and nowhere else.
    for (const link of await page.locator(".message .body a").all()) {
      await expect(link).toHaveAttribute("href", /^https:\/\/example\.org\//);
      await expect(link).toHaveAttribute("rel", "noopener nofollow");
    }

    if (javaScriptEnabled) {
      for (const text of [CORPUS[12]!, CORPUS[0]!]) {
        await anna.say(text);
        await expect(anna.said.last()).toHaveText(text);
      }
      await anna.composer.fill(CORPUS[12]!);
      await page.reload();
      await anna.isLive();
      await expect(anna.composer).toHaveValue(CORPUS[12]!);
      await holds(page, "a draft that came back");
      await anna.composer.fill("@");
      await expect(page.locator(".names [role=option]")).not.toHaveCount(0);
      await holds(page, "names that are offered");
      await anna.composer.fill("");
      await page.keyboard.press("ControlOrMeta+k");
      await page.keyboard.type("<");
      await expect(page.locator(".palette [role=option]")).not.toHaveCount(0);
      await holds(page, "the palette");
      await page.keyboard.press("Escape");
    }
    const pages = [
      `/room/${room}`,
      `/room/${room}/details`,
      "/room/general/details",
      ...NAMES.map((name) => `/people/${encodeURIComponent(name)}`),
      ...NAMES.map((name) => `/dm/${encodeURIComponent(name)}`),
      ...CORPUS.map((text) => `/search?q=${encodeURIComponent(text.slice(0, 100))}`),
      `/?next=${encodeURIComponent("javascript:pwned()")}`,
    ];
    for (const path of pages) {
      await page.goto(path);
      await holds(page, path);
    }
    expect(new URL(page.url()).host).toBe(new URL(server.url).host);
  });
}

test("right-to-left texts stand at the right, and turn nothing around them", async ({ person, server }) => {
  const boris = await Program.guest(server.url, "Boris");
  const unclosed = ["\u202eturned", "\u2067isolated", "\u202b\u202a\u202dnested", "\u2066\u2066\u2066"];
  await boris.say("plain");
  for (const text of unclosed) await boris.say(`${text} end`);
  await boris.say("שלום לכולם");
  await boris.say("مرحبا https://example.org/a");
  const noor = await Program.guest(server.url, "نور");
  await noor.say("hello");
  const anna = await (await person()).signIn("Anna");
  await anna.isLive();
  await expect(anna.said).toHaveCount(unclosed.length + 4);
  for (const body of await anna.page.locator(".message .body").all()) await expect(body).toHaveAttribute("dir", "auto");
  const direction = (text: string) => anna.row(text).locator(".body").evaluate((body) => getComputedStyle(body).direction);
  expect(await direction("plain")).toBe("ltr");
  expect(await direction("שלום")).toBe("rtl");
  expect(await direction("مرحبا")).toBe("rtl");
  // Whatever is said, in each row its parts are where they are in the others.
  const rows = await anna.page.locator(".message").evaluateAll((rows) => rows.map((row) => {
    const box = row.getBoundingClientRect();
    const place = (selector: string) => row.querySelector(selector)?.getBoundingClientRect();
    const [body, name, time] = [place(".body"), place(".name"), place("time")];
    return {
      body: Math.round(body!.left - box.left),
      header: name && time && name.right <= time.left ? "name, time" : name && "time, name",
    };
  }));
  expect(new Set(rows.map(({ body }) => body)).size).toBe(1);
  expect(rows.map(({ header }) => header).filter(Boolean)).toEqual(["name, time", "name, time"]);
});

test("emoji stay whole", async ({ person, server }) => {
  const said = ["👩‍👩‍👧‍👦", "🏳️‍🌈", "👍🏽", "🇷🇺🇨🇳", "1️⃣", "❤️", "e\u0301"];
  const boris = await Program.guest(server.url, "Boris");
  await boris.say(said.join(" "));
  const rainbow = await Program.guest(server.url, "🇨🇳 flag");
  await rainbow.say("hello");
  const anna = await (await person()).signIn("Anna");
  await anna.isLive();
  const body = anna.said.first();
  expect(await body.evaluate((body) => body.textContent)).toBe(said.join(" "));
  await anna.say(said.join(""));
  await expect(anna.said).toHaveCount(3);
  expect(await anna.said.last().evaluate((body) => body.textContent)).toBe(said.join(""));
  // A face shows the first letter of a name as people count letters: both halves of a flag.
  await expect(anna.row("hello").locator(".face")).toHaveText("🇨🇳");
});

for (const width of [1200, 320]) {
  test(`a word of 2,000 characters does not widen the page, ${width} px`, async ({ person, server }) => {
    const boris = await Program.guest(server.url, "W".repeat(20));
    const long = "W".repeat(2_000);
    const garden = await boris.makeRoom("W".repeat(60), { topic: "W".repeat(200) });
    const asked = await boris.say(long);
    await boris.say(`https://example.org/${long}`, { replyTo: asked.id });
    await boris.say("字".repeat(2_000));
    await boris.say(long, { room: garden });
    const anna = await (await person({ viewport: { width, height: 700 } })).signIn("Anna");
    const wide = () => anna.page.evaluate(() => {
      const boxes = [document.documentElement, ...document.querySelectorAll("main, .scroll, .head, .composer, nav, aside, dialog[open]")];
      return boxes.filter((box) => box.scrollWidth > box.clientWidth).map((box) => `${box.tagName}.${box.className}`);
    });
    await anna.isLive();
    await expect(anna.said).toHaveCount(3);
    await anna.say(long);
    await expect(anna.said).toHaveCount(4);
    await anna.row(new RegExp(`^${long}$`)).first().hover();
    expect(await wide(), "in the room").toEqual([]);
    for (const path of [`/room/${garden}`, `/room/${garden}/details`, `/search?q=${"W".repeat(100)}`, `/people/${"W".repeat(20)}`]) {
      await anna.page.goto(path);
      expect(await wide(), path).toEqual([]);
    }
    await open(anna, `/room/${garden}`);
    await anna.composer.fill(long);
    expect(await wide(), "while one writes").toEqual([]);
  });
}
