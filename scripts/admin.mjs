// Builds what only the admin's page loads: its wasm with the JavaScript beside it, and its style. `make` calls this
// before cargo-leptos, which knows of one wasm module only and empties the directory of its own.
//
//   node scripts/admin.mjs release    small, compressed, named by content: server/build.rs takes it in
//   node scripts/admin.mjs debug      quick to build, served from where it lies
//
// It ends up in target/admin, and is served at /pkg/admin/.

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const OUT = join(ROOT, "target/admin");

/** As cargo-leptos calls wasm-opt for the chat's page. */
function optimization(manifest) {
  const line = manifest.match(/^wasm-opt-features = (\[.*\])$/m);
  if (!line) throw new Error("Cargo.toml doesn't say how wasm is made small: wasm-opt-features");
  return JSON.parse(line[1]);
}

function run(program, ...args) {
  execFileSync(program, args, { cwd: ROOT, stdio: ["ignore", "inherit", "inherit"] });
}

/** The wasm and the JavaScript, in a directory of their own. */
function build(released) {
  const target = process.env.CARGO_TARGET_DIR ?? join(ROOT, "target");
  // Where cargo-leptos builds the chat's page: what both are made of is built once.
  const front = join(target, "front");
  const [profile, built] = released ? ["wasm-release", "wasm-release"] : ["dev", "debug"];
  run("cargo", "build", "--package=admin-frontend", "--lib", `--profile=${profile}`, "--target=wasm32-unknown-unknown", `--target-dir=${front}`);
  const wasm = join(front, "wasm32-unknown-unknown", built, "admin_frontend.wasm");
  const bound = join(front, "admin", built);
  run("wasm-bindgen", "--target=web", "--no-typescript", "--out-name=admin", `--out-dir=${bound}`, wasm);
  const file = join(bound, "admin_bg.wasm");
  if (released) run("wasm-opt", ...optimization(readFileSync(join(ROOT, "Cargo.toml"), "utf8")), file, "-o", file);
  return { js: readFileSync(join(bound, "admin.js")), wasm: readFileSync(file) };
}

/** Only a release names its files by their content. */
function keep(suffix, bytes, released) {
  const hash = createHash("sha256").update(bytes).digest("base64url").slice(0, 22);
  const path = join(OUT, released ? `admin.${hash}.${suffix}` : `admin.${suffix}`);
  writeFileSync(path, bytes);
  if (released) {
    writeFileSync(`${path}.br`, brotliCompressSync(bytes));
    writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
  }
}

const [how] = process.argv.slice(2);
if (how !== "release" && how !== "debug") {
  console.error("admin: say what to build, release or debug");
  process.exit(2);
}
const released = how === "release";
const files = { ...build(released), css: readFileSync(join(ROOT, "style/admin.css")) };
rmSync(OUT, { recursive: true, force: true });
mkdirSync(OUT, { recursive: true });
for (const [suffix, bytes] of Object.entries(files)) keep(suffix, bytes, released);
