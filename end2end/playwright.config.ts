import { defineConfig } from "@playwright/test";
import { PROGRAM } from "./server.ts";

export default defineConfig({
  testDir: "tests",
  // A debug build (cargo leptos end-to-end) neither names its files by content nor compresses them.
  testIgnore: PROGRAM.includes("/debug/") ? "files.spec.ts" : [],
  outputDir: "results",
  fullyParallel: true,
  workers: 2,
  forbidOnly: !!process.env.CI,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [["list"]],
  use: {
    locale: "en-GB",
    timezoneId: "Europe/Berlin",
    trace: "retain-on-failure",
    launchOptions: {
      // The system's browser: Playwright's own can't be fetched everywhere.
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        // A machine without a network still has itself: to lose the server, it must seem to be elsewhere.
        "--host-resolver-rules=MAP beseda.test 127.0.0.1",
      ],
    },
  },
});
