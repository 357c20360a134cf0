import { expect, type Person, Program, test } from "../fixtures.ts";
import { open, sayAll } from "../helpers.ts";

/** A key as an input method gets it: the page hears of it, and it is none of its business. */
async function pressComposing(person: Person, key: string): Promise<void> {
  await person.composer.evaluate((field, key) => {
    // Most browsers say that they compose; one says it only by the key's code.
    for (const how of [{ isComposing: true, keyCode: 13 }, { isComposing: false, keyCode: 229 }]) {
      field.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...how }));
    }
  }, key);
}

test("whoever clicks Send goes on writing", async ({ person }) => {
  const anna = await (await person()).signIn("Anna");
  await anna.isLive();
  await anna.say("one");
  await expect(anna.composer).toBeFocused();
  await anna.page.keyboard.type("two");
  await anna.page.keyboard.press("Enter");
  await expect(anna.said).toHaveText(["one", "two"]);
});

test("nothing is said by sending nothing", async ({ person }) => {
  const anna = await (await person()).signIn("Anna");
  await anna.isLive();
  await anna.composer.press("Enter");
  await anna.composer.fill("  \n ");
  await anna.composer.press("Enter");
  await anna.composer.fill("something");
  await anna.composer.press("Enter");
  await expect(anna.said).toHaveText(["something"]);
  await expect(anna.page.locator(".message")).toHaveCount(1);
});

test("where one writes with thumbs, Enter breaks the line", async ({ person }) => {
  const phone = { hasTouch: true, isMobile: true, viewport: { width: 390, height: 780 } };
  const anna = await (await person(phone)).signIn("Anna");
  await anna.isLive();
  await anna.composer.tap();
  await anna.page.keyboard.type("one");
  await anna.page.keyboard.press("Enter");
  await anna.page.keyboard.type("two");
  await expect(anna.composer).toHaveValue("one\ntwo");
  await expect(anna.page.locator(".message")).toHaveCount(0);
  await anna.page.getByRole("button", { name: "Send" }).tap();
  await expect(anna.said).toHaveText("one\ntwo");
  // The keyboard stays where it is.
  await expect(anna.composer).toBeFocused();
});

test("while an input method composes, its keys are its own", async ({ person }) => {
  const anna = await (await person()).signIn("Anna");
  await anna.isLive();
  await anna.say("before");
  await anna.composer.focus();
  const devtools = await anna.page.context().newCDPSession(anna.page);
  await devtools.send("Input.imeSetComposition", { text: "nihao", selectionStart: 5, selectionEnd: 5 });
  await expect(anna.composer).toHaveValue("nihao");
  for (const key of ["Enter", "ArrowUp", "Escape", "Tab"]) await pressComposing(anna, key);
  await expect(anna.composer).toHaveValue("nihao");
  await devtools.send("Input.insertText", { text: "你好" });
  await expect(anna.composer).toHaveValue("你好");
  await anna.composer.press("Enter");
  await expect(anna.said).toHaveText(["before", "你好"]);
});

test("while an input method composes a name, it isn't completed by its keys", async ({ person, server }) => {
  await Program.guest(server.url, "李雷");
  const anna = await (await person()).signIn("Anna");
  await anna.isLive();
  await anna.composer.pressSequentially("@李");
  await expect(anna.page.getByRole("option")).toHaveText(["李雷"]);
  for (const key of ["Enter", "Tab", "Escape"]) await pressComposing(anna, key);
  await expect(anna.composer).toHaveValue("@李");
  await expect(anna.page.getByRole("option")).toHaveText(["李雷"]);
});

test("the up arrow in an empty box edits what one said last", async ({ person, server }) => {
  const boris = await Program.guest(server.url, "Boris");
  const anna = await (await person()).signIn("Anna");
  await anna.isLive();
  for (const text of ["one", "too", "three"]) await anna.say(text);
  await expect(anna.said).toHaveCount(3);
  await anna.act("three", "Delete");
  await anna.page.getByRole("button", { name: "Delete", exact: true }).click();
  await expect(anna.page.locator(".gone")).toHaveCount(1);
  await boris.say("something else");
  await expect(anna.said).toHaveCount(4);

  // Where there is text, it moves in it.
  await anna.composer.fill("a\nb");
  await anna.composer.press("ArrowUp");
  await expect(anna.composer).toHaveValue("a\nb");
  await anna.composer.fill("");
  await anna.composer.press("ArrowUp");
  await expect(anna.composer).toHaveValue("too");
  await expect(anna.page.locator(".composer .task")).toContainText("Changing your message");
  // The cursor is where one goes on.
  await anna.page.keyboard.press("Backspace");
  await anna.page.keyboard.press("Backspace");
  await anna.page.keyboard.type("wo");
  await anna.page.keyboard.press("Enter");
  await expect(anna.row("two")).toBeVisible();
  await expect(anna.row("two").locator(".edited")).toHaveText("(edited)");
  await expect(anna.composer).toHaveValue("");
  await expect(anna.composer).toBeFocused();
  await expect(anna.page.locator(".composer .task")).toBeHidden();
  await expect(anna.said).toHaveCount(4);
});

