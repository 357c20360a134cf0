import assert from "node:assert/strict";
import { test } from "node:test";
import { failures, told } from "./failures.mjs";

const text = (lines) => lines.join("\n");

test("nextest: the name, what the panic said, and where", () => {
  const log = text([
    "        PASS [   0.011s] (403/642) server::integration api::documents::every_event",
    "\x1b[31;1m        FAIL\x1b[0m [   0.369s] (405/642) server::integration api::documents::every_route",
    "  stderr ───",
    "    thread 'api::documents::every_route' (3097) panicked at server/tests/integration/api/documents.rs:48:9:",
    "    assertion `left == right` failed: /session",
    '      left: ["delete"]',
    '     right: ["post"]',
    "    stack backtrace:",
    "       0: __rustc::rust_begin_unwind",
    "     TIMEOUT [  60.004s] (406/642) chat::suite it::hangs",
    "     Summary [ 251.223s] 642 tests run: 640 passed, 1 failed, 1 timed out, 4 skipped",
    "        SLOW [  10.000s] (400/642) chat::suite it::is_slow",
    "        FAIL [   0.369s] (405/642) server::integration api::documents::every_route",
    "     TIMEOUT [  60.004s] (406/642) chat::suite it::hangs",
    "   FLAKY 2/2 [   0.100s] (407/642) chat::suite it::is_shaky",
    "error: test run failed",
  ]);
  const place = "at server/tests/integration/api/documents.rs:48:9:";
  assert.deepEqual(failures("nextest", log, log, 100), [
    {
      name: "nextest: server::integration api::documents::every_route",
      said: ["assertion `left == right` failed: /session", 'left: ["delete"]', 'right: ["post"]', place],
    },
    { name: "nextest: chat::suite it::hangs", said: [] },
    { name: "nextest: chat::suite it::is_shaky", said: [], shaky: true },
  ]);
});

test("playwright: groups, tests that had to be repeated, and files that can't be loaded", () => {
  const spec = (title, status, errors) => ({ title, file: "room.spec.ts", line: 3, tests: [{ status, results: [{ errors }] }] });
  const error = {
    message: "\x1b[31mError\x1b[39m: the console\n\nexpect(received).toEqual(expected)\n\n- Expected  - 1\n\n+   \"error: x\",\n\n  3 | code\n> 4 | code\n    | ^\n    at /x.ts:4:1",
    location: { file: "/work/end2end/tests/room.spec.ts", line: 4 },
  };
  const specs = [spec("good", "expected", []), spec("bad", "unexpected", [error])];
  const report = JSON.stringify({
    suites: [{ specs, suites: [{ specs: [spec("shaky", "flaky", [])] }] }],
    errors: [{ message: "no such module" }],
  });
  assert.deepEqual(failures("playwright", report, "", 1), [
    { name: "playwright: before the tests", said: ["no such module"] },
    { name: "playwright: room.spec.ts:3 bad", said: ["Error: the console", "at tests/room.spec.ts:4", '+   "error: x",'] },
    { name: "playwright: room.spec.ts:3 shaky", said: [], shaky: true },
  ]);
});

test("documentation tests and the client in the browser", () => {
  const log = "test chat/src/lib.rs - think (line 7) ... FAILED\ntest chat/src/lib.rs - rest (line 9) ... ok\n";
  assert.deepEqual(failures("doctest", log, log, 101), [{ name: "doctest: chat/src/lib.rs - think (line 7)", said: [] }]);
  assert.deepEqual(failures("client-in-browser", "ok echo\nFAILED binary: lost\n", "", 1), [
    { name: "client-in-browser: binary: lost", said: [] },
  ]);
});

test("a runner that ended badly without a name says what it said last; one that ended well says nothing", () => {
  const log = text(["   Compiling chat", "error[E0308]: mismatched types", "warning: build failed"]);
  assert.deepEqual(failures("nextest", log, log, 101), [
    { name: "nextest: exit status 101", said: ["error[E0308]: mismatched types"] },
  ]);
  assert.deepEqual(failures("playwright", false, "1\n2\n3\n4\n5\n6\n", 1)[0].said, ["2", "3", "4", "5", "6"]);
  assert.deepEqual(failures("nextest", log, log, 0), []);
});

test("few lines, however much failed", () => {
  const failed = (count) => Array.from({ length: count }, (_, at) => ({ name: `${at}`, said: Array(50).fill("x".repeat(500)) }));
  for (const count of [1, 2, 5, 12, 13, 200]) {
    const lines = told(failed(count));
    assert.ok(lines.length <= 12 && lines.every((line) => line.length <= 180), `${count}`);
    assert.equal(lines.filter((line) => line.startsWith("FAILED ")).length, count > 12 ? 11 : count);
  }
  assert.equal(told(failed(13)).at(-1), "and 2 more");
  assert.deepEqual(told([]), []);
  assert.deepEqual(told([{ name: "a", said: [], shaky: true }]), ["SHAKY a"]);
});
