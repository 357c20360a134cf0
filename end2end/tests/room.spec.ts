import { expect, test } from "../fixtures.ts";

test("two browsers talk, and each sees the other come and go", async ({ person }) => {
  const anna = await (await person()).signIn("Anna");
  const boris = await (await person()).signIn("Борис");
  await anna.isLive();
  await boris.isLive();
  await expect(anna.online).toHaveText(["Anna", "Борис"]);
  await expect(boris.online).toHaveText(["Anna", "Борис"]);

  await anna.say("Hello");
  await expect(boris.said).toHaveText(["Hello"]);
  await boris.say("Привет");
  await expect(anna.said).toHaveText(["Hello", "Привет"]);

  await boris.page.close();
  await expect(anna.online).toHaveText(["Anna"]);
  await expect(anna.away).toHaveText(["Борис"]);
});

test("what a program changes or takes back is shown so, live and after a reload", async ({ person }) => {
  const anna = await (await person()).signIn("Anna");
  await anna.isLive();
  await anna.say("helo");
  await anna.say("a mistake");
  await expect(anna.said).toHaveText(["helo", "a mistake"]);
  // Anna's own session, as a program would use it.
  const room = "/api/v1/rooms/general/messages";
  const { messages } = await (await anna.page.request.get(room)).json();
  const headers = { origin: new URL(anna.page.url()).origin };
  await anna.page.request.patch(`${room}/${messages[0].id}`, { headers, data: { text: "hello" } });
  await anna.page.request.delete(`${room}/${messages[1].id}`, { headers });
  const shown = ["hello (edited)", "This message was deleted."];
  await expect(anna.said).toHaveText(shown);
  await anna.page.reload();
  await expect(anna.said).toHaveText(shown);
});

test("Enter sends, Shift+Enter breaks the line, markup is text", async ({ person }) => {
  const anna = await (await person()).signIn("Anna");
  await anna.isLive();
  await anna.composer.pressSequentially("one");
  await anna.composer.press("Shift+Enter");
  await anna.composer.pressSequentially("<b>two</b>");
  await anna.composer.press("Enter");
  await expect(anna.said).toHaveText("one\n<b>two</b>");
  await expect(anna.composer).toHaveValue("");
});

test("what was said is in the HTML, and there after a reload", async ({ person }) => {
  const anna = await (await person()).signIn("Anna");
  await anna.isLive();
  for (const text of ["one", "two", "three"]) await anna.say(text);
  await expect(anna.said).toHaveText(["one", "two", "three"]);
  const html = await (await anna.page.request.get("/room/general")).text();
  expect(html).toMatch(/one[\s\S]+two[\s\S]+three/);
  await anna.page.reload();
  await expect(anna.said).toHaveText(["one", "two", "three"]);
});

test("without JavaScript one reads and posts", async ({ person }) => {
  const anna = await (await person()).signIn("Anna");
  await anna.isLive();
  const boris = await (await person({ javaScriptEnabled: false })).signIn("Boris");
  await expect(anna.online).toHaveText(["Anna", "Boris"]);
  await anna.say("Hello");
  await expect(anna.said).toHaveText(["Hello"]);
  await boris.say("Hi\nthere");
  await expect(boris.said).toHaveText(["Hello", "Hi\nthere"]);
  await expect(anna.said).toHaveText(["Hello", "Hi\nthere"]);
  await expect(boris.said.last()).toBeInViewport();
});

test("a text that is too long is refused and not lost", async ({ person }) => {
  const long = "字".repeat(5_001);
  for (const javaScriptEnabled of [true, false]) {
    const writer = await person({ javaScriptEnabled });
    await writer.signIn(`Writer ${javaScriptEnabled}`);
    if (javaScriptEnabled) await writer.isLive();
    await writer.say(long);
    await expect(writer.page.getByText("A message can have at most 5,000 characters.")).toBeVisible();
    await expect(writer.composer).toHaveValue(long);
    const before = await writer.said.count();
    await writer.say("字".repeat(5_000));
    await expect(writer.said).toHaveCount(before + 1);
  }
});

test("what is typed before the page is alive is kept", async ({ person }) => {
  const anna = await (await person()).signIn("Anna");
  await anna.page.route("**/*.wasm", async (route) => {
    await anna.composer.fill("half a sentence");
    await route.continue();
  });
  await anna.page.reload();
  await anna.isLive();
  await expect(anna.composer).toHaveValue("half a sentence");
});

test("a room that does not exist", async ({ person }) => {
  const anna = await (await person({ javaScriptEnabled: false })).signIn("Anna");
  const answer = await anna.page.request.get("/room/nowhere");
  expect(answer.status()).toBe(404);
  expect(await answer.text()).toContain("There is nothing here.");
});
