#!/bin/sh
# How many bytes of brotli the client adds to Beseda's page: the page as it is released, less the same page with
# `stub` in the client's place. Run from anywhere; wants wasm-bindgen, wasm-opt and node.
set -eu
cd "$(dirname "$0")/../.."
root=$PWD
target=${CARGO_TARGET_DIR:-$root/target}
pages=$target/size/pages
scratch=$target/size/workspace

# The page is cargo-leptos' own, where it has been built. The one without the client needs a workspace, in which
# the stub has the client's name, and a directory of its own: both end in a file of the same name.
rm -rf "$scratch"
mkdir -p "$scratch"
for part in .cargo app chat frontend protocol; do ln -s "$root/$part" "$scratch/$part"; done
ln -s "$root/socketio-client/size/stub" "$scratch/socketio-client"
cp Cargo.lock "$scratch"
sed -e 's/^members = .*/members = ["app", "chat", "frontend", "protocol", "socketio-client"]/' \
    -e '/^default-members = /d' Cargo.toml >"$scratch/Cargo.toml"

page() {
    (cd "$2" && cargo build --quiet --package frontend --lib --profile wasm-release \
        --target wasm32-unknown-unknown --target-dir "$3")
    wasm-bindgen --target web --no-typescript --out-name page --out-dir "$pages/$1" \
        "$3/wasm32-unknown-unknown/wasm-release/frontend.wasm"
    # As cargo-leptos calls it.
    wasm-opt -Oz --enable-bulk-memory --enable-nontrapping-float-to-int --one-caller-inline-max-function-size=1 \
        "$pages/$1/page_bg.wasm" -o "$pages/$1/page.wasm"
}
page without "$scratch" "$target/size"
page with "$root" "$target/front"

node -e '
const { readFileSync } = require("node:fs"), { brotliCompressSync, constants } = require("node:zlib");
const limit = 11_980; // 11.7 KB
const size = (page, file) => {
  const bytes = readFileSync(`${process.argv[1]}/${page}/page.${file}`);
  return [bytes.length, brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length];
};
const added = (file) => {
  const [without, with_] = [size("without", file), size("with", file)];
  console.log(`${file}: ${without[0]} -> ${with_[0]} bytes, brotli ${without[1]} -> ${with_[1]}`);
  return with_[1] - without[1];
};
const wasm = added("wasm"), js = added("js");
console.log(`the client adds ${wasm} bytes of brotli to the wasm, at most ${limit}; and ${js} to the glue`);
process.exit(wasm > limit ? 1 : 0);
' "$pages"
