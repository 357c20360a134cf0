import { expect, type Person, Program, test } from "../fixtures.ts";
import { sayAll, texts } from "../helpers.ts";

/** Tab after Tab, until the one is reached; not further than a person would go. */
async function tabTo(person: Person, what: ReturnType<Person["row"]>, key = "Tab"): Promise<void> {
  for (let step = 0; step < 30; step++) {
    if (await what.evaluate((element) => element === document.activeElement)) return;
    await person.page.keyboard.press(key);
  }
  await expect(what, `within 30 times ${key}`).toBeFocused();
}

test("everything is done by keyboard alone", async ({ person, server }) => {
  const boris = await Program.guest(server.url, "Boris");
  await boris.makeRoom("Garden");
  await sayAll(boris, ["first", "second", "third"], "garden");
  const anna = await person();
  const { page } = anna;
  const press = (key: string) => page.keyboard.press(key);
  await page.goto("/");
  await expect(page.getByLabel("Your name")).toBeFocused();
  await page.keyboard.type("Anna");
  await press("Enter");
  await expect(page).toHaveURL(/\/room\/general$/);
  await anna.isLive();

  await press("ControlOrMeta+k");
  await page.keyboard.type("gard");
  await press("Enter");
  await expect(page).toHaveURL(/\/room\/garden$/);
  await expect(anna.said).toHaveText(["first", "second", "third"]);
  await expect(anna.composer).toBeFocused();
  await page.keyboard.type("Hello");
  await press("Enter");
  await expect(anna.said).toHaveCount(4);

  // The list is one stop; within it arrow keys lead from message to message.
  await tabTo(anna, page.getByRole("log"), "Shift+Tab");
  await press("ArrowUp");
  await expect(anna.row("Hello")).toBeFocused();
  await press("ArrowUp");
  await press("ArrowUp");
  await expect(anna.row("second")).toBeFocused();
  await press("ArrowDown");
  await press("ArrowUp");
  await expect(anna.row("second")).toBeFocused();
  await press("Tab");
  await expect(anna.row("second").getByRole("link", { name: "Reply" })).toBeFocused();
  await press("Enter");
  await expect(anna.composer).toBeFocused();
  await page.keyboard.type("I agree");
  await press("Enter");
  await expect(anna.row("I agree").locator(".quote")).toHaveText("Boris second");

  // Deleting asks, and is answered by keyboard.
  await tabTo(anna, page.getByRole("log"), "Shift+Tab");
  await press("ArrowUp");
  await tabTo(anna, anna.row("I agree").getByRole("link", { name: "Delete" }));
  await press("Enter");
  await tabTo(anna, page.locator("form.doomed").getByRole("button", { name: "Delete" }));
  await press("Enter");
  await expect(page.locator(".gone")).toHaveCount(1);

  const settings = page.getByRole("link", { name: "Settings" });
  await tabTo(anna, settings, "Shift+Tab");
  await press("Enter");
  await expect(page.getByRole("dialog", { name: "Settings" })).toBeVisible();
  await press("Escape");
  await expect(anna.sheet).toBeHidden();
  await expect(settings).toBeFocused();
  await press("Enter");
  await expect(anna.sheet).toBeVisible();
  await tabTo(anna, anna.sheet.getByLabel("English"));
  await press("ArrowRight");
  await expect(anna.sheet.getByLabel("Русский")).toBeChecked();
  await press("Enter");
  await expect(page.locator("html")).toHaveAttribute("lang", "ru");
});

test("what arrives steals no focus", async ({ person, server }) => {
  const boris = await Program.guest(server.url, "Boris");
  const said = await sayAll(boris, texts("word", 20));
  const anna = await (await person()).signIn("Anna");
  await anna.isLive();
  const disturb = async (text: string) => {
    await boris.say(text);
    await boris.edit(said[18]!, `changed by ${text}`);
    await expect(anna.row(`changed by ${text}`)).toHaveCount(1);
    await expect(anna.said.last()).toHaveText(text);
  };
  await anna.composer.focus();
  await anna.page.keyboard.type("half a ");
  await disturb("one");
  await anna.page.keyboard.type("sentence");
  await expect(anna.composer).toHaveValue("half a sentence");
  const row = anna.page.locator("li.message").nth(10);
  await row.focus();
  await disturb("two");
  await expect(row).toBeFocused();
  const search = anna.page.getByRole("link", { name: "Search" });
  await search.focus();
  await disturb("three");
  await expect(search).toBeFocused();
  await search.press("Enter");
  const words = anna.sheet.getByLabel("Words to find");
  await expect(words).toBeFocused();
  await disturb("four");
  await expect(words).toBeFocused();
});

