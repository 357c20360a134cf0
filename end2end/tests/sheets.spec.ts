import { expect, type Person, Program, test } from "../fixtures.ts";

// With a script, the pages of plain.spec.ts open over the chat, which stays as it was behind them.

const WAYS = [
  { link: "Settings", heading: "Settings" },
  { link: "Search", heading: "Search" },
  { link: "Details", heading: "#general" },
  { link: "New room", heading: "New room" },
  { link: "New direct message", heading: "New direct message" },
];

for (const { link, heading } of WAYS) {
  test(`${link} opens over the chat, and goes with Esc`, async ({ person }) => {
    const anna = await live(await (await person()).signIn("Anna"));
    await anna.composer.fill("half a sentence");
    const opener = anna.page.getByRole("link", { name: link, exact: true });
    await opener.focus();
    await opener.press("Enter");
    const dialog = anna.page.getByRole("dialog", { name: heading });
    await expect(dialog.getByRole("heading", { name: heading, level: 1 })).toBeVisible();
    await expect(dialog.locator(":focus")).toHaveCount(1);
    await expect(anna.page).toHaveURL(/\/room\/general$/);
    await anna.page.keyboard.press("Escape");
    await expect(anna.page.locator("dialog[open]")).toHaveCount(0);
    await expect(opener).toBeFocused();

    // By its own link back, too.
    await opener.click();
    await dialog.getByRole("link", { name: "Back" }).click();
    await expect(anna.page.locator("dialog[open]")).toHaveCount(0);
    await expect(anna.page).toHaveURL(/\/room\/general$/);
    await expect(anna.composer).toHaveValue("half a sentence");
    expect(await anna.isSameDocument()).toBe(true);
  });
}

test("the chat goes on behind a dialog", async ({ person, server }) => {
  const boris = await Program.guest(server.url, "Boris");
  const anna = await live(await (await person()).signIn("Anna"));
  await open(anna, "Settings");
  await boris.say("Are you there?");
  await expect(anna.said).toHaveText(["Are you there?"]);
  await expect(anna.sheet).toBeVisible();
});