test("Esc leaves an edit and gives the draft back", async ({ person }) => {
  const anna = await (await person()).signIn("Anna");
  await anna.isLive();
  await anna.say("said");
  await expect(anna.said).toHaveText(["said"]);
  const task = anna.page.locator(".composer .task");
  for (const leave of ["Escape", "Cancel"]) {
    await anna.composer.fill("half a thought");
    await anna.act("said", "Edit");
    await expect(anna.composer).toHaveValue("said");
    await expect(anna.composer).toBeFocused();
    await anna.page.keyboard.type(", and more");
    if (leave === "Escape") await anna.page.keyboard.press("Escape");
    else await task.getByRole("link", { name: "Cancel" }).click();
    await expect(task).toBeHidden();
    await expect(anna.composer).toHaveValue("half a thought");
    await expect(anna.composer).toBeFocused();
  }
  await expect(anna.said).toHaveText(["said"]);
});

test("Esc leaves a reply and keeps what was written", async ({ person, server }) => {
  const boris = await Program.guest(server.url, "Boris");
  await boris.say("a question");
  const anna = await (await person()).signIn("Anna");
  await anna.isLive();
  await anna.composer.fill("half a thought");
  await anna.act("a question", "Reply");
  const task = anna.page.locator(".composer .task");
  await expect(task).toContainText("Replying to Boris");
  await expect(anna.composer).toHaveValue("half a thought");
  await anna.page.keyboard.press("Escape");
  await expect(task).toBeHidden();
  await expect(anna.composer).toHaveValue("half a thought");
  await anna.page.keyboard.press("Enter");
  await expect(anna.row("half a thought").locator(".quote")).toHaveCount(0);
});

test("an edit that changes nothing is none, and one that leaves nothing is refused", async ({ person }) => {
  const anna = await (await person()).signIn("Anna");
  await anna.isLive();
  await anna.say("said");
  await expect(anna.said).toHaveText(["said"]);
  const task = anna.page.locator(".composer .task");
  await anna.composer.press("ArrowUp");
  await expect(task).toBeVisible();
  await anna.page.keyboard.press("Enter");
  await expect(task).toBeHidden();
  await expect(anna.said).toHaveText(["said"]);
  await anna.composer.press("ArrowUp");
  await anna.composer.fill(" ");
  await anna.page.keyboard.press("Enter");
  await expect(anna.page.getByRole("alert")).toHaveText("There is nothing to send yet.");
  await expect(task).toBeVisible();
  await anna.page.keyboard.press("Escape");
  await expect(anna.page.getByRole("alert")).toBeEmpty();
  await expect(anna.said).toHaveText(["said"]);
});

test("each room keeps its draft, over a reload, too", async ({ person, server }) => {
  const boris = await Program.guest(server.url, "Boris");
  await boris.makeRoom("Garden");
  const anna = await (await person()).signIn("Anna");
  await anna.isLive();
  await anna.composer.fill("for everyone");
  await anna.roomLink("Garden").click();
  await expect(anna.composer).toHaveValue("");
  await anna.composer.fill("for the garden");
  await anna.roomLink("general").click();
  await expect(anna.composer).toHaveValue("for everyone");
  await open(anna, "/room/garden");
  await expect(anna.composer).toHaveValue("for the garden");
  await anna.composer.press("Enter");
  await expect(anna.said).toHaveText(["for the garden"]);
  await open(anna, "/room/garden");
  await expect(anna.composer).toHaveValue("");
  await anna.roomLink("general").click();
  await expect(anna.composer).toHaveValue("for everyone");
  // An edit isn't a draft; what it interrupted is.
  await anna.composer.press("Enter");
  await expect(anna.said).toHaveText(["for everyone"]);
  await anna.composer.fill("half a thought");
  await anna.act("for everyone", "Edit");
  await expect(anna.composer).toHaveValue("for everyone");
  await anna.page.keyboard.type("!");
  await open(anna);
  await expect(anna.composer).toHaveValue("half a thought");
});

