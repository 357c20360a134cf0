import axe from "axe-core";
import { expect, type Person, Program, test } from "../fixtures.ts";
import { open } from "../helpers.ts";

/** What axe finds to be serious or worse, with the places. */
async function finds(person: Person, screen: string): Promise<void> {
  // Colours are judged when nothing fades in any more.
  await person.page.evaluate(() => Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => {}))));
  await person.page.evaluate(axe.source);
  const found = await person.page.evaluate(async () => {
    const { violations } = await (window as unknown as { axe: typeof axe }).axe.run();
    const bad = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
    return bad.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 140)} ${node.any[0]?.message ?? ""}`));
  });
  expect(found, screen).toEqual([]);
}

for (const colorScheme of ["light", "dark"] as const) {
  for (const viewport of [
    { width: 1200, height: 800 },
    { width: 360, height: 740 },
  ]) {
    test.describe(`axe finds nothing serious, ${colorScheme}, ${viewport.width} px wide`, () => {
      const looks = { colorScheme, viewport, reducedMotion: "reduce" } as const;
      const narrow = viewport.width < 700;

      test("at the door", async ({ person }) => {
        const anna = await person(looks);
        for (const path of ["/", "/?with=password", "/?with=account"]) {
          await anna.page.goto(path);
          await finds(anna, path);
        }
        await anna.page.getByLabel("Your name").fill("x".repeat(21));
        await anna.page.getByLabel("Password").fill("short");
        await anna.page.getByRole("button", { name: "Make an account" }).click();
        await expect(anna.page.getByRole("alert").filter({ hasText: /\w/ })).toBeVisible();
        await finds(anna, "refused");
      });

      test("in a room with everything in it", async ({ person, server }) => {
        const anna = await (await person(looks)).register("Anna");
        const boris = await Program.guest(server.url, "Boris");
        const garden = await boris.makeRoom("Garden", { topic: "Tomatoes" });
        await open(anna, `/room/${garden}`);
        await open(anna);
        const asked = await boris.say("@Anna, have you seen https://example.org/?");
        await boris.say("yes", { replyTo: asked.id });
        await boris.edit(await boris.say("helo"), "hello");
        await boris.delete(await boris.say("gone"));
        await boris.say("in the garden", { room: garden });
        await boris.say("@Anna, in the garden", { room: garden });
        await Program.guest(server.url, "Clara");
        await anna.say("My own");
        await expect(anna.said).toHaveCount(5);
        await expect(anna.roomLink("Garden").locator(".n")).toHaveText("1");
        await finds(anna, "the room");

        await anna.act("My own", "Delete");
        await finds(anna, "asked before a message goes");
        await anna.page.locator("form.doomed").getByRole("link", { name: "Cancel" }).click();
        await anna.act("My own", "Edit");
        await finds(anna, "editing");
        await anna.page.keyboard.press("Escape");
        await anna.composer.fill("");
        await anna.composer.pressSequentially("@b");
        await expect(anna.page.getByRole("option")).toHaveCount(1);
        await finds(anna, "completing a name");
        await anna.composer.fill("x".repeat(5_001));
        await anna.composer.press("Enter");
        await expect(anna.page.getByRole("alert")).toContainText("5,000");
        await finds(anna, "refused");
        await anna.composer.fill("");
        if (narrow) {
          for (const drawer of ["Rooms", "People"]) {
            await anna.page.getByRole("button", { name: drawer }).click();
            await finds(anna, drawer);
            await anna.page.keyboard.press("Escape");
          }
        }
        await anna.page.keyboard.press("ControlOrMeta+k");
        await expect(anna.page.getByRole("option")).not.toHaveCount(0);
        await finds(anna, "going to a room");
        await anna.page.keyboard.type("nowhere");
        await expect(anna.page.getByText("Nothing found.")).toBeVisible();
        await finds(anna, "nothing found");
      });

      test("on every sheet, by itself and over the chat", async ({ person, server }) => {
        const anna = await (await person(looks)).register("Anna");
        const boris = await Program.guest(server.url, "Boris");
        await boris.say("the samovar is on");
        await boris.makeRoom("Garden");
        const sheets = ["/settings", "/rooms/new", "/people", "/people/Boris", "/search", "/search?q=samovar", "/search?q=nothing", "/invites", "/room/general/details", "/room/garden/details"];
        for (const path of sheets) {
          await anna.page.goto(path);
          await expect(anna.sheet).toBeVisible();
          await finds(anna, path);
        }
        await anna.page.goto("/rooms/new");
        await anna.page.getByLabel("Name").fill("x".repeat(61));
        await anna.page.getByRole("button", { name: "Make the room" }).click();
        await expect(anna.page.getByRole("alert")).toBeVisible();
        await finds(anna, "refused");
        await open(anna);
        for (const name of ["Search", "Details"]) {
          await anna.page.getByRole("link", { name, exact: true }).click();
          await expect(anna.page.locator("dialog[open] main.sheet")).toBeVisible();
          await finds(anna, `${name} over the chat`);
          await anna.page.keyboard.press("Escape");
        }
      });
    });
  }
}

test.describe("axe finds nothing serious where there is nothing", () => {
  // The browser itself reports a page's 404.
  test.use({ noise: { expected: [/404/] } });

  for (const colorScheme of ["light", "dark"] as const) {
    test(colorScheme, async ({ person }) => {
      const anna = await (await person({ colorScheme, reducedMotion: "reduce" })).signIn("Anna");
      await anna.page.goto("/room/nowhere");
      await expect(anna.page.getByText("There is nothing here.")).toBeVisible();
      await finds(anna, "nowhere");
    });
  }
});
