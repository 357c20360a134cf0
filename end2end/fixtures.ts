import { test as base, expect, type Browser, type BrowserContext, type BrowserContextOptions, type Locator, type Page, type WebSocketRoute } from "@playwright/test";
import { Program } from "./program.ts";
import { Server } from "./server.ts";

export { expect, Program };
export type { Said } from "./program.ts";

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

  /** Makes an account. The first one in a house owns it. */
  async register(name: string, password = "correct horse"): Promise<this> {
    await this.page.goto("/?with=account");
    await this.page.getByLabel("Your name").fill(name);
    await this.page.getByLabel("Password").fill(password);
    await this.page.getByRole("button", { name: "Make an account" }).click();
    await expect(this.page).toHaveURL(/\/room\/general$/);
    return this;
  }

  /** Another tab of the same browser. */
  async tab(path: string): Promise<Person> {
    const page = await this.page.context().newPage();
    await page.goto(path);
    return new Person(page);
  }

  async say(text: string): Promise<void> {
    await this.composer.fill(text);
    await this.page.getByRole("button", { name: "Send" }).click();
  }

  /** The page has come alive: wasm runs and the socket is connected. */
  async isLive(): Promise<void> {
    await expect(this.page.locator(".chat[data-link=connected]")).toBeVisible();
  }

  /** From now on, `isSameDocument` knows whether the page was loaded anew. */
  async markDocument(): Promise<void> {
    await this.page.evaluate(() => Object.assign(window, { sameDocument: true }));
  }

  async isSameDocument(): Promise<boolean> {
    return this.page.evaluate(() => "sameDocument" in window);
  }

  /** The API with this browser's own session. */
  async ask(method: string, path: string, data?: object): Promise<any> {
    const headers = { origin: new URL(this.page.url()).origin };
    const answer = await this.page.request.fetch(`/api/v1${path}`, { method, headers, data });
    const body = await answer.json();
    if (!body.ok) throw new Error(`${method} ${path}: ${JSON.stringify(body.error)}`);
    return body;
  }

  /** From the next page on, the connection can be cut, while pages are still loaded. */
  async cable(): Promise<Cable> {
    const cable = new Cable();
    await this.page.routeWebSocket(/\/socket\.io\//, (socket) => cable.connect(socket));
    await this.page.route(/\/socket\.io\//, (route) => (cable.isCut ? route.abort() : route.continue()));
    return cable;
  }

  get composer() {
    return this.page.getByLabel("Message", { exact: true });
  }

  /** What has been said and confirmed, in order. */
  get said() {
    return this.page.locator(".message:not(.pending):not(.failed) .body");
  }

  get pending() {
    return this.page.locator(".message.pending .body");
  }

  get failed() {
    return this.page.locator(".message.failed");
  }

  /** The row of the message with this text, however far on its way. */
  row(text: string | RegExp): Locator {
    const body = this.page.locator(".body").filter({ hasText: text });
    return this.page.locator(".message").filter({ has: body });
  }

  /** Reply, Copy link, Edit, Delete: shown while the pointer is on the row. */
  async act(text: string, what: string): Promise<void> {
    await this.row(text).hover();
    await this.row(text).locator(".acts").getByRole("link", { name: what }).click();
  }

  get banner() {
    return this.page.locator(".banner");
  }

  get typing() {
    return this.page.locator(".typing");
  }

  /** The link to a room, or to a direct one, in the list at the left. */
  roomLink(name: string): Locator {
    return this.page.locator("nav#rooms a.item").filter({ has: this.page.getByText(name, { exact: true }) });
  }

  /** A page of the server's, in the dialog over the chat or by itself. */
  get sheet() {
    // A dialog that closes is still seen for a moment.
    return this.page.locator("dialog[open] main.sheet, :not(dialog) > main.sheet");
  }

  get online() {
    return this.page.locator("aside .online bdi");
  }

  get away() {
    return this.page.locator("aside .away bdi");
  }
}

/** Between a page's socket and the server. */
export class Cable {
  isCut = false;
  private readonly sockets = new Set<WebSocketRoute>();

  connect(socket: WebSocketRoute): void {
    if (this.isCut) {
      void socket.close({ code: 1001 });
      return;
    }
    socket.connectToServer();
    this.sockets.add(socket);
  }

  cut(): void {
    this.isCut = true;
    for (const socket of this.sockets) void socket.close({ code: 1001 });
    this.sockets.clear();
  }

  mend(): void {
    this.isCut = false;
  }
}

interface Fixtures {
  /** What the server is started with, beside what every test needs. */
  flags: string[];
  server: Server;
  /** Messages of the console that this test causes on purpose. */
  noise: { expected: RegExp[] };
  /** A context whose console is heard, too. */
  hear: (context: BrowserContext) => void;
  person: (options?: BrowserContextOptions) => Promise<Person>;
}

export const test = base.extend<Fixtures>({
  flags: [[], { option: true }],
  server: async ({ flags }, use) => {
    const server = await Server.start(flags);
    await use(server);
    await server.stop();
    // What a panic says stands in the line below.
    const trouble = server.log.match(/.*(?:ERROR|panicked).*\n?.*/g) ?? [];
    expect(trouble, ["the server's log", ...trouble].join("\n")).toEqual([]);
  },
  noise: [{ expected: [] }, { option: true }],
  hear: async ({ noise }, use) => {
    const heard: string[] = [];
    const hear = (text: string) => {
      if (!noise.expected.some((expected) => expected.test(text))) heard.push(text);
    };
    await use((context) => listen(context, hear));
    expect(heard, ["the browser's console", ...heard].join("\n")).toEqual([]);
  },
  person: async ({ browser, server, hear }, use, info) => {
    const contexts: BrowserContext[] = [];
    await use(async (options) => {
      const context = await open(browser, { baseURL: server.url, ...info.project.use, ...options });
      contexts.push(context);
      hear(context);
      return new Person(await context.newPage());
    });
    await Promise.all(contexts.map((context) => context.close()));
  },
});

async function open(browser: Browser, options: BrowserContextOptions): Promise<BrowserContext> {
  // What a project says of the browser itself is none of a context's business.
  const { baseURL, locale, timezoneId, javaScriptEnabled, viewport, colorScheme } = options;
  const { reducedMotion, hasTouch, isMobile, permissions, storageState } = options;
  const looks = { viewport, colorScheme, reducedMotion, hasTouch, isMobile };
  return browser.newContext({ baseURL, locale, timezoneId, javaScriptEnabled, permissions, storageState, ...looks });
}

function listen(context: BrowserContext, hear: (text: string) => void): void {
  context.on("weberror", (error) => hear(`uncaught: ${error.error().message}`));
  context.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") hear(`${message.type()}: ${message.text()}`);
  });
}
