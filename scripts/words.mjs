// Fails when a word that a person reads stands in a view instead of app/src/words/, where every language
// has its own.
//
//   node scripts/words.mjs            checks app/src

import { readFileSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

/** Names, the same in every language. */
const NAMES = new Set(["Beseda", "Ctrl K"]);
const LETTERS = /\p{L}{2}/u;

// In a view a text is a literal between tags, and so are these attributes' values.
const TEXT = /(?<![=-])>\s*"((?:[^"\\]|\\.)*)"/gu;
const ATTRIBUTE = /\b(?:aria-label|alt|placeholder|title)="((?:[^"\\]|\\.)*)"/gu;

/** The words in a view's source, each with its line; a file's tests may say what they like. */
export function wordsIn(file) {
  const source = file.split("#[cfg(test)]")[0];
  return [TEXT, ATTRIBUTE].flatMap((pattern) =>
    [...source.matchAll(pattern)]
      .filter(([, text]) => LETTERS.test(text) && !NAMES.has(text.trim()))
      .map((match) => ({ text: match[1], line: source.slice(0, match.index).split("\n").length })),
  );
}

function sources(dir) {
  return readdirSync(dir, { recursive: true })
    .filter((path) => path.endsWith(".rs") && !path.startsWith("words"))
    .map((path) => join(dir, path));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = fileURLToPath(new URL("..", import.meta.url));
  const found = sources(join(root, "app/src")).flatMap((path) =>
    wordsIn(readFileSync(path, "utf8")).map(({ text, line }) => `${relative(root, path)}:${line}: "${text}"`),
  );
  if (found.length > 0) {
    console.error(`words: these belong in app/src/words/, in every language:\n${found.join("\n")}`);
    process.exit(1);
  }
}
