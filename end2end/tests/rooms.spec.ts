import { expect, type Person, Program, test } from "../fixtures.ts";
import { hasRead, open, sayAll } from "../helpers.ts";

/** How many messages the list says are unread there: "", "2", or "1 @" when one is called. */
function count(person: Person, room: string) {
  return person.roomLink(room).locator(".n");
}

async function isIn(person: Person, name: string, path: string | RegExp): Promise<void> {
  await expect(person.page.locator("header.head h1")).toHaveText(name);
  await expect(person.page).toHaveURL(path);
  await expect(person.page).toHaveTitle(`${name} · Beseda`);
  await expect(person.page.locator("nav [aria-current=page] .name")).toHaveText(name.replace(/^#/, ""));
}

async function palette(person: Person, words: string): Promise<void> {
  await person.page.keyboard.press("ControlOrMeta+k");
  await expect(person.page.getByRole("dialog", { name: "Go to…" })).toBeVisible();
  await person.page.keyboard.type(words);
}

test("rooms are switched by a click, by typing, and by the browser's own way back", async ({ person, server }) => {
  const boris = await Program.guest(server.url, "Boris");
  await boris.makeRoom("Garden");
  await boris.say("in the garden", { room: "garden" });
  await boris.say("for everyone");
  const anna = await (await person()).signIn("Anna");
  await anna.isLive();
  await anna.markDocument();
  await isIn(anna, "#general", "/room/general");
  await anna.roomLink("Garden").click();
  await isIn(anna, "#Garden", "/room/garden");
  await expect(anna.said).toHaveText(["in the garden"]);
  await expect(anna.composer).toBeFocused();
  await palette(anna, "gen");
  await anna.page.keyboard.press("Enter");
  await isIn(anna, "#general", "/room/general");
  await expect(anna.said).toHaveText(["for everyone"]);
  await anna.page.goBack();
  await isIn(anna, "#Garden", "/room/garden");
  await expect(anna.said).toHaveText(["in the garden"]);
  await anna.page.goBack();
  await isIn(anna, "#general", "/room/general");
  await anna.page.goForward();
  await isIn(anna, "#Garden", "/room/garden");
  expect(await anna.isSameDocument()).toBe(true);
  // Both rooms are live.
  await boris.say("and more", { room: "garden" });
  await expect(anna.said).toHaveText(["in the garden", "and more"]);
  await anna.page.reload();
  await anna.isLive();
  await isIn(anna, "#Garden", "/room/garden");
});

test("rooms and people are found by typing, and by arrow keys", async ({ person, server }) => {
  const boris = await Program.guest(server.url, "Boris");
  for (const name of ["Garden", "Generation", "Books"]) await boris.makeRoom(name);
  const anna = await (await person()).signIn("Anna");
  await anna.isLive();
  const dialog = anna.page.getByRole("dialog", { name: "Go to…" });
  const found = dialog.getByRole("option");
  await palette(anna, "gen");
  await expect(found).toHaveText(["#general", "#Generation"]);
  await anna.page.keyboard.press("ArrowDown");
  await expect(dialog.getByRole("option", { selected: true })).toHaveText("#Generation");
  await anna.page.keyboard.press("ArrowDown");
  await expect(dialog.getByRole("option", { selected: true })).toHaveText("#general");
  await anna.page.keyboard.press("ArrowUp");
  await anna.page.keyboard.press("Enter");
  await isIn(anna, "#Generation", "/room/generation");
  await palette(anna, "nowhere");
  await expect(dialog.getByText("Nothing found.")).toBeVisible();
  await anna.page.keyboard.press("Enter");
  await anna.page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await isIn(anna, "#Generation", "/room/generation");
  await anna.page.getByRole("button", { name: "Go to…" }).click();
  await anna.page.keyboard.type("bo");
  await expect(found).toHaveText(["#Books", "@Boris"]);
  await found.filter({ hasText: "Boris" }).click();
  await isIn(anna, "Boris", "/dm/Boris");
});

test("a room is made in place, and others see it at once", async ({ person }) => {
  const anna = await (await person()).signIn("Anna");
  const boris = await (await person()).signIn("Boris");
  await anna.isLive();
  await boris.isLive();
  await anna.markDocument();
  await anna.page.getByRole("link", { name: "New room" }).click();
  await anna.sheet.getByLabel("Name").fill("Garden");
  await anna.sheet.getByLabel("Topic").fill("Tomatoes");
  await anna.sheet.getByRole("button", { name: "Make the room" }).click();
  await isIn(anna, "#Garden", "/room/garden");
  await expect(anna.page.locator("header .topic")).toHaveText("Tomatoes");
  await expect(anna.sheet).toBeHidden();
  await expect(anna.online).toHaveText(["Anna"]);
  await anna.say("first");
  await expect(anna.said).toHaveText(["first"]);
  expect(await anna.isSameDocument()).toBe(true);

  await expect(boris.roomLink("Garden")).toHaveClass(/\bother\b/);
  await boris.roomLink("Garden").click();
  await isIn(boris, "#Garden", "/room/garden");
  await expect(boris.roomLink("Garden")).not.toHaveClass(/\bother\b/);
  await expect(boris.said).toHaveText(["first"]);
  await expect(anna.online).toHaveText(["Anna", "Boris"]);
});

test("whoever is invited finds the room in their list", async ({ person }) => {
  const anna = await (await person()).register("Anna");
  const boris = await (await person()).signIn("Boris");
  await anna.isLive();
  await boris.isLive();
  await anna.page.getByRole("link", { name: "New room" }).click();
  await anna.sheet.getByLabel("Name").fill("Cellar");
  await anna.sheet.getByLabel("Private").check();
  await anna.sheet.getByRole("button", { name: "Make the room" }).click();
  await isIn(anna, "#Cellar", /\/room\/cellar-\w+$/);
  await anna.say("a secret");
  await expect(boris.roomLink("Cellar")).toHaveCount(0);
  await anna.page.getByRole("link", { name: "Details" }).click();
  await anna.sheet.getByLabel("Name").first().fill("Boris");
  await anna.sheet.getByRole("button", { name: "Invite", exact: true }).click();
  await expect(anna.sheet.getByText("The invitation is on its way.")).toBeVisible();
  await boris.roomLink("Cellar").click();
  await isIn(boris, "#Cellar", /\/room\/cellar-\w+$/);
  await expect(boris.said).toHaveText(["a secret"]);
  await expect(boris.roomLink("Cellar").locator(".lock")).toBeVisible();
});

test("from the list of people one comes to a room for two", async ({ person }) => {
  const anna = await (await person()).signIn("Anna");
  const boris = await (await person()).signIn("Борис");
  await anna.isLive();
  await boris.isLive();
  await anna.page.getByRole("complementary", { name: "People" }).getByRole("link", { name: "Борис" }).click();
  await isIn(anna, "Борис", `/dm/${encodeURIComponent("Борис")}`);
  await anna.say("Hello, you");
  // There it is counted, and it stands out: all of it is said to him.
  await expect(count(boris, "Anna")).toHaveText("1");
  await expect(count(boris, "Anna")).toHaveClass("n at");
  await expect(boris.page).toHaveTitle("(1) #general · Beseda");
  await boris.roomLink("Anna").click();
  await isIn(boris, "Anna", "/dm/Anna");
  await expect(boris.said).toHaveText(["Hello, you"]);
  await expect(count(boris, "Anna")).toHaveCount(0);
  await boris.say("Hello");
  await expect(anna.said).toHaveText(["Hello, you", "Hello"]);
  await expect(anna.roomLink("Борис").locator(".dot")).toHaveClass("dot on");
  await boris.page.close();
  await expect(anna.roomLink("Борис").locator(".dot")).toHaveClass("dot");
});

test("what is unread is counted by room and in the title", async ({ person, server }) => {
  const boris = await Program.guest(server.url, "Boris");
  const anna = await (await person()).signIn("Anna");
  await anna.isLive();
  await boris.makeRoom("Garden");
  await anna.roomLink("Garden").click();
  await isIn(anna, "#Garden", "/room/garden");
  await anna.roomLink("general").click();
  await isIn(anna, "#general", "/room/general");

  // What is said before one's eyes isn't counted.
  await boris.say("here");
  await expect(anna.said).toHaveText(["here"]);
  await expect(count(anna, "general")).toHaveCount(0);
  await expect(anna.page).toHaveTitle("#general · Beseda");

  await sayAll(boris, ["one", "two"], "garden");
  await expect(count(anna, "Garden")).toHaveText("2");
  await expect(count(anna, "Garden")).toHaveAccessibleName("2 unread");
  await expect(count(anna, "Garden")).toHaveClass("n");
  await expect(anna.roomLink("Garden")).toHaveClass(/\bunread\b/);
  await expect(anna.page).toHaveTitle("(2) #general · Beseda");
  await boris.say("@Anna, look", { room: "garden" });
  await expect(count(anna, "Garden")).toHaveClass("n at");
  await expect(count(anna, "Garden")).toHaveText("1");
  await expect(anna.page).toHaveTitle("(3) #general · Beseda");
  // An edit is no news.
  const more = await boris.say("four", { room: "garden" });
  await boris.edit(more, "five");
  await expect(anna.page).toHaveTitle("(4) #general · Beseda");

  await anna.page.reload();
  await anna.isLive();
  await expect(count(anna, "Garden")).toHaveText("1");
  await expect(anna.page).toHaveTitle("(4) #general · Beseda");
  await anna.roomLink("Garden").click();
  await isIn(anna, "#Garden", "/room/garden");
  await expect(count(anna, "Garden")).toHaveCount(0);
  await hasRead(anna, "garden");
});

test("one leaves a room, in every tab", async ({ person, server }) => {
  const boris = await Program.guest(server.url, "Boris");
  await boris.makeRoom("Garden");
  const anna = await (await person()).signIn("Anna");
  await open(anna, "/room/garden");
  const other = await anna.tab("/room/general");
  await other.isLive();
  await expect(other.roomLink("Garden")).not.toHaveClass(/\bother\b/);
  await anna.page.getByRole("link", { name: "Details" }).click();
  await anna.sheet.getByRole("button", { name: "Leave the room" }).click();
  await isIn(anna, "#general", "/room/general");
  for (const tab of [anna, other]) await expect(tab.roomLink("Garden")).toHaveClass(/\bother\b/);
  // And comes back, in every tab.
  await anna.roomLink("Garden").click();
  await isIn(anna, "#Garden", "/room/garden");
  for (const tab of [anna, other]) await expect(tab.roomLink("Garden")).not.toHaveClass(/\bother\b/);
});

test("whoever is sent out of a room is in another one", async ({ person }) => {
  const owner = await (await person()).register("Anna");
  const boris = await (await person()).signIn("Boris");
  await owner.ask("POST", "/rooms", { name: "Garden" });
  await owner.ask("POST", "/rooms", { name: "Cellar" });
  await boris.ask("POST", "/rooms/cellar/join");
  await open(boris, "/room/garden");
  await expect(boris.roomLink("Cellar")).not.toHaveClass(/\bother\b/);
  await owner.ask("DELETE", "/rooms/garden/members/Boris");
  await isIn(boris, "#general", "/room/general");
  await boris.isLive();
  // Of a room that isn't open, the list tells.
  await owner.ask("DELETE", "/rooms/cellar/members/Boris");
  await expect(boris.roomLink("Cellar").and(boris.page.locator(":not(.other)"))).toHaveCount(0);
  await isIn(boris, "#general", "/room/general");
});

test("a room that is deleted is gone for everyone", async ({ person }) => {
  const owner = await (await person()).register("Anna");
  await owner.ask("POST", "/rooms", { name: "Garden" });
  await owner.ask("POST", "/rooms", { name: "Cellar" });
  const boris = await (await person()).signIn("Boris");
  await open(boris, "/room/garden");
  await owner.ask("DELETE", "/rooms/cellar");
  await expect(boris.roomLink("Cellar")).toHaveCount(0);
  await isIn(boris, "#Garden", "/room/garden");
  await owner.ask("DELETE", "/rooms/garden");
  await isIn(boris, "#general", "/room/general");
  await expect(boris.roomLink("Garden")).toHaveCount(0);
});

test("what is changed about a room is seen by everyone in it", async ({ person }) => {
  const anna = await (await person()).signIn("Anna");
  await anna.isLive();
  await anna.page.getByRole("link", { name: "New room" }).click();
  await anna.sheet.getByLabel("Name").fill("Garden");
  await anna.sheet.getByRole("button", { name: "Make the room" }).click();
  await isIn(anna, "#Garden", "/room/garden");
  const boris = await (await person()).signIn("Boris");
  await open(boris, "/room/garden");

  await anna.page.getByRole("link", { name: "Details" }).click();
  const change = anna.sheet.locator("section").filter({ has: anna.page.getByRole("heading", { name: "Change the room" }) });
  await change.getByLabel("Name").fill("Orchard");
  await change.getByLabel("Topic").fill("Apples & pears");
  await change.getByRole("button", { name: "Save" }).click();
  await expect(anna.sheet.getByText("Saved.")).toBeVisible();
  await anna.page.keyboard.press("Escape");
  for (const one of [anna, boris]) {
    await isIn(one, "#Orchard", "/room/garden");
    await expect(one.page.locator("header .topic")).toHaveText("Apples & pears");
    await expect(one.roomLink("Orchard")).toBeVisible();
    await expect(one.roomLink("Garden")).toHaveCount(0);
  }
});

test("on a phone, rooms and people are drawers that open, lead somewhere, and close", async ({ person, server }) => {
  const boris = await Program.guest(server.url, "Boris");
  await boris.makeRoom("Garden");
  const phone = { hasTouch: true, isMobile: true, viewport: { width: 390, height: 780 } };
  const anna = await (await person(phone)).signIn("Anna");
  await anna.isLive();
  await anna.markDocument();
  const rooms = anna.page.getByRole("navigation", { name: "Rooms" });
  const people = anna.page.getByRole("complementary", { name: "People" });
  const openRooms = anna.page.getByRole("button", { name: "Rooms" });
  const openPeople = anna.page.getByRole("button", { name: "People" });
  await expect(rooms).toBeHidden();
  await expect(people).toBeHidden();
  await openRooms.tap();
  await expect(rooms).toBeInViewport({ ratio: 1 });
  await rooms.getByRole("link", { name: "Garden" }).tap();
  await expect(rooms).toBeHidden();
  await isIn(anna, "#Garden", "/room/garden");
  // Beside it, or by Esc, it closes.
  await openRooms.tap();
  await expect(rooms).toBeInViewport({ ratio: 1 });
  await anna.page.touchscreen.tap(370, 400);
  await expect(rooms).toBeHidden();
  await openPeople.tap();
  await expect(people).toBeInViewport({ ratio: 1 });
  await anna.page.keyboard.press("Escape");
  await expect(people).toBeHidden();
  await openRooms.tap();
  await rooms.getByRole("link", { name: "general" }).tap();
  await isIn(anna, "#general", "/room/general");
  await openPeople.tap();
  await people.getByRole("link", { name: "Boris" }).tap();
  await expect(people).toBeHidden();
  await isIn(anna, "Boris", "/dm/Boris");
  // A sheet closes the drawer that led to it.
  await openRooms.tap();
  await rooms.getByRole("link", { name: "Settings" }).tap();
  await expect(anna.sheet).toBeVisible();
  await anna.sheet.getByRole("link", { name: "Back" }).tap();
  await expect(anna.sheet).toBeHidden();
  await expect(rooms).toBeHidden();
  expect(await anna.isSameDocument()).toBe(true);
});

test("without a script the drawers open, too", async ({ person }) => {
  const anna = await (await person({ javaScriptEnabled: false, viewport: { width: 390, height: 780 } })).signIn("Anna");
  const rooms = anna.page.getByRole("navigation", { name: "Rooms" });
  await expect(rooms).toBeHidden();
  await anna.page.getByRole("button", { name: "Rooms" }).click();
  await expect(rooms).toBeInViewport({ ratio: 1 });
  await rooms.getByRole("link", { name: "Settings" }).click();
  await expect(anna.sheet).toBeVisible();
});