test("names are completed by keyboard", async ({ person, server }) => {
  for (const name of ["Boris", "Barbara", "Mary Ann", "李雷"]) await Program.guest(server.url, name);
  const anna = await (await person()).signIn("Anna");
  await anna.isLive();
  const offered = anna.page.getByRole("option");
  const chosen = anna.page.getByRole("option", { selected: true });
  await anna.composer.pressSequentially("Hello @b");
  await expect(anna.page.getByRole("listbox", { name: "Names" })).toBeVisible();
  await expect(offered).toHaveText(["Barbara", "Boris"]);
  await expect(chosen).toHaveText(["Barbara"]);
  await expect(anna.composer).toHaveAttribute("aria-activedescendant", (await chosen.getAttribute("id"))!);
  await anna.composer.press("ArrowDown");
  await expect(chosen).toHaveText(["Boris"]);
  await expect(anna.composer).toHaveAttribute("aria-activedescendant", (await chosen.getAttribute("id"))!);
  await anna.composer.press("ArrowDown");
  await expect(chosen).toHaveText(["Barbara"]);
  await anna.composer.press("ArrowUp");
  await expect(chosen).toHaveText(["Boris"]);
  await anna.composer.press("Enter");
  await expect(anna.composer).toHaveValue("Hello @Boris ");
  await expect(offered).toHaveCount(0);
  await anna.page.keyboard.type("and @mary");
  await anna.composer.press("Tab");
  await expect(anna.composer).toHaveValue("Hello @Boris and @Mary Ann ");
  await expect(anna.composer).toBeFocused();
  // Esc closes the list, and leaves what was typed.
  await anna.page.keyboard.type("@李");
  await expect(offered).toHaveText(["李雷"]);
  await anna.composer.press("Escape");
  await expect(offered).toHaveCount(0);
  await expect(anna.composer).toHaveValue("Hello @Boris and @Mary Ann @李");
  await anna.composer.press("Enter");
  await expect(anna.said).toHaveText(["Hello @Boris and @Mary Ann @李"]);
  await expect(anna.page.locator(".mention")).toHaveText(["@Boris", "@Mary Ann", "@李"]);
});

test("names are completed by mouse, also in the middle of a text", async ({ person, server }) => {
  await Program.guest(server.url, "Boris");
  const anna = await (await person()).signIn("Anna");
  await anna.isLive();
  await anna.composer.fill("Do you know? Yes.");
  await anna.composer.evaluate((field: HTMLTextAreaElement) => field.setSelectionRange(11, 11));
  await anna.page.keyboard.type(" @bo");
  await anna.page.getByRole("option", { name: "Boris" }).click();
  await expect(anna.composer).toHaveValue("Do you know @Boris? Yes.");
  await expect(anna.composer).toBeFocused();
  await anna.page.keyboard.type("!");
  await expect(anna.composer).toHaveValue("Do you know @Boris!? Yes.");
});

test("near the end of what a message can hold, what is left is counted", async ({ person }) => {
  const anna = await (await person()).signIn("Anna");
  await anna.isLive();
  const counter = anna.page.locator(".counter");
  await anna.composer.fill("字".repeat(4_500));
  await expect(counter).toBeEmpty();
  await anna.composer.press("End");
  await anna.page.keyboard.type("x");
  await expect(counter).toHaveText("499");
  // An emoji is one character, as the server counts it.
  await anna.composer.fill("😀".repeat(4_998));
  await expect(counter).toHaveText("2");
  await anna.composer.fill("字".repeat(5_003));
  await expect(counter).toHaveText("-3");
  await anna.composer.press("Enter");
  await expect(anna.page.getByRole("alert")).toHaveText("A message can have at most 5,000 characters. Please make it shorter.");
  await expect(anna.composer).toHaveValue("字".repeat(5_003));
  await expect(anna.page.locator(".message")).toHaveCount(0);
  for (let count = 0; count < 3; count++) await anna.composer.press("Backspace");
  await expect(counter).toHaveText("0");
  await expect(anna.page.getByRole("alert")).toBeEmpty();
  await anna.composer.press("Enter");
  await expect(anna.said).toHaveText(["字".repeat(5_000)]);
  await expect(counter).toBeEmpty();
});

test("one is asked before a message goes", async ({ person, server }) => {
  const owner = await (await person()).register("Anna");
  const boris = await Program.guest(server.url, "Boris");
  await sayAll(boris, ["keep", "drop"]);
  await owner.isLive();
  await owner.say("mine");
  await expect(owner.said).toHaveCount(3);
  const question = owner.page.locator("form.doomed");
  await owner.act("mine", "Delete");
  await expect(question).toContainText("Delete this message for everyone?");
  await expect(question).toContainText("mine");
  await question.getByRole("link", { name: "Cancel" }).click();
  await expect(question).toBeHidden();
  await expect(owner.said).toHaveText(["keep", "drop", "mine"]);

  // Who may, deletes what others have said; no one changes it.
  await owner.row("drop").hover();
  await expect(owner.row("drop").locator(".acts a")).toHaveText(["Reply", "Copy link", "Delete"]);
  await owner.act("drop", "Delete");
  await expect(question).toContainText("drop");
  await question.getByRole("button", { name: "Delete" }).click();
  await expect(question).toBeHidden();
  await expect(owner.said).toHaveText(["keep", "This message was deleted.", "mine"]);
  await expect(owner.page.locator(".message:has(.gone) .acts")).toHaveCount(0);
});
