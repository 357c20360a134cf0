// Fails when a crate leans on one that it must not know. The house is described in ARCHITECTURE.md; this
// table is the same thing for the machine. Change both together.
//
//   node scripts/arrows.mjs            checks this workspace

import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const WEB = ["axum", "hyper", "http", "leptos", "leptos_axum", "socketioxide", "tower-http"];
const OUR_STACK = ["axum", "leptos", "leptos_axum", "socketioxide", "sqlx"];

// leansOn: crates of this workspace. inTests: more of them, as dev-dependencies.
// behind: allowed only as an optional dependency that nothing but the named feature switches on.
// never: foreign crates that would put the code into the wrong room.
// only: the complete list of foreign crates, each with the reason why it may be there.
// (What tests use of foreign crates is free: socketio-client's are run against socketioxide.)
export const HOUSE = {
  protocol: {
    leansOn: [],
    only: {
      serde: "every type of the vocabulary is read and written",
      serde_json: "payloads that are passed on as they came",
      uuid: "ids",
      thiserror: "refusals are types with a sentence",
      "unicode-normalization": "two spellings of one name are one name",
      "unicode-segmentation": "lengths count what a person sees as characters",
      utoipa: "the documentation's schemas are made of the types themselves",
    },
    // The page doesn't carry them.
    behind: { utoipa: "schema" },
  },
  "socketio-client": { leansOn: [], never: OUR_STACK },
  chat: { leansOn: ["protocol"], never: WEB },
  app: {
    leansOn: ["protocol", "socketio-client", "chat"],
    behind: { chat: "ssr", leptos_axum: "ssr" },
    never: ["axum", "socketioxide", "sqlx"],
  },
  frontend: { leansOn: ["app"], never: ["axum", "leptos_axum", "socketioxide", "sqlx", "tokio"] },
  "admin-frontend": { leansOn: ["app", "protocol", "socketio-client"], never: ["axum", "leptos_axum", "socketioxide", "sqlx", "tokio"] },
  "wasm-streams": { leansOn: [], only: { "futures-util": "its shape", "wasm-bindgen": "its shape", "web-sys": "its shape" } },
  server: { leansOn: ["app", "chat", "protocol"], inTests: ["socketio-client"] },
  // It measures others too, and by what goes over the wire.
  bench: { leansOn: [] },
};

/** Every broken arrow of a workspace as a sentence; `metadata` is what `cargo metadata` prints. */
export function brokenArrows(metadata, house = HOUSE) {
  const members = new Set(metadata.workspace_members);
  const crates = metadata.packages.filter((crate) => members.has(crate.id));
  const rooms = new Set(crates.map((crate) => crate.name));
  return crates.flatMap((crate) => brokenBy(crate, house[crate.name], rooms));
}

function brokenBy(crate, rule, rooms) {
  if (!rule) return [`${crate.name} is not in the table. Say in scripts/arrows.mjs what it may lean on.`];
  return crate.dependencies.map((dependency) => complaint(crate, rule, dependency, rooms)).filter(Boolean);
}

function complaint(crate, rule, dependency, rooms) {
  const { name, kind } = dependency;
  const arrow = `${crate.name} -> ${name}`;
  const inTests = kind === "dev";

  if (rooms.has(name)) {
    const allowed = [...rule.leansOn, ...(inTests ? (rule.inTests ?? []) : [])];
    if (!allowed.includes(name)) {
      return `${arrow}: ${crate.name} may lean on ${list(allowed)}. Move the code to a room that may know both.`;
    }
  } else if (!inTests) {
    if (rule.never?.includes(name)) {
      return `${arrow}: ${crate.name} must not know ${name}. What needs it belongs in another room (usually server).`;
    }
    if (rule.only && !(name in rule.only)) {
      return `${arrow}: ${crate.name} uses only ${list(Object.keys(rule.only))}. Do without, or add it to the list in scripts/arrows.mjs with a reason.`;
    }
  }

  const feature = rule.behind?.[name];
  if (feature && !inTests && !(dependency.optional && onlyBehind(crate, dependency, feature))) {
    return `${arrow}: allowed only behind the feature "${feature}". Make it optional, and name it as dep:${name} in that feature alone.`;
  }
  return null;
}

/** Is `feature` the only one that, by itself or through others, switches the dependency on? */
function onlyBehind(crate, dependency, feature) {
  const key = dependency.rename ?? dependency.name;
  const seen = new Set();
  const reaches = (entry) => {
    if (entry === `dep:${key}` || entry.startsWith(`${key}/`)) return true;
    if (seen.has(entry)) return false;
    seen.add(entry);
    return (crate.features[entry] ?? []).some(reaches);
  };
  const switches = Object.keys(crate.features).filter((name) => {
    seen.clear();
    return reaches(name);
  });
  return switches.length === 1 && switches[0] === feature;
}

const list = (names) => (names.length ? names.join(", ") : "nothing of this workspace");

function main() {
  const metadata = JSON.parse(
    execFileSync("cargo", ["metadata", "--no-deps", "--format-version", "1"], { encoding: "utf8", maxBuffer: 1 << 28 }),
  );
  const broken = brokenArrows(metadata);
  for (const sentence of broken) console.error(`arrows: ${sentence}`);
  if (broken.length) process.exit(1);
  console.log(`arrows: all dependencies of ${metadata.workspace_members.length} crates point the right way`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
