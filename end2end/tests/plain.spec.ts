import { expect, type Person, Program, test } from "../fixtures.ts";

// Without a script every screen does its work: what is missing is only what arrives by itself.
const PLAIN = { javaScriptEnabled: false };

test("one comes in with a name, keeps it with a password, goes, and comes in again", async ({ person }) => {
  const anna = await person(PLAIN);
  await anna.signIn("Anna");
  await expect(anna.page.locator("aside .online .me bdi")).toHaveText("Anna");
  await openSettings(anna);
  await anna.sheet.getByLabel("Password").fill("short");
  await anna.sheet.getByRole("button", { name: "Set a password" }).click();
  await expect(anna.sheet.getByLabel("Password")).toHaveAccessibleDescription(/at least 8 characters\.$/);
  await anna.sheet.getByLabel("Password").fill("correct horse");
  await anna.sheet.getByRole("button", { name: "Set a password" }).click();
  await expect(anna.sheet.getByText("You have a password now, and your name is yours.")).toBeVisible();
  await anna.sheet.getByRole("button", { name: "Sign out", exact: true }).click();
  await expect(anna.page.getByLabel("Your name")).toBeVisible();

  // The name is kept, and only with the password it is theirs.
  await anna.page.getByLabel("Your name").fill("Anna");
  await anna.page.getByRole("button", { name: "Join the conversation" }).click();
  await expect(anna.page.getByText("Someone with this name is here already.")).toBeVisible();
  await anna.page.getByRole("link", { name: "I have a password" }).click();
  for (const { password, told } of [
    { password: "wrong horse", told: "The name or the password is not right." },
    { password: "correct horse", told: "" },
  ]) {
    await anna.page.getByLabel("Your name").fill("Anna");
    await anna.page.getByLabel("Password").fill(password);
    await anna.page.getByRole("button", { name: "Sign in" }).click();
    if (told) await expect(anna.page.getByText(told)).toBeVisible();
  }
  await expect(anna.page).toHaveURL(/\/room\/general$/);
});

test("the password is changed, and whoever is signed in elsewhere is not any more", async ({ person }) => {
  const anna = await (await person(PLAIN)).register("Anna");
  const elsewhere = await person(PLAIN);
  await signInWithPassword(elsewhere, "Anna", "correct horse");
  await openSettings(anna);
  await anna.sheet.getByLabel("Current password").fill("wrong horse");
  await anna.sheet.getByLabel("New password").fill("correct mouse");
  await anna.sheet.getByRole("button", { name: "Change the password" }).click();
  await expect(anna.sheet.getByLabel("Current password")).toHaveAccessibleDescription(/not your current password/);
  await anna.sheet.getByLabel("Current password").fill("correct horse");
  await anna.sheet.getByLabel("New password").fill("correct mouse");
  await anna.sheet.getByRole("button", { name: "Change the password" }).click();
  await expect(anna.sheet.getByText("The password is changed.")).toBeVisible();
  await elsewhere.page.reload();
  await expect(elsewhere.page.getByLabel("Your name")).toBeVisible();
  await signInWithPassword(elsewhere, "Anna", "correct mouse");
});

test("sessions are listed, and ended one by one or all at once", async ({ person }) => {
  const anna = await (await person(PLAIN)).register("Anna");
  const others = [await person(PLAIN), await person(PLAIN), await person(PLAIN)];
  for (const other of others) await signInWithPassword(other, "Anna", "correct horse");
  await openSettings(anna);
  const sessions = anna.sheet.locator(".entry").filter({ hasText: "Browser" });
  await expect(sessions).toHaveCount(4);
  await expect(sessions.filter({ hasText: "(here)" })).toHaveCount(1);
  await sessions.getByRole("button", { name: "Sign out" }).first().click();
  await expect(anna.sheet.getByText("That session has ended.")).toBeVisible();
  await expect(sessions).toHaveCount(3);
  await anna.sheet.getByRole("button", { name: "Sign out everywhere else" }).click();
  await expect(anna.sheet.getByText("All other sessions have ended.")).toBeVisible();
  await expect(sessions).toHaveCount(1);
  for (const other of others) {
    await other.page.reload();
    await expect(other.page.getByLabel("Your name")).toBeVisible();
  }
  await anna.page.goto("/room/general");
  await expect(anna.composer).toBeVisible();
});