test("a dialog keeps the focus, and gives it back", async ({ person }) => {
  const anna = await (await person()).signIn("Anna");
  await anna.isLive();
  const inside = () => anna.page.evaluate(() => {
    const at = document.activeElement;
    // Between its last stop and its first, the browser's own buttons have their turn.
    return at === document.body || !!at?.closest("dialog[open]");
  });
  for (const name of ["Search", "Details", "Settings", "New room", "New direct message"]) {
    const opener = anna.page.getByRole("link", { name, exact: true });
    await opener.focus();
    await opener.press("Enter");
    await expect(anna.sheet).toBeVisible();
    for (let step = 0; step < 40; step++) {
      await anna.page.keyboard.press(step < 30 ? "Tab" : "Shift+Tab");
      expect(await inside(), `${name}, after ${step + 1} steps`).toBe(true);
    }
    await anna.page.keyboard.press("Escape");
    await expect(opener).toBeFocused();
  }
  await anna.composer.focus();
  await anna.page.keyboard.press("ControlOrMeta+k");
  await expect(anna.page.getByRole("combobox", { name: "A room or a person" })).toBeFocused();
  await anna.page.keyboard.press("Tab");
  expect(await inside()).toBe(true);
  await anna.page.keyboard.press("Escape");
  await expect(anna.composer).toBeFocused();
});

test("focus is seen wherever it is", async ({ person, server }) => {
  const boris = await Program.guest(server.url, "Boris");
  await boris.say("hello");
  const anna = await (await person()).signIn("Anna");
  await anna.isLive();
  await anna.composer.focus();
  for (let step = 0; step < 25; step++) {
    await anna.page.keyboard.press("Tab");
    const seen = await anna.page.evaluate(() => {
      const at = document.activeElement!;
      if (at === document.body) return "";
      // The field of the composer shows it on the box around it.
      const shown = [at, at.closest(".box")].some((element) => {
        const style = element && getComputedStyle(element);
        return style && (style.outlineStyle !== "none" || style.boxShadow !== "none");
      });
      const { width, height } = at.getBoundingClientRect();
      return shown && width > 0 && height > 0 ? "" : at.outerHTML.slice(0, 100);
    });
    expect(seen).toBe("");
  }
});

test("new messages are read aloud, and history is not", async ({ person, server }) => {
  const boris = await Program.guest(server.url, "Boris");
  await sayAll(boris, texts("word", 120));
  const anna = await (await person()).signIn("Anna");
  await anna.isLive();
  const log = anna.page.getByRole("log", { name: "Messages" });
  await expect(log).toHaveAttribute("aria-live", "polite");
  await boris.say("new");
  await expect(anna.row("new")).toBeVisible();
  await expect(log).toHaveAttribute("aria-live", "polite");
  // What is loaded on the way up comes while the list is silent.
  await anna.page.evaluate(() => {
    const log = document.querySelector("[role=log]")!;
    const heard: string[] = Object.assign(window, { heard: [] }).heard;
    new MutationObserver((changes) => {
      const added = changes.flatMap((change) => [...change.addedNodes]);
      if (log.getAttribute("aria-live") !== "off") {
        heard.push(...added.filter((node) => node instanceof HTMLLIElement).map((row) => row.textContent!));
      }
    }).observe(log, { childList: true, subtree: true });
  });
  await log.hover();
  await anna.page.mouse.wheel(0, -1500);
  await expect.poll(() => anna.said.count()).toBeGreaterThan(60);
  expect(await anna.page.evaluate(() => (window as unknown as { heard: string[] }).heard)).toEqual([]);
});
