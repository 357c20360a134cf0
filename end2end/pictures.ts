// The pictures of the README, taken anew: what `make pictures` does.

import { chromium, type BrowserContextOptions } from "@playwright/test";
import { resolve } from "node:path";
import { Person } from "./fixtures.ts";
import config from "./playwright.config.ts";
import { Program } from "./program.ts";
import { Server } from "./server.ts";

const IMAGES = resolve(import.meta.dirname, "../docs/images");
const WIDE = { width: 1200, height: 760 };
const NARROW = { width: 360, height: 720 };

const browser = await chromium.launch(config.use?.launchOptions);
const server = await Server.start();

async function someone(options: BrowserContextOptions = {}): Promise<Person> {
  const context = await browser.newContext({ baseURL: server.url, viewport: WIDE, locale: "en-GB", ...options });
  return new Person(await context.newPage());
}

async function take(name: string, { page }: Person): Promise<void> {
  await page.screenshot({ path: `${IMAGES}/${name}.png` });
}

async function converse(anna: Person): Promise<void> {
  const [boris, lilei] = [await Program.guest(server.url, "Борис"), await Program.guest(server.url, "李雷")];
  await anna.say("The new build is on staging. Could someone try the sign-in on a phone?");
  await anna.say("Especially the keyboard: https://staging.example/room/general");
  const [first] = await boris.history();
  await boris.say("Попробовал на старом телефоне: всё открылось сразу, текст читается ещё до загрузки.", { replyTo: first!.id });
  await lilei.say("早上好！手机上没问题，中文输入法也正常。");
  await boris.say("@Anna then let's release at noon.");
  await anna.say("Noon is fine, I'll write the notes.");
  for (const title of ["Try the sign-in on a phone", "Write the release notes", "发布公告"]) {
    await boris.ask("POST", "/rooms/general/todos", { title });
  }
  await anna.page.getByRole("checkbox", { name: "Try the sign-in on a phone" }).click();
  for (const name of ["по-русски", "闲聊"]) await lilei.makeRoom(name);
  const release = await boris.makeRoom("release");
  await anna.ask("POST", `/rooms/${release}/join`);
  await boris.say("It is tagged, @Anna.", { room: release });
  await anna.roomLink("release").locator(".n.at").waitFor();
}

try {
  const anna = await someone();
  await anna.page.goto("/");
  await take("sign-in", anna);
  await anna.signIn("Anna");
  await anna.isLive();
  await converse(anna);
  const marta = await (await someone()).signIn("Marta");
  await marta.isLive();
  await marta.composer.pressSequentially("And I'll");
  await anna.page.getByText("Marta is typing").waitFor();
  await anna.composer.focus();
  await take("room", anna);
  await anna.page.emulateMedia({ colorScheme: "dark" });
  await take("room-dark", anna);
  await anna.page.emulateMedia({ colorScheme: "light" });
  await anna.page.setViewportSize(NARROW);
  await anna.page.reload();
  await anna.isLive();
  await take("phone", anna);
} finally {
  await server.stop();
  await browser.close();
}