test("language and looks are chosen, and kept", async ({ person }) => {
  const anna = await (await person(PLAIN)).signIn("Anna");
  const root = anna.page.locator("html");
  await openSettings(anna);
  await anna.sheet.getByLabel("Dark").check();
  await anna.sheet.getByLabel("Less").check();
  await anna.sheet.getByRole("button", { name: "Save" }).click();
  await expect(anna.sheet.getByText("Saved.")).toBeVisible();
  await expect(root).toHaveAttribute("data-theme", "dark");
  await expect(root).toHaveAttribute("data-motion", "less");
  await anna.sheet.getByLabel("Русский").check();
  await anna.sheet.getByRole("button", { name: "Save" }).click();
  await expect(anna.sheet.getByRole("heading", { name: "Настройки" })).toBeVisible();
  await expect(anna.sheet.getByLabel("Тёмная")).toBeChecked();
  await anna.sheet.getByRole("link", { name: "Назад" }).click();
  await expect(anna.page).toHaveURL(/\/room\/general$/);
  await expect(anna.page.getByLabel("Сообщение", { exact: true })).toBeVisible();
  await expect(root).toHaveAttribute("lang", "ru");
  await expect(root).toHaveAttribute("data-theme", "dark");
});

test("one pages back to the first message, and to the end again", async ({ person, server }) => {
  const boris = await Program.guest(server.url, "Boris");
  const texts = Array.from({ length: 120 }, (_, index) => `message ${index + 1}.`);
  for (const text of texts) await boris.say(text);
  const anna = await (await person(PLAIN)).signIn("Anna");
  const older = anna.page.getByRole("link", { name: "Older messages" });
  const read: string[] = [];
  for (;;) {
    await expect(anna.said.first()).toBeAttached();
    read.unshift(...(await anna.said.allInnerTexts()));
    if ((await older.count()) === 0) break;
    const address = anna.page.url();
    await older.click();
    await expect(anna.page).not.toHaveURL(address);
  }
  expect(read).toEqual(texts);
  await anna.page.getByRole("link", { name: "To the end" }).click();
  await expect(anna.said.last()).toHaveText(texts.at(-1)!);
  await expect(anna.said.last()).toBeInViewport();
});

test("what can be done with a message hides no other", async ({ person }) => {
  const anna = await (await person(PLAIN)).signIn("Anna");
  await anna.say("Shall we begin?");
  await expect(anna.row("Shall we begin?").locator(".acts")).toHaveCSS("opacity", "0");
  await anna.row("Shall we begin?").hover();
  await expect(anna.row("Shall we begin?").locator(".acts")).toHaveCSS("opacity", "1");
  const phone = await (await person({ ...PLAIN, hasTouch: true, isMobile: true })).signIn("Boris");
  await expect(phone.row("Shall we begin?").locator(".acts")).toHaveCSS("position", "static");
});

test("one replies, changes and deletes, and is asked before something goes", async ({ person }) => {
  const anna = await (await person(PLAIN)).signIn("Anna");
  const boris = await (await person(PLAIN)).signIn("Boris");
  await anna.say("Shall we begin?");
  await boris.page.reload();
  await boris.act("Shall we begin?", "Reply");
  await expect(boris.page.getByText("Replying to Anna")).toBeVisible();
  await boris.page.getByRole("link", { name: "Cancel" }).click();
  await expect(boris.page.getByText("Replying to Anna")).toBeHidden();
  await boris.act("Shall we begin?", "Reply");
  await boris.say("Coffee first");
  await expect(boris.row("Coffee first").locator(".quote")).toHaveText(/Anna\s*Shall we begin\?/);

  await boris.act("Coffee first", "Edit");
  await expect(boris.composer).toHaveValue("Coffee first");
  await boris.composer.fill("Tea, after all");
  await boris.page.getByRole("button", { name: "Save" }).click();
  await expect(boris.said.last()).toHaveText("Tea, after all (edited)");
  await expect(boris.page).toHaveURL(/\/room\/general$/);
  await boris.row("Tea, after all").locator(".quote").click();
  await expect(boris.row("Shall we begin?").first()).toHaveClass(/\bmarked\b/);

  const question = boris.page.getByText("Delete this message for everyone?");
  await boris.act("Tea, after all", "Delete");
  await expect(question).toBeVisible();
  await boris.page.getByRole("link", { name: "Cancel" }).click();
  await expect(question).toBeHidden();
  await expect(boris.said.last()).toHaveText("Tea, after all (edited)");
  await boris.act("Tea, after all", "Delete");
  await boris.page.getByRole("button", { name: "Delete" }).click();
  await expect(boris.said.last()).toHaveText("This message was deleted.");
  await anna.page.reload();
  await expect(anna.said).toHaveText(["Shall we begin?", "This message was deleted."]);
  // What others said is theirs.
  await expect(boris.row("Shall we begin?").getByRole("link", { name: "Edit" })).toHaveCount(0);
  await expect(boris.row("Shall we begin?").getByRole("link", { name: "Delete" })).toHaveCount(0);
});

