import assert from "node:assert/strict";
import { test } from "node:test";
import { brokenArrows } from "./arrows.mjs";

const crate = (name, dependencies, features = {}) => ({ id: name, name, dependencies, features });
const on = (name, more = {}) => ({ name, kind: null, optional: false, ...more });
const workspace = (...packages) => ({ packages, workspace_members: packages.map((p) => p.id) });

/** A workspace as it should be; `changes` replaces crates by name. */
function house(changes = {}) {
  const crates = {
    protocol: crate("protocol", [on("serde")]),
    "socketio-client": crate("socketio-client", [on("bytes")]),
    chat: crate("chat", [on("protocol"), on("sqlx")]),
    app: crate(
      "app",
      [on("protocol"), on("leptos"), on("chat", { optional: true }), on("leptos_axum", { optional: true })],
      { default: [], hydrate: ["leptos/hydrate"], ssr: ["dep:chat", "dep:leptos_axum", "leptos/ssr"] },
    ),
    frontend: crate("frontend", [on("app"), on("leptos")]),
    server: crate("server", [on("app"), on("chat"), on("axum"), on("socketio-client", { kind: "dev" })]),
  };
  return workspace(...Object.values({ ...crates, ...changes }));
}

const onlyComplaint = (metadata) => {
  const broken = brokenArrows(metadata);
  assert.equal(broken.length, 1, broken.join("\n"));
  return broken[0];
};

test("a house in order has nothing to complain about", () => {
  assert.deepEqual(brokenArrows(house()), []);
});

test("an arrow against the direction is named, with what to do", () => {
  const complaint = onlyComplaint(house({ chat: crate("chat", [on("protocol"), on("app")]) }));
  assert.match(complaint, /^chat -> app: chat may lean on protocol\. Move /);
});

test("a dev-dependency is an arrow too, unless the table allows it in tests", () => {
  assert.match(onlyComplaint(house({ chat: crate("chat", [on("server", { kind: "dev" })]) })), /^chat -> server/);
  assert.match(onlyComplaint(house({ server: crate("server", [on("socketio-client")]) })), /^server -> socketio-client/);
});

test("the domain must not know the web", () => {
  for (const web of ["axum", "http", "leptos", "socketioxide"]) {
    assert.match(onlyComplaint(house({ chat: crate("chat", [on(web)]) })), new RegExp(`^chat -> ${web}`));
  }
});

test("the vocabulary uses listed crates only, its tests any", () => {
  assert.match(onlyComplaint(house({ protocol: crate("protocol", [on("tokio")]) })), /^protocol -> tokio/);
  assert.deepEqual(brokenArrows(house({ protocol: crate("protocol", [on("proptest", { kind: "dev" })]) })), []);
});

test("app reaches chat only behind ssr", () => {
  const app = (dependency, features) => house({ app: crate("app", [dependency], features) });
  assert.match(onlyComplaint(app(on("chat"), {})), /^app -> chat: allowed only behind/);
  const optional = on("chat", { optional: true });
  assert.deepEqual(brokenArrows(app(optional, { ssr: ["dep:chat"] })), []);
  assert.match(onlyComplaint(app(optional, { ssr: ["dep:chat"], hydrate: ["dep:chat"] })), /^app -> chat/);
  assert.match(onlyComplaint(app(optional, { ssr: ["dep:chat"], default: ["ssr"] })), /^app -> chat/);
  assert.match(onlyComplaint(app(optional, { ssr: ["dep:chat"], csr: ["chat/sqlite"] })), /^app -> chat/);
  assert.match(onlyComplaint(app(optional, {})), /^app -> chat/);
});

test("a crate that is not in the table has to be put there", () => {
  assert.match(onlyComplaint(house({ attic: crate("attic", []) })), /^attic is not in the table/);
});
