import { expect, type Person, Program, test } from "../fixtures.ts";
import { open, sayAll, texts } from "../helpers.ts";

// A list is tall enough to be scrolled, and low enough that most of it is out of sight.
test.use({ viewport: { width: 1000, height: 600 } });

/** How far it is from what one sees to the end of the list. */
async function fromEnd(person: Person): Promise<number> {
  return person.page.evaluate(() => {
    const bottom = (selector: string) => document.querySelector(selector)!.getBoundingClientRect().bottom;
    return Math.round(bottom(".log") - bottom(".scroll"));
  });
}

async function scrollBy(person: Person, pixels: number): Promise<void> {
  await person.page.locator(".scroll").evaluate(async (scroller, pixels) => {
    const scrolled = new Promise((done) => scroller.addEventListener("scroll", done, { once: true }));
    scroller.scrollTop += pixels;
    await scrolled;
    await new Promise((done) => requestAnimationFrame(done));
  }, pixels);
}

/** From now on, where this row stands is looked at in every frame that is painted: last of all before it is. */
async function watch(person: Person, text: string | RegExp): Promise<void> {
  await person.row(text).evaluate((row) => {
    const place = () => row.getBoundingClientRect().top;
    const seen = Object.assign(window, { seen: { from: place(), moved: 0, frames: 0 } }).seen;
    // What observes sizes is asked after all that runs before a frame.
    const probe = document.body.appendChild(document.createElement("i"));
    probe.style.cssText = "position: fixed; visibility: hidden; width: 0";
    new ResizeObserver(() => {
      seen.moved = Math.max(seen.moved, row.isConnected ? Math.abs(place() - seen.from) : Infinity);
      seen.frames += 1;
    }).observe(probe);
    const next = () => {
      probe.style.width = probe.style.width === "1px" ? "2px" : "1px";
      requestAnimationFrame(next);
    };
    next();
  });
}

/** How far it has been from its place at most. */
async function moved(person: Person): Promise<number> {
  return person.page.evaluate(async () => {
    const { seen } = window as unknown as { seen: { moved: number; frames: number } };
    const until = seen.frames + 3;
    while (seen.frames < until) await new Promise((done) => requestAnimationFrame(done));
    return seen.moved;
  });
}

test("whoever is at the end stays there, and so does whoever is almost there", async ({ person, server }) => {
  const boris = await Program.guest(server.url, "Boris");
  await sayAll(boris, texts("word", 40));
  const anna = await (await person()).signIn("Anna");
  await anna.isLive();
  expect(await fromEnd(anna)).toBe(0);
  await boris.say(texts("line", 20).join("\n"));
  await expect(anna.said).toHaveCount(41);
  await expect.poll(() => fromEnd(anna)).toBe(0);
  await scrollBy(anna, -90);
  expect(await fromEnd(anna)).toBe(90);
  await boris.say("something new");
  await expect(anna.row("something new")).toBeInViewport({ ratio: 1 });
  await expect.poll(() => fromEnd(anna)).toBe(0);
  await expect(anna.page.locator(".down")).toBeHidden();
});

test("scrolled up, nothing moves whatever arrives", async ({ person, server }) => {
  const boris = await Program.guest(server.url, "Boris");
  const said = await sayAll(boris, texts("word", 50));
  const anna = await (await person()).signIn("Anna");
  const clara = await (await person()).signIn("Clara");
  await anna.isLive();
  await clara.isLive();
  await scrollBy(anna, -500);
  const shown = await anna.page.evaluate(() => {
    const middle = document.elementFromPoint(500, 300)!.closest("li")!;
    return middle.querySelector(".body")!.textContent!;
  });
  await watch(anna, shown);
  const long = texts("line", 6).join("\n");

  await boris.say(long);
  await expect(anna.said).toHaveCount(51);
  expect(await moved(anna), "a message arrives").toBe(0);
  await boris.edit(said[48]!, `${long} below`);
  await expect(anna.row("line 6 below")).toHaveCount(1);
  expect(await moved(anna), "one below is edited").toBe(0);
  await boris.edit(said[1]!, `${long} above`);
  await expect(anna.row("line 6 above")).toHaveCount(1);
  expect(await moved(anna), "one above is edited").toBe(0);
  await boris.delete(said[48]!);
  await boris.delete(said[1]!);
  await expect(anna.page.locator(".gone")).toHaveCount(2);
  expect(await moved(anna), "both are deleted").toBe(0);
  await clara.composer.pressSequentially("hm");
  await expect(anna.typing).toHaveText("Clara is typing…");
  expect(await moved(anna), "someone types").toBe(0);
  await clara.composer.press("Enter");
  await expect(anna.said).toHaveCount(52);
  await expect(anna.typing).toBeEmpty();
  expect(await moved(anna), "and has said it").toBe(0);
  await Program.guest(server.url, "David");
  await expect(anna.online).toHaveCount(4);
  expect(await moved(anna), "someone comes").toBe(0);
  await expect(anna.page.locator(".down")).toHaveText("2 new ↓");
});