test("what was said long ago is replied to, changed and deleted, too", async ({ person, server }) => {
  const anna = await (await person(PLAIN)).signIn("Anna");
  await anna.say("An old one.");
  await anna.say("Another old one.");
  const boris = await Program.guest(server.url, "Boris");
  for (let index = 1; index <= 60; index++) await boris.say(`message ${index}.`);
  await anna.page.goto("/room/general");
  await anna.page.getByRole("link", { name: "Older messages" }).click();
  await anna.act("An old one.", "Edit");
  await expect(anna.composer).toHaveValue("An old one.");
  await anna.composer.fill("As good as new.");
  await anna.page.getByRole("button", { name: "Save" }).click();
  await anna.page.getByRole("link", { name: "Older messages" }).click();
  await anna.act("As good as new.", "Reply");
  await anna.say("Indeed.");
  await expect(anna.row("Indeed.").locator(".quote")).toHaveText(/As good as new\./);
  await anna.page.getByRole("link", { name: "Older messages" }).click();
  await anna.act("Another old one.", "Delete");
  await anna.page.getByRole("button", { name: "Delete" }).click();
  await anna.page.getByRole("link", { name: "Older messages" }).click();
  await expect(anna.said.nth(1)).toHaveText("This message was deleted.");
});

test("rooms are made, entered, changed and left, and mistakes stand beside their fields", async ({ person }) => {
  const anna = await (await person(PLAIN)).signIn("Anna");
  const boris = await (await person(PLAIN)).signIn("Boris");
  await anna.page.getByRole("link", { name: "New room" }).click();
  await anna.sheet.getByLabel("Name").fill("я".repeat(61));
  await anna.sheet.getByLabel("Topic").fill("Who brings what");
  await anna.sheet.getByRole("button", { name: "Make the room" }).click();
  await expect(anna.sheet.getByLabel("Name")).toHaveAccessibleDescription(/at most 60 characters/);
  await expect(anna.sheet.getByLabel("Topic")).toHaveValue("Who brings what");
  await anna.sheet.getByLabel("Name").fill("Kitchen");
  await anna.sheet.getByRole("button", { name: "Make the room" }).click();
  await expect(anna.page.getByRole("heading", { name: "#Kitchen" })).toBeVisible();
  await anna.say("Who takes the plates?");
  await anna.roomLink("general").click();
  await expect(anna.page.getByRole("heading", { name: "#general" })).toBeVisible();

  await boris.page.getByRole("link", { name: "New room" }).click();
  await boris.sheet.getByRole("link", { name: "Kitchen" }).click();
  await expect(boris.said).toHaveText(["Who takes the plates?"]);
  await boris.page.getByRole("link", { name: "Details" }).click();
  await expect(boris.sheet.getByText("2 members")).toBeVisible();
  await expect(boris.sheet.getByRole("button", { name: "Save" })).toHaveCount(0);

  await anna.roomLink("Kitchen").click();
  await anna.page.getByRole("link", { name: "Details" }).click();
  await anna.sheet.getByLabel("Topic").fill("Who brings plates");
  await anna.sheet.getByLabel("For how many people").fill("1");
  await submitUnchecked(anna, "Save");
  await expect(anna.sheet.getByLabel("For how many people")).toHaveAccessibleDescription(/from 2 to 10,000\.$/);
  await anna.sheet.getByLabel("For how many people").fill("20");
  await anna.sheet.getByRole("button", { name: "Save" }).click();
  await expect(anna.sheet.getByText("Saved.")).toBeVisible();
  await boris.sheet.getByRole("link", { name: "Back" }).click();
  await expect(boris.page.locator(".head .topic")).toHaveText("Who brings plates");
  await boris.page.getByRole("link", { name: "Details" }).click();
  await boris.sheet.getByRole("button", { name: "Leave the room" }).click();
  await expect(boris.page).toHaveURL(/\/room\/general$/);
  // It is open to everyone, so it stays in the list, as one to enter.
  await expect(boris.roomLink("Kitchen")).toHaveClass(/\bother\b/);
});

