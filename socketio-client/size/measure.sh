#!/bin/sh
# How many bytes of brotli the client adds to a page. Run from anywhere; wants wasm-bindgen, wasm-opt and node.
set -eu
cd "$(dirname "$0")"
target=${CARGO_TARGET_DIR:-../../target/size}
export CARGO_TARGET_DIR=$target
build() {
    cargo build --release --quiet --target wasm32-unknown-unknown $2
    wasm-bindgen --target web --no-typescript --out-dir "$target/$1" "$target/wasm32-unknown-unknown/release/size.wasm"
    wasm-opt -Oz --enable-bulk-memory --enable-bulk-memory-opt --enable-nontrapping-float-to-int --enable-sign-ext --enable-mutable-globals --enable-reference-types --enable-multivalue --enable-call-indirect-overlong "$target/$1/size_bg.wasm" -o "$target/$1/size.wasm"
}
build without ""
build with "--features client"
node -e '
const { readFileSync } = require("node:fs"), { brotliCompressSync, constants } = require("node:zlib");
const size = (name) => ["size.wasm", "size.js"].map((file) => {
  const bytes = readFileSync(`${process.argv[1]}/${name}/${file}`);
  return [bytes.length, brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length];
});
const without = size("without"), with_ = size("with");
const limit = 11700;
let added = 0;
["wasm", "js"].forEach((kind, at) => {
  added += with_[at][1] - without[at][1];
  console.log(`${kind}: ${without[at][0]} -> ${with_[at][0]} bytes, brotli ${without[at][1]} -> ${with_[at][1]}`);
});
console.log(`added: ${added} bytes of brotli, at most ${limit}`);
process.exit(added > limit ? 1 : 0);
' "$target"
