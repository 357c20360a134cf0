import assert from "node:assert/strict";
import { test } from "node:test";
import { wordsIn } from "./words.mjs";

test("a text in a view is found, with its line", () => {
  const found = wordsIn('view! {\n  <p>\n    "Come in"</p>\n  <img alt="A house"/>\n}');
  assert.deepEqual(found, [
    { text: "Come in", line: 2 },
    { text: "A house", line: 4 },
  ]);
});

test("signs, names, classes and the words themselves are none", () => {
  const view = '<button class="send" aria-label=words.send>" ↓"</button> <kbd>"Ctrl K"</kbd> fn f() -> &str { match x { _ => "x y" } }';
  assert.deepEqual(wordsIn(view), []);
});
