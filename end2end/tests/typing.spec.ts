import { expect, test, type Person } from "../fixtures.ts";

test("the line names one, two, or says that they are several, and moves nothing", async ({ person }) => {
  const [anna, boris, clara, dan] = await Promise.all(
    ["Anna", "Boris", "Clara", "Dan"].map(async (name) => (await person()).signIn(name)),
  ) as [Person, Person, Person, Person];
  for (const one of [anna, boris, clara, dan]) await one.isLive();
  const place = await anna.composer.boundingBox();
  await expect(anna.typing).toHaveText("");
  const stops = [await keepTyping(boris)];
  await expect(anna.typing).toHaveText("Boris is typing…");
  stops.push(await keepTyping(clara));
  await expect(anna.typing).toHaveText("Boris and Clara are typing…");
  stops.push(await keepTyping(dan));
  await expect(anna.typing).toHaveText("Several people are typing…");
  expect(await anna.composer.boundingBox()).toEqual(place);
  // No one is told of themselves.
  await expect(boris.typing).toHaveText("Clara and Dan are typing…");
  for (const stop of stops) await stop();
  await expect(anna.typing).toHaveText("");
});

test("it begins with the first key, is told once a second, and ends a second after the last", async ({ person }) => {
  const anna = await (await person()).signIn("Anna");
  const boris = await person();
  const told: { on: boolean; at: number }[] = [];
  boris.page.on("websocket", (socket) =>
    socket.on("framesent", ({ payload }) => {
      const [, on] = /"typing",\{.*"on":(true|false)/.exec(String(payload)) ?? [];
      if (on) told.push({ on: on === "true", at: Date.now() });
    }),
  );
  await boris.signIn("Boris");
  await anna.isLive();
  await boris.isLive();
  await boris.composer.press("x");
  await expect(anna.typing).toHaveText("Boris is typing…");
  await expect(anna.typing).toHaveText("");
  expect(told.map(({ on }) => on)).toEqual([true, false]);
  const [began, ended] = [told[0]!, told[1]!];
  // Not the silence of 5 s ended it.
  expect(ended.at - began.at).toBeLessThan(4_000);

  told.length = 0;
  const stop = await keepTyping(boris);
  await expect.poll(() => told.length).toBeGreaterThanOrEqual(3);
  const lasted = await stop();
  await expect(anna.typing).toHaveText("");
  const begun = told.filter(({ on }) => on).length;
  expect(begun).toBeLessThanOrEqual(lasted / 1_000 + 1);
});

test("whoever has said it writes no longer", async ({ person }) => {
  const anna = await (await person()).signIn("Anna");
  const boris = await person();
  await boris.page.clock.install();
  await boris.signIn("Boris");
  await anna.isLive();
  await boris.isLive();
  // His time stands still: no pause ends it.
  await boris.page.clock.pauseAt(await boris.page.evaluate(() => Date.now() + 100));
  await boris.composer.pressSequentially("Hello");
  await expect(anna.typing).toHaveText("Boris is typing…");
  await boris.composer.press("Enter");
  await expect(anna.said).toHaveText(["Hello"]);
  await expect(anna.typing).toHaveText("", { timeout: 2_000 });
});

test("whoever closes the tab, or of whom there is no news, is gone after 5 s", async ({ person, server }) => {
  const anna = await (await person()).signIn("Anna");
  const boris = await (await person()).signIn("Boris");
  await anna.isLive();
  await boris.isLive();
  await boris.composer.press("x");
  await expect(anna.typing).toHaveText("Boris is typing…");
  await boris.page.close();
  await expect(anna.typing).toHaveText("", { timeout: 7_000 });

  const clara = await (await person()).signIn("Clara");
  await clara.isLive();
  await clara.composer.press("x");
  await expect(anna.typing).toHaveText("Clara is typing…");
  // Nothing more is heard, not even that she has stopped.
  server.pause();
  await expect(anna.typing).toHaveText("", { timeout: 7_000 });
  server.goOn();
});

/** A key three times a second; answers how to stop, which answers how long it took. */
async function keepTyping({ page, composer }: Person): Promise<() => Promise<number>> {
  await composer.focus();
  const typing = await page.evaluateHandle(() => {
    const began = performance.now();
    const key = () => document.execCommand("insertText", false, "x");
    key();
    const timer = setInterval(key, 300);
    return () => {
      clearInterval(timer);
      return performance.now() - began;
    };
  });
  return () => typing.evaluate((stop) => stop());
}