test("a button counts what is new below, and leads there", async ({ person, server }) => {
  const boris = await Program.guest(server.url, "Boris");
  await sayAll(boris, texts("word", 40));
  const anna = await (await person()).signIn("Anna");
  await anna.isLive();
  const down = anna.page.locator(".down");
  await expect(down).toBeHidden();
  await scrollBy(anna, -400);
  await expect(down).toHaveText("To the end ↓");
  await sayAll(boris, texts("new", 3));
  await expect(down).toHaveText("3 new ↓");
  await down.click();
  await expect(anna.row("new 3")).toBeInViewport({ ratio: 1 });
  expect(await fromEnd(anna)).toBe(0);
  await expect(down).toBeHidden();
  // What one says oneself leads there, too.
  await scrollBy(anna, -400);
  await anna.say("mine");
  await expect(anna.row("mine")).toBeInViewport({ ratio: 1 });
  expect(await fromEnd(anna)).toBe(0);
  await expect(down).toBeHidden();
});

test("up through a long room and down again, with at most 300 rows on the page", async ({ person, server }) => {
  test.slow();
  const boris = await Program.guest(server.url, "Boris");
  await sayAll(boris, texts("word", 1_020));
  const anna = await person();
  await anna.page.addInitScript(() => {
    const rows = Object.assign(window, { rows: { most: 0 } }).rows;
    const count = () => (rows.most = Math.max(rows.most, document.querySelectorAll("li.message").length));
    new MutationObserver(count).observe(document, { childList: true, subtree: true });
  });
  await anna.signIn("Anna");
  await anna.isLive();
  await expect(anna.row("word 1020")).toBeInViewport({ ratio: 1 });

  const edge = (which: "first" | "last") => anna.page.locator("li.message .body")[which]().innerText();
  const turn = async (which: "first" | "last", until: string) => {
    for (;;) {
      const before = await edge(which);
      if (before === until) return;
      // To the edge, as far as it goes.
      await scrollBy(anna, which === "first" ? -1e6 : 1e6);
      await watch(anna, new RegExp(`^${before}$`));
      await expect.poll(() => edge(which)).not.toBe(before);
      expect(await moved(anna), `what follows ${before} arrives`).toBeLessThanOrEqual(1);
    }
  };
  await turn("first", "word 1");
  await expect(anna.page.locator("li.message")).toHaveCount(300);
  await expect(anna.page.locator(".down")).toHaveText("To the end ↓");
  // What comes now is beyond what is on the page.
  await boris.say("word 1021");
  await expect(anna.page.locator(".down")).toHaveText("1 new ↓");
  await turn("last", "word 1021");
  await scrollBy(anna, 1e6);
  await expect(anna.page.locator(".down")).toBeHidden();
  await boris.say("word 1022");
  await expect(anna.row("word 1022")).toBeInViewport({ ratio: 1 });
  const most = await anna.page.evaluate(() => (window as unknown as { rows: { most: number } }).rows.most);
  expect(most).toBeLessThanOrEqual(300);
});

