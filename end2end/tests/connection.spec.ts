import { expect, Program, test, type Person } from "../fixtures.ts";

// The browser itself reports a connection that fails; everything else still counts.
test.use({ noise: { expected: [/WebSocket connection to .* failed/, /net::ERR_/] } });

/** How soon one is told that the connection is lost. */
const SOON = { timeout: 5_000 };

test("a loss is told soon, and what one types and sends goes on", async ({ person, server }) => {
  const anna = await (await person()).signIn("Anna");
  await anna.isLive();
  await expect(anna.banner).toBeHidden();
  await anna.composer.fill("half");
  await anna.markDocument();
  await server.kill();
  await expect(anna.banner).toHaveText(/^Connection lost\. Trying again in \d+ s; what you write is kept\./, SOON);
  await expect(anna.banner.getByRole("button", { name: "Try now" })).toBeVisible();
  await expect(anna.composer).toBeFocused();
  await anna.page.keyboard.type(" a sentence");
  await anna.page.keyboard.press("Enter");
  await anna.page.keyboard.type("more");
  await expect(anna.pending).toHaveText(["half a sentence"]);
  await expect(anna.row("half a sentence").locator(".state")).toHaveText("Waiting for the connection");
  await server.start();
  await expect(anna.said).toHaveText(["half a sentence"]);
  await expect(anna.banner).toBeHidden();
  await expect(anna.composer).toHaveValue("more");
  expect(await anna.isSameDocument()).toBe(true);
});

test("without a network one is told soon, and after its return the room is whole", async ({ person, server }) => {
  const boris = await Program.guest(server.url, "Boris");
  const [hello, mistake] = [await boris.say("helo"), await boris.say("a mistake")];
  const anna = await elsewhere(person, server.url);
  await expect(anna.said).toHaveText(["helo", "a mistake"]);
  await anna.markDocument();
  await anna.page.context().setOffline(true);
  await expect(anna.banner).toContainText("Connection lost.", SOON);
  await anna.say("Hi Boris");
  await expect(anna.pending).toHaveText(["Hi Boris"]);
  await anna.composer.fill("half a sentence");

  await boris.edit(hello, "hello");
  await boris.delete(mistake);
  await boris.say("Where are you?");
  // Nothing of it has come, so it is the return that brings it.
  await expect(anna.said).toHaveText(["helo", "a mistake"]);
  await anna.page.context().setOffline(false);
  const whole = ["hello (edited)", "This message was deleted.", "Where are you?", "Hi Boris"];
  await expect(anna.said).toHaveText(whole);
  await expect(anna.pending).toHaveCount(0);
  await expect(anna.banner).toBeHidden();
  await expect(anna.composer).toHaveValue("half a sentence");
  expect(await anna.isSameDocument()).toBe(true);
  await anna.page.reload();
  await expect(anna.said).toHaveText(whole);
});

/** A room that was left open behind another one misses nothing either. */
test("a server that says nothing is told soon, and one that was only slow goes on", async ({ person, server }) => {
  const anna = await (await person()).signIn("Anna");
  await anna.isLive();
  server.pause();
  await expect(anna.banner).toBeVisible({ timeout: 5_000 });
  await anna.say("into the silence");
  await expect(anna.pending).toHaveText(["into the silence"]);
  server.goOn();
  await expect(anna.said).toHaveText(["into the silence"]);
  await expect(anna.banner).toHaveCount(0);
});

test("rooms in the background are whole, too", async ({ person, server }) => {
  const olga = await Program.account(server.url, "Olga");
  const slug = await olga.makeRoom("Tea");
  const first = await olga.say("helo", { room: slug });
  const anna = await (await person()).signIn("Anna");
  const cable = await anna.cable();
  await anna.page.goto(`/room/${slug}`);
  await anna.isLive();
  await anna.roomLink("general").click();
  await expect(anna.page).toHaveURL(/general$/);
  cable.cut();
  await expect(anna.banner).toContainText("Connection lost.", SOON);
  await olga.edit(first, "hello");
  await olga.say("@Anna?", { room: slug });
  cable.mend();
  await anna.isLive();
  await expect(anna.roomLink("Tea").locator(".n.at")).toHaveText("1");
  await anna.roomLink("Tea").click();
  await expect(anna.said).toHaveText(["hello (edited)", "@Anna?"]);
});

test("one can have it tried at once", async ({ person, server }) => {
  const anna = await person();
  await anna.page.clock.install();
  await anna.signIn("Anna");
  await anna.isLive();
  await server.kill();
  // From here on time stands still in the page, so no one tries but whoever asks for it. It can't be stopped in the past,
  // and must not be while a try is under way.
  await expect(async () => {
    await expect(anna.banner).toContainText(/Trying again in [3-9] s/, SOON);
    await anna.page.clock.pauseAt(await anna.page.evaluate(() => Date.now() + 200));
  }).toPass();
  await server.start();
  await anna.banner.getByRole("button", { name: "Try now" }).click();
  await anna.isLive();
  await expect(anna.banner).toBeHidden();
});

test("after ten tries in vain one is told what is known", async ({ person, server }) => {
  test.slow();
  const anna = await person();
  await anna.page.clock.install();
  await anna.signIn("Anna");
  await anna.isLive();
  let tries = 0;
  anna.page.on("websocket", () => tries++);
  await server.kill();
  await expect(anna.banner).toContainText("Connection lost.", SOON);
  const told = "The server can't be reached: it may be down, or your network is.";
  await expect(async () => {
    // Longer than the longest wait.
    await anna.page.clock.fastForward("00:08");
    await expect(anna.banner).toContainText(told, { timeout: 500 });
  }).toPass({ timeout: 120_000 });
  expect(tries).toBeGreaterThanOrEqual(9);
  expect(tries).toBeLessThanOrEqual(11);
  await expect(anna.banner).toHaveText(/Trying again in \d+ s; what you write is kept\./);
  await anna.say("still here");
  await server.start();
  await anna.banner.getByRole("button", { name: "Try now" }).click();
  await expect(anna.said).toHaveText(["still here"]);
  await expect(anna.banner).toBeHidden();
});

test("a restart of the server is a blink", async ({ person, server }) => {
  const anna = await (await person()).signIn("Anna");
  const boris = await (await person()).signIn("Boris");
  await anna.isLive();
  await boris.isLive();
  await anna.composer.fill("half a sentence");
  await anna.markDocument();
  await server.terminate();
  await boris.say("during the restart");
  await server.start();
  await anna.isLive();
  await expect(anna.said).toHaveText(["during the restart"]);
  await expect(anna.online).toHaveText(["Anna", "Boris"]);
  await expect(anna.banner).toBeHidden();
  await expect(anna.composer).toHaveValue("half a sentence");
  await expect(anna.composer).toBeFocused();
  expect(await anna.isSameDocument()).toBe(true);
});

/** Someone whose server is on another machine, as far as their browser knows. */
async function elsewhere(person: (options: object) => Promise<Person>, url: string): Promise<Person> {
  const anna = await person({ baseURL: url.replace("127.0.0.1", "beseda.test") });
  await anna.signIn("Anna");
  await anna.isLive();
  return anna;
}
