import { test as base, expect, type Browser, type BrowserContextOptions, type Page } from "@playwright/test";
import { Server } from "./server.ts";

export { expect };

/** One person with a browser of their own. */
export class Person {
  constructor(readonly page: Page) {}

  async signIn(name: string): Promise<this> {
    await this.page.goto("/");
    await this.page.getByLabel("Your name").fill(name);
    await this.page.getByRole("button", { name: "Join the conversation" }).click();
    await expect(this.page).toHaveURL(/\/room\/general$/);
    return this;
  }

  async say(text: string): Promise<void> {
    await this.composer.fill(text);
    await this.page.getByRole("button", { name: "Send" }).click();
  }

  /** The page has come alive: wasm runs and the socket is connected. */
  async isLive(): Promise<void> {
    await expect(this.page.locator(".chat[data-link=connected]")).toBeVisible();
  }

  get composer() {
    return this.page.getByLabel("Message", { exact: true });
  }

  /** What has been said and confirmed, in order. */
  get said() {
    return this.page.locator(".message:not(.pending):not(.failed) .body");
  }

  get online() {
    return this.page.locator("aside .online bdi");
  }

  get away() {
    return this.page.locator("aside .away bdi");
  }
}

interface Fixtures {
  server: Server;
  /** Messages of the console that this test causes on purpose. */
  noise: { expected: RegExp[] };
  person: (options?: BrowserContextOptions) => Promise<Person>;
}

export const test = base.extend<Fixtures>({
  server: async ({}, use) => {
    const server = await Server.start();
    await use(server);
    await server.stop();
    expect(server.log, "the server's log").not.toMatch(/ERROR|panicked/);
  },
  noise: [{ expected: [] }, { option: true }],
  person: async ({ browser, server, noise }, use, info) => {
    const heard: string[] = [];
    const pages: Page[] = [];
    await use(async (options) => {
      const page = await open(browser, { baseURL: server.url, ...info.project.use, ...options });
      pages.push(page);
      listen(page, (text) => {
        if (!noise.expected.some((expected) => expected.test(text))) heard.push(text);
      });
      return new Person(page);
    });
    await Promise.all(pages.map((page) => page.context().close()));
    expect(heard, "the browser's console").toEqual([]);
  },
});

async function open(browser: Browser, options: BrowserContextOptions): Promise<Page> {
  const { baseURL, locale, timezoneId, javaScriptEnabled, viewport, colorScheme } = options;
  const context = await browser.newContext({ baseURL, locale, timezoneId, javaScriptEnabled, viewport, colorScheme });
  return context.newPage();
}

function listen(page: Page, hear: (text: string) => void): void {
  page.on("pageerror", (error) => hear(`uncaught: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") hear(`${message.type()}: ${message.text()}`);
  });
}