test("into a private room one is invited; no one else knows of it", async ({ person }) => {
  const anna = await (await person(PLAIN)).register("Anna");
  const boris = await (await person(PLAIN)).signIn("Boris");
  const vera = await (await person(PLAIN)).signIn("Vera");
  await anna.page.getByRole("link", { name: "New room" }).click();
  await anna.sheet.getByLabel("Name").fill("Present");
  await anna.sheet.getByLabel("Private").check();
  await anna.sheet.getByRole("button", { name: "Make the room" }).click();
  await expect(anna.page.getByRole("heading", { name: "#Present" })).toBeVisible();
  await anna.say("A bicycle?");
  await anna.page.getByRole("link", { name: "Details" }).click();
  await anna.sheet.getByLabel("Name").first().fill("Nobody");
  await anna.sheet.getByRole("button", { name: "Invite" }).click();
  await expect(anna.sheet.getByText("There is no one of this name.")).toBeVisible();
  await anna.sheet.getByLabel("Name").first().fill("Boris");
  await anna.sheet.getByRole("button", { name: "Invite" }).click();
  await expect(anna.sheet.getByText("The invitation is on its way.")).toBeVisible();

  await boris.page.reload();
  await boris.roomLink("Present").click();
  await expect(boris.said).toHaveText(["A bicycle?"]);
  await vera.page.reload();
  await expect(vera.roomLink("Present")).toHaveCount(0);
  expect((await vera.page.request.get("/room/present")).status()).toBe(404);
});

test("a link that is made for a friend lets the friend in", async ({ person }) => {
  const anna = await (await person(PLAIN)).register("Anna");
  await openSettings(anna);
  await anna.sheet.getByRole("link", { name: "Invite people" }).click();
  await anna.sheet.getByRole("button", { name: "Make a link" }).click();
  const link = await anna.sheet.getByLabel("Copy the link now").inputValue();
  const boris = await person(PLAIN);
  await boris.page.goto(link);
  await boris.page.getByLabel("Your name").fill("Boris");
  await boris.page.getByLabel("Password").fill("correct horse");
  await boris.page.getByRole("button", { name: "Make an account" }).click();
  await expect(boris.composer).toBeVisible();
  await expect(boris.page.locator("aside .me")).toHaveText(/Boris/);
});

test("a direct message reaches one person, and is counted until it is read", async ({ person }) => {
  const anna = await (await person(PLAIN)).signIn("Anna");
  const boris = await (await person(PLAIN)).signIn("Boris");
  await anna.page.getByRole("link", { name: "New direct message" }).click();
  await anna.sheet.getByLabel("Name").fill("Nobody");
  await anna.sheet.getByRole("button", { name: "Write to them" }).click();
  await expect(anna.sheet.getByLabel("Name")).toHaveAccessibleDescription("There is no one of this name.");
  await anna.sheet.getByLabel("Name").fill("boris");
  await anna.sheet.getByRole("button", { name: "Write to them" }).click();
  await expect(anna.page.getByRole("heading", { name: "Boris" })).toBeVisible();
  await anna.say("Between us:");
  await anna.say("it is a bicycle");

  await boris.page.reload();
  const count = boris.roomLink("Anna").locator(".n");
  await expect(count).toHaveText("2");
  await expect(count).toHaveAccessibleName("2 unread");
  await boris.roomLink("Anna").click();
  await expect(boris.said).toHaveText(["Between us:", "it is a bicycle"]);
  await expect(async () => {
    await boris.page.goto("/room/general");
    await expect(boris.roomLink("Anna")).toBeVisible();
    expect(await count.count()).toBe(0);
  }).toPass();
});

test("what is unread is counted by room, and reading is enough to clear it", async ({ person, server }) => {
  const boris = await Program.guest(server.url, "Boris");
  const slug = await boris.makeRoom("Kitchen");
  const anna = await (await person(PLAIN)).signIn("Anna");
  await anna.page.goto(`/room/${slug}`);
  await anna.page.goto("/room/general");
  for (const text of ["one", "two", "@Anna: three"]) await boris.say(text, { room: slug });
  await anna.page.reload();
  const kitchen = anna.roomLink("Kitchen");
  await expect(kitchen).toHaveClass(/\bunread\b/);
  await expect(kitchen.locator(".n")).toHaveAccessibleName("1 unread");
  await kitchen.click();
  await expect(anna.page.locator("li.new")).toHaveCount(1);
  await expect(async () => {
    await anna.page.goto("/room/general");
    await expect(kitchen).toBeVisible();
    expect(await kitchen.locator(".n").count()).toBe(0);
  }).toPass();
});

