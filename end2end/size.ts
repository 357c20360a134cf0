// How many bytes a first visit to a room with 50 messages takes over the wire: what `make size` prints. It ends
// with 1 when they are too many.

import { chromium, type BrowserContext, type Page } from "@playwright/test";
import config from "./playwright.config.ts";
import { Program } from "./program.ts";
import { Server } from "./server.ts";
import { TEXTS } from "./texts.ts";

const LIMIT = 200 * 1024;

const KINDS = [
  ["HTML", /^text\/html/],
  ["CSS", /^text\/css/],
  ["JavaScript", /javascript/],
  ["WebAssembly", /wasm/],
  ["Icons", /^image\/|manifest/],
] as const;
const REST = "The rest";

const kindOf = ({ type }: Resource) => KINDS.find(([, pattern]) => pattern.test(type))?.[0] ?? REST;
const isIcon = (resource: Resource) => kindOf(resource) === "Icons";

interface Resource {
  url: URL;
  type: string;
  bytes: number;
  done: boolean;
}

/** Every request of a page, with what came for it, headers included. */
class Traffic {
  readonly resources: Resource[] = [];
  readonly sockets: URL[] = [];

  static async of(page: Page): Promise<Traffic> {
    const traffic = new Traffic();
    const asked = new Map<string, Resource>();
    const cdp = await page.context().newCDPSession(page);
    cdp.on("Network.requestWillBeSent", ({ requestId, request, redirectResponse }) => {
      const before = asked.get(requestId);
      if (before) Object.assign(before, { bytes: redirectResponse?.encodedDataLength ?? 0, done: true });
      const resource = { url: new URL(request.url), type: "", bytes: 0, done: false };
      asked.set(requestId, resource);
      traffic.resources.push(resource);
    });
    const note = (requestId: string, known: Partial<Resource>) => Object.assign(asked.get(requestId) ?? {}, known);
    cdp.on("Network.responseReceived", ({ requestId, response }) => note(requestId, { type: response.mimeType }));
    cdp.on("Network.loadingFinished", ({ requestId, encodedDataLength: bytes }) => note(requestId, { bytes, done: true }));
    cdp.on("Network.loadingFailed", ({ requestId }) => note(requestId, { done: true }));
    cdp.on("Network.webSocketCreated", ({ url }) => traffic.sockets.push(new URL(url)));
    await cdp.send("Network.enable");
    await cdp.send("Network.setCacheDisabled", { cacheDisabled: true });
    return traffic;
  }

  /** What the load took; the socket's own requests go on for ever. */
  get load(): Resource[] {
    const load = this.resources.filter(
      ({ url }) => url.protocol.startsWith("http") && !url.pathname.startsWith("/socket.io/"),
    );
    const again = (resource: Resource, before: Resource[]) =>
      isIcon(resource) && before.some(({ url }) => url.href === resource.url.href);
    return load.filter((resource, index) => !again(resource, load.slice(0, index)));
  }

  elsewhere(host: string): URL[] {
    return [...this.resources.map(({ url }) => url), ...this.sockets].filter((url) => url.host !== "" && url.host !== host);
  }
}

async function talk(url: string): Promise<void> {
  const people = await Promise.all(["Anna", "Борис", "李雷"].map((name) => Program.guest(url, name)));
  // Each in their language; a few in a row now and then, as people talk.
  for (const [index, text] of TEXTS.entries()) await people[index % people.length]!.say(text);
}

/** Signed in, but with nothing of the page seen so far. */
async function arrive(context: BrowserContext, url: string): Promise<void> {
  const answer = await context.request.post(`${url}/api/v1/session`, { data: { name: "Visitor" } });
  if (!answer.ok()) throw new Error(await answer.text());
}

async function visit(page: Page): Promise<Traffic> {
  const traffic = await Traffic.of(page);
  await page.goto("/room/general");
  await page.locator("body[data-live]").waitFor();
  // Whether a browser without a window asks for these by itself depends on its version. Each counts once.
  await page.evaluate(async () => {
    const links = document.querySelectorAll<HTMLLinkElement>("link[rel=icon], link[rel=manifest]");
    await Promise.all([...links].map(async ({ href }) => (await fetch(href, { cache: "no-store" })).arrayBuffer()));
  });
  const deadline = Date.now() + 10_000;
  while (traffic.load.some(({ done }) => !done)) {
    if (Date.now() > deadline) throw new Error("the page does not stop loading");
    await new Promise((wake) => setTimeout(wake, 20));
  }
  return traffic;
}

/** How many of the texts one can read where there are no scripts. */
async function readable(page: Page): Promise<number> {
  await page.goto("/room/general");
  const shown = new Set(await page.locator(".message .body").allInnerTexts());
  return TEXTS.filter((text) => shown.has(text)).length;
}

const kilobytes = (bytes: number) => `${(bytes / 1024).toFixed(1)} KB`.padStart(9);
const row = (name: string, value: string, note = "") => console.log(`${name.padEnd(12)} ${value}  ${note}`.trimEnd());

function report(load: Resource[]): number {
  console.log(`A first visit to a room with ${TEXTS.length} messages, over the wire, headers included:\n`);
  for (const kind of [...KINDS.map(([name]) => name), REST]) {
    const these = load.filter((resource) => kindOf(resource) === kind);
    const bytes = these.reduce((sum, { bytes }) => sum + bytes, 0);
    row(kind, kilobytes(bytes), these.map(({ url }) => url.pathname).join(" "));
  }
  const all = load.reduce((sum, { bytes }) => sum + bytes, 0);
  row("All", kilobytes(all), `of at most ${LIMIT / 1024} KB`);
  return all;
}

const server = await Server.start();
const browser = await chromium.launch(config.use?.launchOptions);
try {
  await talk(server.url);
  const context = await browser.newContext({ baseURL: server.url });
  await arrive(context, server.url);
  const traffic = await visit(await context.newPage());
  const plain = await browser.newContext({
    baseURL: server.url,
    javaScriptEnabled: false,
    storageState: await context.storageState(),
  });
  const texts = await readable(await plain.newPage());

  const all = report(traffic.load);
  const elsewhere = traffic.elsewhere(new URL(server.url).host);
  console.log(`\nRequests to other hosts: ${elsewhere.length} ${elsewhere.join(" ")}`.trimEnd());
  console.log(`Text readable from the HTML alone: ${texts} of ${TEXTS.length} messages`);
  console.log("Not counted: what the socket carries, and what comes after the load (a sound, a room that one opens).");

  const problems = [
    all > LIMIT &&
      `The page is ${kilobytes(all - LIMIT).trim()} too large. Find what costs and take it out; don't raise the limit: ` +
        "`twiggy top -n 40 target/front/wasm32-unknown-unknown/wasm-release/frontend.wasm` shows what is inside the wasm " +
        "(cargo install twiggy), `twiggy dominators` what brought it in.",
    elsewhere.length > 0 && "The page asks other hosts; everything it needs must come from its own server.",
    texts < TEXTS.length && "Not every message is in the HTML: the server has to render what the room shows.",
  ].filter((problem) => problem !== false);
  for (const problem of problems) console.error(`\n${problem}`);
  process.exitCode = problems.length > 0 ? 1 : 0;
} finally {
  await browser.close();
  await server.stop();
}
