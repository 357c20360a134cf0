import assert from "node:assert/strict";
import { test } from "node:test";
import { count } from "./count.mjs";

test("nextest, with and without colours", () => {
  const line = "     Summary [   0.350s] 9 tests run: 5 passed (1 slow), 3 failed, 1 timed out, 2 skipped\n";
  assert.deepEqual(count("nextest", `noise: 100 passed\n${line}`, 100), { passed: 5, failed: 4 });
  const colours = "\x1b[32;1m     Summary\x1b[0m [   0.004s] \x1b[1m1\x1b[0m test run: \x1b[1m1\x1b[0m \x1b[32;1mpassed\x1b[0m, \x1b[1m0\x1b[0m skipped\n";
  assert.deepEqual(count("nextest", colours, 0), { passed: 1, failed: 0 });
});

test("documentation tests of several crates are added up", () => {
  const log = "test result: ok. 2 passed; 0 failed; 1 ignored; 0 measured\n\ntest result: FAILED. 1 passed; 3 failed; 0 ignored\n";
  assert.deepEqual(count("doctest", log, 101), { passed: 3, failed: 3 });
});

test("playwright: a test that had to be repeated has passed; a file that cannot be loaded has failed", () => {
  const report = (stats, errors = []) => JSON.stringify({ stats: { expected: 0, unexpected: 0, flaky: 0, skipped: 0, ...stats }, errors });
  assert.deepEqual(count("playwright", report({ expected: 4, skipped: 1 }), 0), { passed: 4, failed: 0 });
  assert.deepEqual(count("playwright", report({ expected: 4, unexpected: 2, flaky: 1 }), 1), { passed: 5, failed: 2 });
  assert.deepEqual(count("playwright", report({}, [{ message: "no such module" }]), 1), { passed: 0, failed: 1 });
});

test("a runner that ends badly has failed, with or without a report", () => {
  assert.deepEqual(count("nextest", "error: could not compile `chat`", 101), { passed: 0, failed: 1 });
  assert.deepEqual(count("playwright", false, 1), { passed: 0, failed: 1 });
  assert.deepEqual(count("doctest", "test result: ok. 2 passed; 0 failed\nerror: killed", 137), { passed: 2, failed: 1 });
});

test("client-in-browser: a line for each scenario", () => {
  assert.deepEqual(count("client-in-browser", "ok echo\nok acks\nFAILED binary: lost\n", 1), { passed: 2, failed: 1 });
  assert.deepEqual(count("client-in-browser", "", 1), { passed: 0, failed: 1 });
});