test("a search finds, marks, and leads to the message in its place", async ({ person, server }) => {
  const boris = await Program.guest(server.url, "Boris");
  for (let index = 1; index <= 60; index++) await boris.say(index === 5 ? "The samovar is on." : `message ${index}.`);
  const anna = await (await person(PLAIN)).signIn("Anna");
  await anna.page.getByRole("link", { name: "Search" }).click();
  await anna.sheet.getByLabel("Words to find").fill("nowhere");
  await anna.sheet.getByRole("button", { name: "Search" }).click();
  await expect(anna.sheet.getByText("Nothing was found.")).toBeVisible();
  await anna.sheet.getByLabel("Words to find").fill("SAMOV");
  await anna.sheet.getByRole("button", { name: "Search" }).click();
  await expect(anna.sheet.locator("mark")).toHaveText(["samov"]);
  await anna.sheet.getByRole("link", { name: "#general" }).click();
  await expect(anna.page.locator(".marked .body")).toHaveText("The samovar is on.");
  await expect(anna.page.locator(".marked")).toBeInViewport();
});

test("a link to a message leads to it, signed in or not yet", async ({ person, server }) => {
  const boris = await Program.guest(server.url, "Boris");
  for (let index = 1; index <= 120; index++) await boris.say(`message ${index}.`);
  const anna = await (await person(PLAIN)).signIn("Anna");
  await anna.page.getByRole("link", { name: "Older messages" }).click();
  await anna.row("message 33.").hover();
  const link = await anna.row("message 33.").getByRole("link", { name: "Copy link" }).getAttribute("href");
  const address = new URL(link!, anna.page.url()).href;
  const vera = await person(PLAIN);
  await vera.page.goto(address);
  await vera.page.getByLabel("Your name").fill("Vera");
  await vera.page.getByRole("button", { name: "Join the conversation" }).click();
  for (const reader of [anna, vera]) {
    await reader.page.goto(address);
    await expect(reader.page.locator(".marked .body")).toHaveText("message 33.");
    await expect(reader.page.locator(".marked")).toBeInViewport();
  }
});

test("what is refused is told, and nothing that was written is lost", async ({ person, server }) => {
  const owner = await Program.account(server.url, "Olga");
  const anna = await (await person(PLAIN)).signIn("Anna");
  const { id } = (await anna.ask("GET", "/session")).user;
  await owner.ask("POST", "/admin/mute", { user: id, minutes: 10 });
  await anna.say("Let me speak");
  await expect(anna.page.getByText("You are muted for a while.")).toBeVisible();
  await expect(anna.composer).toHaveValue("Let me speak");

  // What one was about is not forgotten either.
  const vera = await (await person(PLAIN)).signIn("Vera");
  await owner.say("Not now.");
  await vera.page.reload();
  await vera.act("Not now.", "Reply");
  await vera.say("я".repeat(5_001));
  await expect(vera.page.getByText("A message can have at most 5,000 characters.")).toBeVisible();
  await expect(vera.page.getByText("Replying to Olga")).toBeVisible();
  await vera.say("Then later");
  await expect(vera.row("Then later").locator(".quote")).toContainText("Not now.");
  await vera.act("Then later", "Edit");
  await vera.composer.fill("字".repeat(5_001));
  await vera.page.getByRole("button", { name: "Save" }).click();
  await expect(vera.page.getByText("A message can have at most 5,000 characters.")).toBeVisible();
  await expect(vera.page.getByText("Changing your message")).toBeVisible();
  await expect(vera.composer).toHaveValue("字".repeat(5_001));
});

test("no button is there that only a script would bring to life", async ({ person }) => {
  const anna = await (await person(PLAIN)).register("Anna");
  await anna.say("Hello");
  const idle = anna.page.locator("button:not(form button):not([popovertarget])").filter({ visible: true });
  for (const path of ["/room/general", "/room/general/details", "/rooms/new", "/people", "/search?q=hello", "/settings", "/invites"]) {
    await anna.page.goto(path);
    await expect(anna.page.getByRole("heading").first(), path).toBeVisible();
    await expect(idle, path).toHaveCount(0);
  }
});

async function openSettings(person: Person): Promise<void> {
  await person.page.locator("nav#rooms").getByRole("link", { name: "Settings" }).click();
}

async function signInWithPassword(person: Person, name: string, password: string): Promise<void> {
  await person.page.goto("/?with=password");
  await person.page.getByLabel("Your name").fill(name);
  await person.page.getByLabel("Password").fill(password);
  await person.page.getByRole("button", { name: "Sign in" }).click();
  await expect(person.composer).toBeVisible();
}

/** Past the browser's own check of a field: an older browser has none. */
async function submitUnchecked(person: Person, name: string): Promise<void> {
  await person.sheet.getByRole("button", { name }).evaluate((button) => button.setAttribute("formnovalidate", ""));
  await person.sheet.getByRole("button", { name }).click();
}
