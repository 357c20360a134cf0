import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { Locator, Page } from "@playwright/test";
import { expect, type Person, test } from "../fixtures.ts";

const EXAMPLES = join(import.meta.dirname, "../../docs/examples");
/** Where they expect a server, as they stand there. */
const THERE = "http://127.0.0.1:3000";

/** Another house serves the examples, as a tutorial's page comes from anywhere. */
const door = test.extend<{ examples: { origin: string; server: string }; visit: (person: Person, example: string) => Promise<Visitor> }>({
  examples: async ({}, use) => {
    const house = { origin: "", server: "" };
    const http = createServer((request, response) => {
      const name = request.url!.slice(1);
      if (!readdirSync(EXAMPLES).includes(name)) return response.writeHead(204).end();
      const text = readFileSync(join(EXAMPLES, name), "utf8");
      response.setHeader("content-type", "text/html").end(text.replaceAll(THERE, house.server));
    });
    await new Promise<void>((done) => http.listen(0, "127.0.0.1", done));
    house.origin = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
    await use(house);
    http.close();
  },
  flags: async ({ examples }, use) => use(["--allowed-origins", examples.origin]),
  visit: async ({ examples, server }, use) => {
    examples.server = server.url;
    await use(async (person, example) => {
      await person.page.goto(`${examples.origin}/${example}.html`);
      return new Visitor(person.page);
    });
  },
});

/** Someone before an example's page. */
class Visitor {
  constructor(readonly page: Page) {}

  async enter(name: string, room?: string): Promise<void> {
    const field = this.page.locator("#name");
    if (await field.count()) await field.fill(name);
    if (room) await this.page.locator("#room").fill(room);
    await this.page.locator("#enter button").click();
  }

  async say(text: string): Promise<void> {
    await this.page.locator("#text").fill(text);
    await this.page.locator("#say button").first().click();
  }

  line(text: string | RegExp) {
    return this.page.locator("#log li").filter({ hasText: text });
  }
}

/** Of a word or two, no one may ever be told: it is told once a second. */
async function whileWriting(field: Locator, check: () => Promise<void>): Promise<void> {
  const writing = field.pressSequentially("h".repeat(25), { delay: 100 });
  await check();
  await writing;
}

door("every tutorial's page talks with every other, and with ours", async ({ person, visit }) => {
  test.slow();
  const anna = await (await person()).signIn("Anna");
  await anna.isLive();
  const [guide, classic, plain, lesson, rooms] = [
    await visit(await person(), "guide"),
    await visit(await person(), "classic"),
    await visit(await person(), "plain"),
    await visit(await person(), "lesson"),
    await visit(await person(), "rooms"),
  ];
  await guide.enter("Gita");
  await classic.enter("Clara");
  await lesson.enter("", "general");
  await rooms.enter("Roman", "general");
  await expect(classic.line("Welcome!")).toHaveCount(1);
  await expect(lesson.line("you are in general")).toHaveCount(1);
  await expect(guide.line("Roman has come")).toHaveCount(1);
  for (const name of ["Gita", "Clara", "Roman"]) await expect(anna.online.getByText(name, { exact: true })).toBeVisible();
  await expect(guide.page.locator("#people")).toContainText("Anna");
  await expect(rooms.page.locator("#people")).toContainText("Anna");

  const all = [guide, classic, plain, lesson, rooms];
  for (const [index, visitor] of all.entries()) {
    await visitor.say(`<b>line ${index}</b>`);
    for (const other of all) await expect(other.line(`<b>line ${index}</b>`)).toHaveCount(1);
    await expect(anna.said.filter({ hasText: `<b>line ${index}</b>` })).toHaveCount(1);
  }
  await anna.say("welcome, all");
  for (const visitor of all) await expect(visitor.line("welcome, all")).toHaveCount(1);

  await whileWriting(classic.page.locator("#text"), async () => {
    await expect(anna.typing).toHaveText("Clara is typing…");
    await expect(guide.page.locator("#typing")).toHaveText("Clara is writing");
  });
  await whileWriting(anna.composer, () => expect(classic.page.locator("#typing")).toContainText("Anna is typing"));
  await rooms.page.locator("#leave").click();
  await expect(rooms.page.locator("#say")).toBeHidden();
  await expect(anna.online.getByText("Roman", { exact: true })).toHaveCount(0);
});

door("a name that is taken has a variant, and an empty one is refused where that page tells it", async ({ person, visit }) => {
  const anna = await (await person()).signIn("Anna");
  await anna.isLive();
  const guide = await visit(await person(), "guide");
  await guide.enter("Anna");
  await expect(guide.line("Anna 2 has come")).toHaveCount(1);
  await expect(anna.online.getByText("Anna 2", { exact: true })).toBeVisible();
  const rooms = await visit(await person(), "rooms");
  await rooms.enter(" ", "lobby");
  await expect(rooms.line("refused:")).toHaveCount(1);
});

door("a to-do list is the same in a tutorial's page and in ours", async ({ person, visit }) => {
  const anna = await (await person()).signIn("Anna");
  await anna.isLive();
  const { page } = await visit(await person(), "todo");
  const ours = anna.page.getByRole("region", { name: "To do" });
  await page.locator("#title").fill("buy tea");
  await page.locator("#add button").click();
  await expect(ours.locator("li")).toHaveText([/buy tea/]);
  await ours.getByLabel("Add something to do").fill("wash the cups");
  await ours.getByLabel("Add something to do").press("Enter");
  await expect(page.locator("#list li")).toHaveText([/buy tea/, /wash the cups/]);
  await page.locator("#list li").first().getByRole("button").click();
  await expect(ours.locator("li")).toHaveText([/wash the cups/]);
});

door.describe(() => {
  // The browser itself reports a connection that fails.
  door.use({ noise: { expected: [/WebSocket connection to .* failed/, /net::ERR_/] } });

  door("a server that was killed has the same people afterwards, each once", async ({ person, visit, server }) => {
    const anna = await (await person()).signIn("Anna");
    await anna.isLive();
    const classic = await visit(await person(), "classic");
    await classic.enter("Clara");
    await expect(classic.line("Welcome!")).toHaveCount(1);
    await classic.say("before");
    await expect(anna.said).toHaveText(["before"]);
    await server.kill();
    await server.start();
    await expect(classic.line("Welcome!")).toHaveCount(2);
    await anna.isLive();
    await classic.say("after");
    await expect(anna.said).toHaveText(["before", "after"]);
    await expect(anna.online).toHaveText(["Anna", "Clara"]);
    await expect(anna.row("after").locator(".name")).toHaveCount(0);
    await expect(anna.page.locator(".message .name")).toHaveText(["Clara"]);
  });
});