test("the button leads down from far above, too", async ({ person, server }) => {
  const boris = await Program.guest(server.url, "Boris");
  await sayAll(boris, texts("word", 120));
  const anna = await (await person()).signIn("Anna");
  await open(anna, "/room/general?at=10#m-10");
  await expect(anna.row("word 10")).toBeInViewport();
  await sayAll(boris, ["and one", "and two"]);
  await expect(anna.page.locator(".down")).toHaveText("2 new ↓");
  await anna.page.locator(".down").click();
  await expect(anna.row("and two")).toBeInViewport({ ratio: 1 });
  expect(await fromEnd(anna)).toBe(0);
  await expect(anna.page.locator(".down")).toBeHidden();
});

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? "with JavaScript" : "without JavaScript";

  test(`a room begins at its end, and one pages back, ${how}`, async ({ person, server }) => {
    const boris = await Program.guest(server.url, "Boris");
    await sayAll(boris, texts("word", 120));
    const anna = await (await person({ javaScriptEnabled })).signIn("Anna");
    await expect(anna.row("word 120")).toBeInViewport({ ratio: 1 });
    if (javaScriptEnabled) return;
    await anna.page.getByRole("link", { name: "Older messages" }).click();
    await expect(anna.said.last()).toHaveText("word 70");
    await anna.page.getByRole("link", { name: "Older messages" }).click();
    await expect(anna.said.first()).toHaveText("word 1");
    await expect(anna.page.getByRole("link", { name: "Older messages" })).toBeHidden();
  });

  test(`the link to a message leads to it and marks it, ${how}`, async ({ person, server }) => {
    const boris = await Program.guest(server.url, "Boris");
    await sayAll(boris, texts("word", 200));
    const anna = await (await person({ javaScriptEnabled })).signIn("Anna");
    await anna.page.goto("/room/general?at=60#m-60");
    if (javaScriptEnabled) await anna.isLive();
    await expect(anna.page.locator(".marked .body")).toHaveText(["word 60"]);
    await expect(anna.page.locator(".marked")).toBeInViewport({ ratio: 1 });
    await expect(anna.row("word 59")).toBeInViewport();
    await expect(anna.row("word 61")).toBeInViewport();
  });
}

test("a link without a fragment leads to its message, too", async ({ person, server }) => {
  const boris = await Program.guest(server.url, "Boris");
  await sayAll(boris, texts("word", 200));
  const anna = await (await person()).signIn("Anna");
  await open(anna, "/room/general?at=60");
  await expect(anna.page.locator(".marked .body")).toHaveText(["word 60"]);
  await expect(anna.page.locator(".marked")).toBeInViewport({ ratio: 1 });
  await boris.say("now");
  await expect(anna.page.locator(".down")).toHaveText("1 new ↓");
  await expect(anna.page.locator(".marked")).toBeInViewport({ ratio: 1 });
});

test("a quote leads to its message, however far up", async ({ person, server }) => {
  const boris = await Program.guest(server.url, "Boris");
  const said = await sayAll(boris, texts("word", 200));
  await boris.say("as I said", { replyTo: said[4]!.id });
  const anna = await (await person()).signIn("Anna");
  await anna.isLive();
  await anna.row("as I said").locator(".quote").click();
  await expect(anna.page.locator(".marked .body")).toHaveText(["word 5"]);
  await expect(anna.page.locator(".marked")).toBeInViewport({ ratio: 1 });
});

test("a message's link is copied, and opens it for someone else", async ({ person, server }) => {
  const boris = await Program.guest(server.url, "Boris");
  await sayAll(boris, texts("word", 120));
  const anna = await (await person({ permissions: ["clipboard-read", "clipboard-write"] })).signIn("Anna");
  const clara = await (await person()).signIn("Clara");
  await open(anna, "/room/general?at=20");
  await anna.act("word 21", "Copy link");
  const copied = await anna.page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toBe(`${server.url}/room/general?at=21#m-21`);
  await clara.page.goto(copied);
  await expect(clara.page.locator(".marked .body")).toHaveText(["word 21"]);
  await expect(clara.page.locator(".marked")).toBeInViewport({ ratio: 1 });
});
