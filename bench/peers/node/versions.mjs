// What is measured, in one line.

import { readFileSync } from "node:fs";

const version = (name) => JSON.parse(readFileSync(new URL(`node_modules/${name}/package.json`, import.meta.url))).version;
console.log(`Node.js ${process.version}, socket.io ${version("socket.io")}, better-sqlite3 ${version("better-sqlite3")}`);
