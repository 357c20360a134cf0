import assert from "node:assert/strict";
import { test } from "node:test";
import { allowed, allowList, refused } from "./licences.mjs";

const allow = new Set(["MIT", "Apache-2.0", "Apache-2.0 WITH LLVM-exception", "Unicode-3.0"]);

test("the list comes out of deny.toml, comments and other lists left alone", () => {
  const toml = '[bans]\nallow = ["x"]\n[licenses]\n# a comment\nallow = [\n  "MIT",\n  "Apache-2.0",\n]\n[sources]\nallow-git = ["y"]\n';
  assert.deepEqual(allowList(toml), new Set(["MIT", "Apache-2.0"]));
  assert.throws(() => allowList("[licenses]\n"));
});

test("SPDX expressions", () => {
  const yes = ["MIT", "MIT OR GPL-3.0", "GPL-3.0 OR MIT", "MIT/Apache-2.0", "(MIT OR GPL-3.0) AND Unicode-3.0", "Apache-2.0 WITH LLVM-exception OR GPL-2.0"];
  const no = ["GPL-3.0", "MIT AND GPL-3.0", "(MIT OR Apache-2.0) AND GPL-3.0", "MIT WITH Bison-exception", "", "MIT GPL-3.0"];
  for (const expression of yes) assert.ok(allowed(expression, allow), expression);
  for (const expression of no) assert.ok(!allowed(expression, allow), expression);
});

test("a crate is refused for its licence, for having none, and for coming from elsewhere", () => {
  const source = "registry+https://github.com/rust-lang/crates.io-index";
  const good = { name: "good", version: "1.0.0", license: "MIT", source };
  const complaints = refused(
    [good, { ...good, name: "ours", source: null }, { ...good, name: "copyleft", license: "GPL-3.0" }, { ...good, name: "silent", license: null }, { ...good, name: "foreign", source: "git+https://example.org/x" }],
    allow,
  );
  assert.deepEqual(complaints.map((sentence) => sentence.split(" ")[0]), ["copyleft", "silent", "foreign"]);
});
