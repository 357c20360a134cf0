import type { Locator } from "@playwright/test";
import { expect, Person, Program, test } from "../fixtures.ts";

declare global {
  interface Window {
    /** What a test watches inside the page. */
    watched: { times: number[]; states: string[] };
  }
}

test("a row is there within 50 ms, whatever the server does", async ({ person, server }) => {
  const anna = await (await person()).signIn("Anna");
  await anna.isLive();
  await anna.page.evaluate(() => {
    window.watched = { times: [], states: [] };
    let pressed = 0;
    const watched = window.watched;
    document.addEventListener("keydown", () => (pressed = performance.now()), { capture: true });
    const observer = new MutationObserver((changes) => {
      const added = changes.flatMap((change) => [...change.addedNodes]);
      const rows = added.filter((node) => node instanceof Element && node.matches("li.message"));
      for (const row of rows as Element[]) {
        watched.times.push(performance.now() - pressed);
        watched.states.push(row.className);
      }
    });
    observer.observe(document.querySelector(".log")!, { childList: true, subtree: true });
  });
  server.pause();
  const texts = Array.from({ length: 8 }, (_, index) => `message ${index}`);
  for (const text of texts) {
    await anna.composer.fill(text);
    await anna.composer.press("Enter");
  }
  await expect(anna.pending).toHaveText(texts);
  const { times, states } = await anna.page.evaluate(() => window.watched);
  expect(times).toHaveLength(texts.length);
  for (const state of states) expect(state).toContain("pending");
  // Whatever waits for something waits each time; a busy machine is late only now and then.
  expect(Math.min(...times), `${times.map(Math.round)}`).toBeLessThan(50);
  server.goOn();
  await expect(anna.said).toHaveText(texts);
});

for (const width of [1200, 360]) {
  test(`the echo takes the row's place, and nothing moves, ${width} px wide`, async ({ person, server }) => {
    const anna = await (await person({ viewport: { width, height: 700 } })).signIn("Anna");
    await anna.isLive();
    const before = Array.from({ length: 30 }, (_, index) => `before ${index}`);
    const boris = await Program.guest(server.url, "Boris");
    for (const text of before) await boris.say(text);
    await expect(anna.said).toHaveText(before);
    server.pause();
    // With a header, without one, and of several lines.
    const texts = ["first", "second", "third\nin two lines", "fourth ".repeat(40).trim()];
    for (const text of texts) {
      await anna.composer.fill(text);
      await anna.composer.press("Enter");
    }
    await expect(anna.pending).toHaveText(texts);
    // It is told once that they are on their way.
    await expect(anna.page.locator(".pending .state:visible")).toHaveText(["Sending…"]);
    const places = await watchPlaces(anna, texts.length + 3);
    server.goOn();
    await expect(anna.said).toHaveText([...before, ...texts]);
    expect(await places()).toEqual({ moved: [], replaced: 0 });
  });
}

/** Tags the last rows, and looks at them at each frame: have they moved, are they still the same elements? */
async function watchPlaces(anna: Person, count: number): Promise<() => Promise<{ moved: string[]; replaced: number }>> {
  const watch = await anna.page.evaluateHandle((count) => {
    const rows = [...document.querySelectorAll<HTMLElement>(".log > li")].slice(-count);
    const place = (row: HTMLElement) => {
      const { top, height } = row.getBoundingClientRect();
      return `${top.toFixed(1)}+${height.toFixed(1)}`;
    };
    const places = rows.map(place);
    const moved = new Set<string>();
    const look = () => {
      rows.forEach((row, index) => {
        if (row.isConnected && place(row) !== places[index]) {
          moved.add(`${row.querySelector(".body")?.textContent}: ${places[index]} → ${place(row)}`);
        }
      });
      requestAnimationFrame(look);
    };
    look();
    return () => {
      const now = [...document.querySelectorAll<HTMLElement>(".log > li")].slice(-count);
      return { moved: [...moved], replaced: now.filter((row, index) => row !== rows[index]).length };
    };
  }, count);
  return () => watch.evaluate((look) => look());
}

test("a muted person's message is kept, and said when they may speak again", async ({ person, server }) => {
  const owner = await Program.account(server.url, "Olga");
  const anna = await (await person()).signIn("Anna");
  await anna.isLive();
  const { user } = await anna.ask("GET", "/session");
  await owner.ask("POST", "/admin/mute", { user: user.id, minutes: 10 });
  await anna.say("one");
  await anna.say("two");
  await expect(anna.failed.locator(".body")).toHaveText(["one", "two"]);
  await expect(anna.failed.first()).toContainText("Not sent. You are muted for a while.");

  await withRow(anna.row("one"), async (row) => {
    await row.getByRole("button", { name: "Retry" }).click();
    // Refused again: it is still there, once.
    await expect(anna.failed.locator(".body")).toHaveText(["one", "two"]);
  });
  await owner.ask("POST", "/admin/mute", { user: user.id, minutes: 0 });
  await anna.row("two").getByRole("button", { name: "Delete" }).click();
  await expect(anna.failed.locator(".body")).toHaveText(["one"]);
  // Where a browser keeps nothing, or no longer, what is on the page is sent.
  await anna.page.evaluate(() => localStorage.clear());
  await anna.row("one").getByRole("button", { name: "Retry" }).click();
  await expect(anna.said).toHaveText(["one"]);
  await expect(anna.failed).toHaveCount(0);

  await anna.page.reload();
  await anna.isLive();
  await expect(anna.page.locator(".message .body")).toHaveText(["one"]);
  expect((await owner.history()).map(({ text }) => text)).toEqual(["one"]);
});

