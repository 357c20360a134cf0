#!/bin/sh
# The scenarios in a real browser. Wants the wasm target, wasm-bindgen, node, a Chromium (CHROMIUM names it) and
# `npm ci` in ../node.
set -eu
cd "$(dirname "$0")"
target=${CARGO_TARGET_DIR:-../../../target/browser-tests}
CARGO_TARGET_DIR=$target cargo build --quiet --target wasm32-unknown-unknown
wasm-bindgen --target web --no-typescript --out-dir "$target/page" \
    "$target/wasm32-unknown-unknown/debug/browser_tests.wasm"
exec node run.mjs "$target/page" "${CHROMIUM:-chromium}"
