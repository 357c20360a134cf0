// Serves the page and the server that it talks to, opens it in a headless Chromium, and says what came of it.
// Arguments: the folder with the built page; the browser (default: chromium).
import { spawn } from "node:child_process";
import { readFileSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { populate } from "../node/events.mjs";

const { Server } = createRequire(new URL("../node/", import.meta.url))("socket.io");
const [folder, browser = "chromium"] = process.argv.slice(2);
const PATIENCE = 60_000;

const files = {
  "/": [new URL("index.html", import.meta.url), "text/html"],
  "/page.js": [join(folder, "browser_tests.js"), "text/javascript"],
  "/browser_tests_bg.wasm": [join(folder, "browser_tests_bg.wasm"), "application/wasm"],
};

const http = createServer((request, response) => {
  const { pathname } = new URL(request.url, "http://localhost");
  const file = files[pathname];
  if (file) return response.setHeader("content-type", file[1]).end(readFileSync(file[0]));
  if (pathname === "/cut") {
    for (const client of Object.values(io.engine.clients)) client.close(true);
    return response.end();
  }
  // As a network that swallows everything: no pings any more, and nobody told.
  if (pathname === "/swallow") {
    for (const client of Object.values(io.engine.clients)) {
      clearTimeout(client.pingIntervalTimer);
      client.sendPacket = () => {};
    }
    return response.end();
  }
  if (pathname === "/report") {
    let body = "";
    request.on("data", (part) => (body += part));
    return request.on("end", () => finish(JSON.parse(body), response.end()));
  }
  response.writeHead(404).end();
});
const io = new Server(http, { pingInterval: 500, pingTimeout: 1500 });
populate(io);

const profile = mkdtempSync(join(tmpdir(), "socketio-client-"));
let chromium;
const timer = setTimeout(() => finish([{ failed: `no report within ${PATIENCE} ms` }]), PATIENCE);

function finish(lines) {
  clearTimeout(timer);
  for (const { passed, failed } of lines) console.log(passed ? `ok ${passed}` : `FAILED ${failed}`);
  const good = lines.length > 0 && lines.every(({ passed }) => passed);
  console.log(good ? `${lines.length} scenarios passed in the browser` : "the browser tests failed");
  chromium.once("exit", () => {
    try {
      // Its helpers may write there for a while yet.
      rmSync(profile, { recursive: true, force: true, maxRetries: 20 });
    } catch (error) {
      console.log(`the browser's profile is left behind: ${error.message}`);
    }
    process.exit(good ? 0 : 1);
  });
  chromium.kill();
}

http.listen(0, "127.0.0.1", () => {
  const url = `http://127.0.0.1:${http.address().port}/`;
  const flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", `--user-data-dir=${profile}`];
  chromium = spawn(browser, [...flags, url], { stdio: "ignore" });
  chromium.on("error", (error) => {
    console.log(`FAILED the browser does not start: ${error.message}`);
    process.exit(1);
  });
});
