// Checks the licence of every crate in Cargo.lock against the list in deny.toml, and that all of them come
// from crates.io. It works without a network; it knows nothing of security advisories: cargo-deny does.
//
//   node scripts/licences.mjs

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const CRATES_IO = "registry+https://github.com/rust-lang/crates.io-index";

/** The allow list out of deny.toml: the quoted names between `allow = [` and `]`. */
export function allowList(toml) {
  const [, names] = toml.match(/^\[licenses\][^[]*?^allow = \[(.*?)^\]/ms) ?? [];
  if (!names) throw new Error("deny.toml has no [licenses] allow list");
  return new Set([...names.matchAll(/"([^"]+)"/g)].map(([, name]) => name));
}

/** Does an SPDX expression leave a choice in which every licence is allowed? */
export function allowed(expression, allow) {
  // crates.io once took "MIT/Apache-2.0" for OR.
  const tokens = expression.replaceAll("/", " OR ").match(/[()]|[^()\s]+/g) ?? [];
  const next = (word) => tokens[0] === word && tokens.shift();

  function either() {
    let is = both();
    while (next("OR")) is = both() || is;
    return is;
  }
  function both() {
    let is = one();
    while (next("AND")) is = one() && is;
    return is;
  }
  function one() {
    if (next("(")) {
      const is = either();
      next(")");
      return is;
    }
    const licence = tokens.shift();
    return allow.has(next("WITH") ? `${licence} WITH ${tokens.shift()}` : licence);
  }
  return either() && tokens.length === 0;
}

/** A sentence for every crate that is not as deny.toml wants it. */
export function refused(packages, allow) {
  return packages.flatMap(({ name, version, license, source }) => {
    if (source && source !== CRATES_IO) return [`${name} ${version} comes from ${source}, not from crates.io.`];
    if (!license) return [`${name} ${version} names no licence.`];
    return allowed(license, allow) ? [] : [`${name} ${version} has the licence "${license}", which deny.toml does not allow.`];
  });
}

function main() {
  const metadata = JSON.parse(
    execFileSync("cargo", ["metadata", "--format-version", "1"], { encoding: "utf8", maxBuffer: 1 << 28 }),
  );
  const complaints = refused(metadata.packages, allowList(readFileSync("deny.toml", "utf8")));
  for (const sentence of complaints) console.error(`licences: ${sentence}`);
  if (complaints.length) {
    console.error("licences: do without the crate, or allow its licence in deny.toml and say why.");
    process.exit(1);
  }
  console.log(`licences: all ${metadata.packages.length} crates are allowed (advisories are not checked: that needs cargo-deny)`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