/** A row with its buttons stays the same element meanwhile. */
async function withRow(row: Locator, act: (row: Locator) => Promise<void>): Promise<void> {
  await row.evaluate((row) => Object.assign(row, { same: true }));
  await act(row);
  expect(await row.evaluate((row) => "same" in row)).toBe(true);
}

test.describe("written without a connection", () => {
  // The browser itself reports a connection that fails; everything else still counts.
  test.use({ noise: { expected: [/WebSocket connection to .* failed/, /net::ERR_/] } });
  const texts = ["one", "two", "three"];

  test("it survives a reload", async ({ person, server }) => {
    const anna = await (await person()).signIn("Anna");
    const boris = await Program.guest(server.url, "Boris");
    const cable = await anna.cable();
    await anna.page.reload();
    await anna.isLive();
    cable.cut();
    await expect(anna.banner).toContainText("Connection lost.");
    for (const text of texts) await anna.say(text);
    await expect(anna.pending).toHaveText(texts);
    // The page itself can still be loaded.
    await anna.page.reload();
    await expect(anna.pending).toHaveText(texts);
    await expect(anna.said).toHaveCount(0);
    await boris.say("meanwhile");
    cable.mend();
    await expect(anna.said).toHaveText(["meanwhile", ...texts]);
    await expect(anna.pending).toHaveCount(0);
    expect((await boris.history()).map(({ text }) => text)).toEqual(["meanwhile", ...texts]);
  });

  test("it survives a closed browser", async ({ playwright, server, hear }, info) => {
    const profile = info.outputPath("profile");
    const { launchOptions, locale, timezoneId } = info.project.use;
    const open = async () => {
      const options = { ...launchOptions, baseURL: server.url, locale, timezoneId };
      const context = await playwright.chromium.launchPersistentContext(profile, options);
      hear(context);
      return context;
    };
    const first = await open();
    const anna = await new Person(await first.newPage()).signIn("Anna");
    await anna.isLive();
    await server.kill();
    await expect(anna.banner).toContainText("Connection lost.");
    for (const text of texts) await anna.say(text);
    await expect(anna.pending).toHaveText(texts);
    await first.close();

    await server.start();
    const second = await open();
    // Two tabs have it now; it is said once all the same.
    const again = new Person(await second.newPage());
    await again.page.goto("/");
    const other = await again.tab("/");
    for (const tab of [again, other]) {
      await expect(tab.said).toHaveText(texts);
      await expect(tab.pending).toHaveCount(0);
    }
    const { messages } = await again.ask("GET", "/rooms/general/messages");
    expect(messages.map(({ text }: { text: string }) => text)).toEqual(texts);
    await second.close();
  });

  test("what is sent at the moment of a reload is said once, in order", async ({ person, server }) => {
    const anna = await (await person()).signIn("Anna");
    const boris = await Program.guest(server.url, "Boris");
    for (const text of texts) {
      await anna.isLive();
      await anna.composer.fill(text);
      await anna.composer.press("Enter");
      await anna.page.reload();
    }
    await expect(anna.said).toHaveText(texts);
    await expect(anna.pending).toHaveCount(0);
    expect((await boris.history()).map(({ text }) => text)).toEqual(texts);
  });

  test("what a room refuses that was archived meanwhile says so, there and nowhere else", async ({ person, server }) => {
    const maker = await Program.account(server.url, "Olga");
    const slug = await maker.makeRoom("Tea");
    const anna = await (await person()).signIn("Anna");
    const cable = await anna.cable();
    await anna.page.goto(`/room/${slug}`);
    await anna.isLive();
    cable.cut();
    await expect(anna.banner).toContainText("Connection lost.");
    await anna.say("too late");
    await maker.ask("POST", `/rooms/${slug}/archive`);
    cable.mend();
    await expect(anna.failed).toContainText("Not sent. This room is archived.");
    await expect(anna.composer).toBeHidden();
    await anna.roomLink("general").click();
    await expect(anna.page).toHaveURL(/\/room\/general$/);
    await expect(anna.failed).toHaveCount(0);
    await anna.say("here I may");
    await expect(anna.said).toHaveText(["here I may"]);
    await anna.roomLink("Tea").click();
    await anna.row("too late").getByRole("button", { name: "Delete" }).click();
    await expect(anna.failed).toHaveCount(0);
    await anna.page.reload();
    await anna.isLive();
    await expect(anna.page.locator(".message")).toHaveCount(0);
    await expect(anna.page.getByText("This room is archived. Nothing more is said here.")).toBeVisible();
  });
});
