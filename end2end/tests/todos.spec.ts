import { expect, type Person, Program, test } from "../fixtures.ts";
import { open } from "../helpers.ts";

function todos(person: Person) {
  const panel = person.page.getByRole("region", { name: "To do" });
  return {
    panel,
    titles: panel.locator("li span"),
    count: panel.locator(".count"),
    field: panel.getByLabel("Add something to do"),
    tick: (title: string) => panel.getByRole("checkbox", { name: title, exact: true }),
    remove: (title: string) => panel.getByRole("button", { name: `Take off the list: ${title}`, exact: true }),
  };
}

async function add(person: Person, title: string): Promise<void> {
  await todos(person).field.fill(title);
  await todos(person).field.press("Enter");
}

test("a room's to-do list is everyone's, at once", async ({ person, server }) => {
  const anna = await (await person()).signIn("Anna");
  const boris = await (await person()).signIn("Boris");
  await anna.isLive();
  await boris.isLive();
  await anna.markDocument();
  await add(anna, "buy tea");
  await expect(todos(anna).titles).toHaveText(["buy tea"]);
  await expect(todos(anna).field).toHaveValue("");
  await expect(todos(boris).titles).toHaveText(["buy tea"]);
  await add(boris, "<b>light the samovar</b>");
  await expect(todos(anna).titles).toHaveText(["buy tea", "<b>light the samovar</b>"]);
  await expect(todos(anna).count).toHaveText("2");
  await todos(anna).tick("buy tea").click();
  await expect(todos(boris).tick("buy tea")).toBeChecked();
  await expect(todos(boris).count).toHaveText("1");
  await todos(boris).tick("buy tea").press("Enter");
  await expect(todos(anna).tick("buy tea")).not.toBeChecked();
  await todos(boris).remove("buy tea").click();
  await expect(todos(anna).titles).toHaveText(["<b>light the samovar</b>"]);
  // Enter, twice before the answer.
  await todos(boris).field.fill("cut the lemons");
  await todos(boris).field.evaluate((field: HTMLInputElement) => [0, 1].forEach(() => field.form!.requestSubmit()));
  await expect(todos(boris).field).toHaveValue("");
  await todos(boris).remove("cut the lemons").click();
  await expect(todos(anna).titles).toHaveText(["<b>light the samovar</b>"]);
  expect(await anna.isSameDocument()).toBe(true);

  // A program's change, and another room's list.
  const clara = await Program.guest(server.url, "Clara");
  await clara.makeRoom("Garden");
  await clara.ask("POST", "/rooms/garden/todos", { title: "water the tomatoes" });
  await clara.ask("POST", "/rooms/general/todos", { title: "wash the cups" });
  await expect(todos(anna).titles).toHaveText(["<b>light the samovar</b>", "wash the cups"]);
  await anna.roomLink("Garden").click();
  await expect(todos(anna).titles).toHaveText(["water the tomatoes"]);
  await anna.roomLink("general").click();
  await expect(todos(anna).titles).toHaveCount(2);
  await anna.page.reload();
  await expect(todos(anna).titles).toHaveCount(2);
});

test("what was done while one was away is there when one is back", async ({ person, server }) => {
  const anna = await person();
  const cable = await anna.cable();
  await anna.signIn("Anna");
  await anna.isLive();
  const boris = await Program.guest(server.url, "Boris");
  const { todo } = await boris.ask("POST", "/rooms/general/todos", { title: "buy tea" });
  await expect(todos(anna).titles).toHaveText(["buy tea"]);
  cable.cut();
  await expect(anna.banner).toBeVisible();
  await boris.ask("DELETE", `/rooms/general/todos/${todo.id}`);
  await boris.ask("POST", "/rooms/general/todos", { title: "wash the cups" });
  // What can't be done is said, and what was written stays.
  await add(anna, "mend the cable");
  await expect(todos(anna).field).toHaveValue("mend the cable");
  cable.mend();
  await expect(todos(anna).titles).toContainText(["wash the cups"]);
  await expect(todos(anna).titles.filter({ hasText: "buy tea" })).toHaveCount(0);
});

test("without a script the list is kept by forms", async ({ person }) => {
  const anna = await (await person({ javaScriptEnabled: false })).signIn("Anna");
  await add(anna, "buy tea");
  await expect(todos(anna).titles).toHaveText(["buy tea"]);
  await expect(anna.page).toHaveURL(/\/room\/general$/);
  await todos(anna).tick("buy tea").click();
  await expect(todos(anna).tick("buy tea")).toBeChecked();
  await todos(anna).tick("buy tea").click();
  await expect(todos(anna).tick("buy tea")).not.toBeChecked();
  await todos(anna).remove("buy tea").click();
  await expect(todos(anna).titles).toHaveCount(0);
});

test("on a phone the list is in the drawer of people, and an archived room's list only shows", async ({ person }) => {
  const owner = await (await person({ viewport: { width: 390, height: 780 }, hasTouch: true, isMobile: true })).register("Anna");
  await owner.ask("POST", "/rooms", { name: "Garden" });
  await owner.ask("POST", "/rooms/garden/todos", { title: "water the tomatoes" });
  await open(owner, "/room/garden");
  await owner.page.getByRole("button", { name: "People" }).tap();
  await expect(todos(owner).tick("water the tomatoes")).toBeInViewport();
  await todos(owner).tick("water the tomatoes").tap();
  await expect(todos(owner).tick("water the tomatoes")).toBeChecked();
  await owner.ask("POST", "/rooms/garden/archive");
  await open(owner, "/room/garden");
  await owner.page.getByRole("button", { name: "People" }).tap();
  await expect(todos(owner).titles).toHaveText(["water the tomatoes"]);
  await expect(todos(owner).field).toBeHidden();
  await expect(todos(owner).tick("water the tomatoes")).toBeDisabled();
  await expect(todos(owner).remove("water the tomatoes")).toBeHidden();
});