test("a search leads into the room in place, to the message", async ({ person, server }) => {
  const boris = await Program.guest(server.url, "Boris");
  const slug = await boris.makeRoom("Kitchen");
  for (let index = 1; index <= 130; index++) await boris.say(index === 5 ? "The samovar is on." : `message ${index}.`);
  await boris.say("The samovar has moved here.", { room: slug });
  const anna = await live(await (await person()).signIn("Anna"));
  await anna.ask("POST", `/rooms/${slug}/join`);
  await open(anna, "Search");
  await anna.sheet.getByLabel("Words to find").fill("nowhere");
  await anna.page.keyboard.press("Enter");
  await expect(anna.sheet.getByText("Nothing was found.")).toBeVisible();
  await anna.sheet.getByLabel("Words to find").fill("samovar");
  await anna.page.keyboard.press("Enter");
  await expect(anna.sheet.locator("mark")).toHaveText(["samovar", "samovar"]);
  await anna.sheet.locator(".message").filter({ hasText: "is on" }).getByRole("link", { name: "#general" }).click();
  await expect(anna.sheet).toBeHidden();
  await expect(anna.page.locator("main .marked .body")).toHaveText("The samovar is on.");
  await expect(anna.page.locator("main .marked")).toBeInViewport();
  await expect(anna.page).toHaveURL(/\/room\/general\?at=\d+#m-\d+$/);

  await open(anna, "Search");
  await anna.sheet.getByLabel("Words to find").fill("moved");
  await anna.sheet.getByLabel("Where").selectOption({ label: "#Kitchen" });
  await anna.page.keyboard.press("Tab");
  await anna.sheet.getByRole("button", { name: "Search" }).click();
  await anna.sheet.getByRole("link", { name: "#Kitchen" }).click();
  await expect(anna.page.getByRole("heading", { name: "#Kitchen" })).toBeVisible();
  await expect(anna.page.locator("main .marked .body")).toHaveText("The samovar has moved here.");
  expect(await anna.isSameDocument()).toBe(true);
});

test("what is refused stands beside its field, with what was typed", async ({ person }) => {
  const anna = await live(await (await person()).signIn("Anna"));
  await open(anna, "New room");
  const name = anna.sheet.getByLabel("Name");
  await expect(name).toBeFocused();
  await name.fill("я".repeat(61));
  await anna.sheet.getByLabel("Topic").fill("Who brings what");
  await anna.page.keyboard.press("Enter");
  await expect(name).toHaveAccessibleDescription(/at most 60 characters/);
  await expect(name).toBeFocused();
  await expect(anna.sheet.getByLabel("Topic")).toHaveValue("Who brings what");
  await name.fill("Kitchen");
  await anna.page.keyboard.press("Enter");
  await expect(anna.page.getByRole("heading", { name: "#Kitchen" })).toBeVisible();
  await expect(anna.page.locator(".head .topic")).toHaveText("Who brings what");
  await expect(anna.sheet).toBeHidden();
  await expect(anna.page).toHaveURL(/\/room\/kitchen$/);

  await open(anna, "New direct message");
  await anna.sheet.getByLabel("Name").fill("Nobody");
  await anna.page.keyboard.press("Enter");
  await expect(anna.sheet.getByLabel("Name")).toHaveAccessibleDescription("There is no one of this name.");
  expect(await anna.isSameDocument()).toBe(true);
});

test("a direct message begins in place", async ({ person, server }) => {
  await Program.guest(server.url, "Boris");
  const anna = await live(await (await person()).signIn("Anna"));
  await open(anna, "New direct message");
  await anna.sheet.getByLabel("Name").fill("boris");
  await anna.page.keyboard.press("Enter");
  await expect(anna.page.getByRole("heading", { name: "Boris" })).toBeVisible();
  await anna.say("Hello");
  await expect(anna.said).toHaveText(["Hello"]);
  await expect(anna.page).toHaveURL(/\/dm\/Boris$/);
  await expect(anna.roomLink("Boris")).toHaveAttribute("aria-current", "page");
  expect(await anna.isSameDocument()).toBe(true);
});

test("a room is changed while one is in it, and left", async ({ person }) => {
  const anna = await live(await (await person()).register("Anna"));
  const slug = (await anna.ask("POST", "/rooms", { name: "Kitchen" })).room.slug;
  await anna.roomLink("Kitchen").click();
  await open(anna, "Details");
  await anna.sheet.getByLabel("Topic").fill("Who brings what");
  await anna.sheet.getByRole("button", { name: "Save" }).click();
  await expect(anna.sheet.getByText("Saved.")).toBeFocused();
  await expect(anna.page.locator(".head .topic")).toHaveText("Who brings what");
  await anna.sheet.locator("#invite").getByLabel("Name").fill("Nobody");
  await anna.sheet.getByRole("button", { name: "Invite" }).click();
  await expect(anna.sheet.locator("#invite").getByLabel("Name")).toHaveAccessibleDescription("There is no one of this name.");

  await anna.sheet.getByLabel("Yes, delete it").check();
  await anna.sheet.getByRole("button", { name: "Delete the room" }).click();
  await expect(anna.page.getByRole("heading", { name: "#general" })).toBeVisible();
  await expect(anna.sheet).toBeHidden();
  await expect(anna.roomLink("Kitchen")).toHaveCount(0);
  expect((await anna.page.request.get(`/room/${slug}`)).status()).toBe(404);
});

test("leaving a room leads to general in place", async ({ person, server }) => {
  const boris = await Program.guest(server.url, "Boris");
  const slug = await boris.makeRoom("Kitchen");
  const anna = await live(await (await person()).signIn("Anna"));
  await anna.roomLink("Kitchen").click();
  await expect(anna.page).toHaveURL(new RegExp(`/room/${slug}$`));
  await open(anna, "Details");
  await anna.sheet.getByRole("button", { name: "Leave the room" }).click();
  await expect(anna.page.getByRole("heading", { name: "#general" })).toBeVisible();
  await expect(anna.sheet).toBeHidden();
  await expect(anna.roomLink("Kitchen")).toHaveClass(/\bother\b/);
  expect(await anna.isSameDocument()).toBe(true);
});

test("someone is muted where they were found", async ({ person, server }) => {
  const anna = await live(await (await person()).register("Anna"));
  const boris = await Program.guest(server.url, "Boris");
  await boris.say("Buy my watches");
  await open(anna, "Search");
  await anna.sheet.getByLabel("Words to find").fill("watches");
  await anna.page.keyboard.press("Enter");
  await anna.sheet.getByRole("link", { name: "Boris" }).click();
  await expect(anna.sheet.getByRole("heading", { name: "Boris" })).toBeVisible();
  await anna.sheet.getByRole("button", { name: "Mute" }).click();
  await expect(anna.sheet.getByText("They are muted.")).toBeFocused();
  await expect(boris.say("And my bags")).rejects.toThrow(/muted/);
  // Back is where one came from: the search.
  await anna.sheet.getByRole("link", { name: "Back" }).click();
  await expect(anna.sheet.locator("mark")).toHaveText(["watches"]);
  expect(await anna.isSameDocument()).toBe(true);
});

test("a session is ended, and a token is made, without leaving the chat", async ({ person }) => {
  const anna = await live(await (await person()).register("Anna"));
  const elsewhere = await person({ javaScriptEnabled: false });
  await elsewhere.page.goto("/?with=password");
  await elsewhere.page.getByLabel("Your name").fill("Anna");
  await elsewhere.page.getByLabel("Password").fill("correct horse");
  await elsewhere.page.getByRole("button", { name: "Sign in" }).click();
  await expect(elsewhere.composer).toBeVisible();
  await open(anna, "Settings");
  await anna.sheet.locator(".entry").filter({ hasText: "Browser" }).getByRole("button", { name: "Sign out" }).click();
  await expect(anna.sheet.getByText("That session has ended.")).toBeFocused();
  await elsewhere.page.reload();
  await expect(elsewhere.page.getByLabel("Your name")).toBeVisible();

  await anna.sheet.getByLabel("What it is for").fill("The weather");
  await anna.sheet.getByRole("button", { name: "Make a token" }).click();
  const token = await anna.sheet.getByLabel("Copy the token now").inputValue();
  const answer = await fetch(new URL("/api/v1/session", anna.page.url()), { headers: { authorization: `Bearer ${token}` } });
  expect((await answer.json()).user.name).toBe("Anna");
  await expect(anna.sheet.locator(".entry").filter({ hasText: "The weather" })).toBeVisible();
  expect(await anna.isSameDocument()).toBe(true);
});

test("theme and language apply to the whole page, and are kept", async ({ person }) => {
  const anna = await live(await (await person({ colorScheme: "light" })).signIn("Anna"));
  const root = anna.page.locator("html");
  const ground = () => root.evaluate((html) => getComputedStyle(html).colorScheme);
  await open(anna, "Settings");
  await anna.sheet.getByLabel("Dark").check();
  await anna.sheet.getByLabel("Play a soft sound").check();
  await anna.sheet.getByRole("button", { name: "Save" }).click();
  await expect(root).toHaveAttribute("data-theme", "dark");
  expect(await ground()).toBe("dark");
  expect(await anna.isSameDocument()).toBe(false);
  await expect(anna.sheet.getByLabel("Play a soft sound")).toBeChecked();
  await anna.sheet.getByLabel("中文").check();
  await anna.sheet.getByRole("button", { name: "Save" }).click();
  await anna.sheet.getByRole("link", { name: "返回" }).click();
  await expect(anna.page.getByLabel("消息", { exact: true }).last()).toBeVisible();
  await expect(root).toHaveAttribute("data-theme", "dark");
  await anna.isLive();
});

test("a guest gets a password, and is still in the room", async ({ person }) => {
  const anna = await live(await (await person()).signIn("Anna"));
  await open(anna, "Settings");
  await anna.sheet.getByLabel("Password").fill("correct horse");
  await anna.sheet.getByRole("button", { name: "Set a password" }).click();
  await expect(anna.sheet.getByText("You have a password now")).toBeVisible();
  await anna.sheet.getByRole("link", { name: "Back" }).click();
  await anna.isLive();
  await anna.say("Still me");
  await expect(anna.said).toHaveText(["Still me"]);
});

test("signing out leads to the door", async ({ person }) => {
  const anna = await live(await (await person()).signIn("Anna"));
  await open(anna, "Settings");
  await anna.sheet.getByRole("button", { name: "Sign out", exact: true }).click();
  await expect(anna.page.getByLabel("Your name")).toBeVisible();
});

test("whoever was signed out elsewhere is led to the door, and back", async ({ person }) => {
  const anna = await live(await (await person()).register("Anna"));
  const { sessions } = await anna.ask("GET", "/sessions");
  await anna.ask("DELETE", `/sessions/${sessions[0].id}`);
  await expect(anna.banner).toContainText("You are signed out.");
  await open(anna, "Settings");
  await anna.page.getByRole("link", { name: "I have a password" }).click();
  await anna.page.getByLabel("Your name").fill("Anna");
  await anna.page.getByLabel("Password").fill("correct horse");
  await anna.page.getByRole("button", { name: "Sign in" }).click();
  await expect(anna.page).toHaveURL(/\/settings/);
  await expect(anna.sheet.getByRole("heading", { name: "Settings" })).toBeVisible();
});

test("a link in a dialog opens in a tab of its own where one asks for that", async ({ person, server }) => {
  const boris = await Program.guest(server.url, "Boris");
  await boris.say("The samovar is on.");
  const anna = await live(await (await person()).signIn("Anna"));
  await open(anna, "Search");
  await anna.sheet.getByLabel("Words to find").fill("samovar");
  await anna.page.keyboard.press("Enter");
  const tab = anna.page.context().waitForEvent("page");
  await anna.sheet.getByRole("link", { name: "#general" }).click({ modifiers: ["Control"] });
  await expect((await tab).locator(".marked .body")).toHaveText("The samovar is on.");
  await expect(anna.sheet).toBeVisible();
});

async function live(person: Person): Promise<Person> {
  await person.isLive();
  await person.markDocument();
  return person;
}

async function open(person: Person, link: string): Promise<void> {
  await person.page.getByRole("link", { name: link, exact: true }).click();
}
