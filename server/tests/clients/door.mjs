// Plays the tutorials' clients with the official JavaScript client, as the tutorials use it:
//   node door.mjs SCENARIO URL TRANSPORTS TOKEN
// TOKEN is that of Olga, who has an account and sits on /chat.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { io } from "socket.io-client";

const [scenario, url, transport, token] = process.argv.slice(2);
const open = [];
const WAIT = Number(process.env.WAIT ?? 20_000);

const within = (promise, what) =>
  Promise.race([promise, new Promise((_, no) => setTimeout(no, WAIT, new Error(`waited for ${what}`)).unref())]);

const holds = (actual, expected) =>
  expected === null || typeof expected !== "object"
    ? actual === expected
    : actual != null && Object.entries(expected).every(([key, value]) => holds(actual[key], value));

// A client that keeps what it hears: `hear` takes the first that is as expected, `never` looks at all there was.
function client(path = "", options = {}) {
  const socket = io(url + path, { transports: transport.split(","), forceNew: true, reconnectionDelay: 20, reconnectionDelayMax: 100, ...options });
  const heard = [];
  const waiting = new Set();
  const all = [];
  socket.onAny((event, ...args) => {
    const one = { event, payload: args[0] };
    heard.push(one);
    all.push(one);
    for (const look of waiting) look();
  });
  const take = (event, expected) => {
    const at = heard.findIndex((one) => one.event === event && holds(one.payload, expected));
    return at < 0 ? undefined : heard.splice(at, 1)[0];
  };
  const hear = (event, expected = {}) => {
    const come = new Promise((done) => {
      const look = () => {
        const found = take(event, expected);
        if (found) {
          waiting.delete(look);
          done(found.payload);
        }
      };
      waiting.add(look);
      look();
    });
    return within(come, `${event} ${JSON.stringify(expected)}, heard ${JSON.stringify(all)}`);
  };
  const never = (event, expected = {}) =>
    assert(!all.some((one) => one.event === event && holds(one.payload, expected)), `${event} was heard: ${JSON.stringify(all)}`);
  const count = (event, expected = {}) => all.filter((one) => one.event === event && holds(one.payload, expected)).length;
  const connected = new Promise((done) => socket.once("connect", done));
  open.push(socket);
  return { socket, hear, never, count, ready: () => within(connected, "connect"), emit: (...args) => socket.emit(...args), ask: (...args) => socket.timeout(20_000).emitWithAck(...args) };
}

async function olga() {
  const her = client("/chat", { auth: { token } });
  await her.ready();
  const joined = await her.ask("join-room", { room: "general" });
  assert(joined.ok);
  her.say = (text, room = "general") => her.ask("message", { room, id: randomUUID(), text });
  her.names = async () => (await her.ask("presence", { room: "general" })).users.map((user) => user.name);
  return her;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-/;
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const HTML = "<b>&amp;</b> \"'";

const scenarios = {
  async guide() {
    const chat = await olga();
    const anna = client();
    assert.equal(typeof (await anna.hear("welcome")), "string");
    anna.emit("join", { username: "Anna" });
    const came = await anna.hear("userJoined", { username: "Anna" });
    assert.match(came.userId, UUID);
    assert.notEqual(came.userId, anna.socket.id);
    await chat.hear("user-joined", { user: { name: "Anna", id: came.userId, guest: true } });
    await anna.hear("userList", ["Olga", "Anna"]);
    // Taken, look-alikes too: the next free variant.
    const other = client();
    other.emit("join", { username: "ANNA" });
    await anna.hear("userJoined", { username: "ANNA 2" });
    await other.hear("userJoined", { username: "ANNA 2" });
    assert.deepEqual(new Set(await chat.names()), new Set(["Olga", "Anna", "ANNA 2"]));

    anna.emit("sendMessage", { text: HTML });
    for (const one of [anna, other]) {
      const said = await one.hear("message", { user: "Anna", text: HTML });
      assert.match(said.timestamp, /^\d\d:\d\d:\d\d$/);
      assert(!("room" in said));
    }
    await chat.hear("message", { message: { text: HTML, user: { id: came.userId } } });
    await chat.say("hello from the page");
    await anna.hear("message", { user: "Olga", text: "hello from the page" });

    anna.emit("typing", {});
    await other.hear("userTyping", { username: "Anna" });
    await chat.hear("user-typing", { user: { name: "Anna" }, on: true });
    anna.never("userTyping");
    await chat.ask("typing", { room: "general", on: true });
    await anna.hear("userTyping", { username: "Olga" });

    assert((await anna.ask("joinRoom", { room: "tea", username: "Anna" })).ok);
    other.emit("joinRoom", { room: "Tea", username: "Anna" });
    await anna.hear("userJoinedRoom", { username: "ANNA 2", room: "tea" });
    other.emit("roomMessage", { room: "Tea", message: "green" });
    await anna.hear("message", { user: "ANNA 2", text: "green", room: "tea" });
    await other.hear("message", { user: "ANNA 2", text: "green", room: "Tea" });
    other.emit("leaveRoom", { room: "Tea", username: "x" });
    await anna.hear("userLeftRoom", { username: "ANNA 2", room: "tea" });
    other.never("userLeftRoom");
    anna.emit("roomMessage", { room: "tea", message: "alone" });
    await anna.hear("message", { text: "alone" });
    other.never("message", { text: "alone" });

    // Broken input is answered and nobody else notices.
    anna.emit("sendMessage", { text: "  " });
    await anna.hear("error", { code: "validation", details: { reason: "empty" } });
    anna.emit("sendMessage", { text: "x".repeat(5001) });
    await anna.hear("error", { details: { reason: "too-long", max: 5000 } });
    anna.emit("sendMessage");
    await anna.hear("error", { details: { reason: "malformed" } });
    anna.emit("new message", "of another dialect");
    await anna.hear("error", { code: "validation" });
    assert.equal((await anna.ask("sendMessage", {})).error.code, "validation");
    assert.deepEqual(await anna.ask("sendMessage", { text: "with an ack" }), { ok: true });
    await other.hear("message", { text: "with an ack" });
    const bad = client();
    bad.emit("join", { username: "x".repeat(21) });
    await bad.hear("error", { details: { reason: "too-long" } });
    bad.emit("join", { username: "a\u202eb" });
    await bad.hear("error", { details: { reason: "characters" } });
    bad.emit("join", { username: "Bo" });
    await anna.hear("userJoined", { username: "Bo" });
    other.never("error");
    // What a client could not say before it was connected comes before its join.
    const early = client();
    early.emit("sendMessage", { text: "early" });
    early.emit("join", { username: "Cid" });
    assert.match((await anna.hear("message", { text: "early" })).user, /^Guest/);
    await anna.hear("userJoined", { username: "Cid" });
    early.emit("sendMessage", { text: "late" });
    await anna.hear("message", { user: "Cid", text: "late" });

    other.socket.close();
    await anna.hear("userLeft", { username: "ANNA 2" });
    await anna.hear("userList", ["Olga", "Anna", "Bo", "Cid"]);
    await chat.hear("room-presence", { action: "offline", user: { name: "ANNA 2" } });
  },

  async classic() {
    const chat = await olga();
    const anna = client();
    anna.emit("typing");
    anna.emit("add user", "Anna");
    assert.deepEqual(await anna.hear("login"), { numUsers: 2, users: 2 });
    const bo = client();
    bo.emit("add user", "Bo");
    await bo.hear("login", { numUsers: 3 });
    assert.deepEqual(await anna.hear("user joined"), { username: "Bo", numUsers: 3, users: 3 });
    await chat.hear("user-joined", { user: { name: "Bo" } });
    bo.never("user joined");
    anna.emit("new message", HTML);
    assert.deepEqual(await bo.hear("new message"), { username: "Anna", message: HTML });
    await chat.hear("message", { message: { text: HTML } });
    await chat.say("from the page");
    for (const one of [anna, bo]) await one.hear("new message", { username: "Olga", message: "from the page" });
    anna.never("new message", { username: "Anna" });
    anna.emit("typing");
    await bo.hear("typing", { username: "Anna" });
    anna.emit("stop typing");
    await bo.hear("stop typing", { username: "Anna" });
    await chat.hear("user-typing", { on: false });
    anna.never("typing");
    // Silence ends it.
    bo.emit("typing");
    await anna.hear("typing", { username: "Bo" });
    await anna.hear("stop typing", { username: "Bo" });
    anna.emit("new message", "");
    await anna.hear("error", { code: "validation" });
    anna.emit("add user", { name: "x" });
    await anna.hear("error", { code: "validation" });
    bo.socket.close();
    assert.deepEqual(await anna.hear("user left"), { username: "Bo", numUsers: 2, users: 2 });
    await anna.ask("new message", "still here");
    bo.never("error");
  },

  async plain() {
    const chat = await olga();
    const [one, two] = [client(), client()];
    await Promise.all([one.ready(), two.ready()]);
    one.emit("message", { text: HTML });
    const said = await one.hear("message", { text: HTML });
    assert.match(said.timestamp, ISO);
    assert.match(said.userId, UUID);
    // Before its first event a socket hears who speaks, too.
    const name = (await two.hear("message", { text: HTML, userId: said.userId })).user;
    assert.match(name, /^Guest \d{4}/);
    await two.hear("new message", { username: name, message: HTML });
    await chat.hear("message", { message: { user: { id: said.userId, guest: true, name } } });
    two.emit("message", "bare");
    const bare = await one.hear("message", { text: "bare" });
    assert.notEqual(bare.userId, said.userId);
    assert(!("user" in bare));
    await chat.say("from the page");
    await two.hear("message", { text: "from the page" });
    one.emit("room-message", { room: "tea", text: "in the room" });
    await one.hear("message", { text: "in the room", room: "tea" });
    two.emit("room-message", { room: "tea", text: "me too" });
    await one.hear("message", { text: "me too", room: "tea" });
    two.never("message", { text: "in the room" });
    for (const broken of [{}, { text: "" }, { text: 7 }, 7, null]) one.emit("message", broken);
    for (let i = 0; i < 5; i += 1) await one.hear("error", { code: "validation" });
    two.never("error");
  },

  async lesson() {
    const chat = await olga();
    const [anna, bo] = [client("", { auth: { token } }), client("", { auth: { token: "your-jwt-here" } })];
    await Promise.all([anna.ready(), bo.ready()]);
    await chat.say("not for those who come with a token");
    anna.emit("join-room", { roomId: "general" });
    assert.deepEqual(await anna.hear("room-joined"), { roomId: "general" });
    bo.emit("join-room", { roomId: "general" });
    await bo.hear("room-joined");
    const came = await anna.hear("room-presence", { roomId: "general", usersCount: 2, action: "joined" });
    await bo.hear("room-presence", { userId: came.userId });
    bo.emit("message", { roomId: "general", content: HTML, type: "text" });
    const said = await anna.hear("message", { content: HTML, userId: came.userId });
    assert.match(said.timestamp, ISO);
    assert.match(said.id, UUID);
    assert.match(said.username, /^Guest/);
    await bo.hear("message", { id: said.id });
    // Olga's account, by her token.
    anna.emit("message", { roomId: "general", content: "it is me" });
    await chat.hear("message", { message: { text: "it is me", user: { name: "Olga", guest: false } } });
    await bo.hear("message", { username: "Olga", content: "it is me" });
    bo.emit("typing", { roomId: "general" });
    await anna.hear("user-typing", { userId: came.userId, username: said.username });
    // What a client flushes before it joins again brings it in.
    bo.emit("message", { roomId: "lab", content: "first" });
    await bo.hear("message", { content: "first" });
    anna.never("message", { content: "first" });
    anna.never("message", { content: "not for those who come with a token" });
    for (const roomId of ["-x", "a b", "", "dm:1"]) {
      anna.emit("join-room", { roomId });
      const error = await anna.hear("error");
      assert.equal(error.code, "validation");
      assert.equal(typeof error.message, "string");
    }
    anna.emit("message", { roomId: "general", content: "x".repeat(5001) });
    await anna.hear("error", { details: { reason: "too-long" } });
    // A room that one may not see is not there.
    const hers = (await chat.ask("create-room", { name: "Secret", private: true })).room;
    for (const roomId of [hers.slug, hers.id]) {
      anna.emit("join-room", { roomId });
      await anna.hear("error", { code: "not-found" });
    }
    bo.emit("leave-room", { roomId: "general" });
    await anna.hear("user-left", { userId: came.userId, username: said.username });
    await anna.hear("room-presence", { roomId: "general", action: "left" });
    await anna.ask("message", { roomId: "general", content: "gone" });
    bo.never("message", { content: "gone" });
  },

  async rooms() {
    const chat = await olga();
    const [anna, bo] = [client(), client()];
    await anna.hear("welcome");
    anna.emit("join-room", { roomId: "Lobby", userData: { name: "Anna", avatar: "x.png" } });
    const joined = await anna.hear("room-joined", { roomId: "Lobby" });
    assert.deepEqual(joined.users.map((user) => Object.keys(user)), [["id", "name"]]);
    bo.emit("join-room", { roomId: "lobby", userData: { username: "Anna" } });
    await bo.hear("room-joined", { roomId: "lobby" });
    const came = await anna.hear("user-joined", { user: { name: "Anna 2" } });
    assert.deepEqual(came.users.map((user) => user.name), ["Anna", "Anna 2"]);
    bo.never("user-joined");
    anna.emit("room-message", { roomId: "Lobby", message: HTML });
    assert.deepEqual(await bo.hear("room-message"), { message: HTML, sender: joined.users[0].id });
    anna.never("room-message");
    await chat.ask("join-room", { room: "lobby" });
    await anna.hear("user-joined", { user: { name: "Olga" } });
    await chat.say("from the page", "lobby");
    await anna.hear("room-message", { message: "from the page" });
    anna.emit("message", { type: "text", content: "echo" });
    await anna.hear("reply");
    bo.never("reply");
    anna.emit("room-message", { roomId: "Lobby", message: "" });
    await anna.hear("validation-error", { details: { reason: "empty" } });
    anna.emit("room-message", { roomId: "Lobby" });
    const wrong = await anna.hear("validation-error");
    assert.equal(typeof wrong.message, "string");
    anna.emit("join-room", { roomId: randomUUID() });
    await anna.hear("error", { code: "not-found" });
    const strange = client();
    strange.emit("room-message", { roomId: "Lobby" });
    await strange.hear("validation-error");
    bo.emit("leave-room");
    await bo.hear("room-left");
    const left = await anna.hear("user-left");
    assert.deepEqual(left.users.map((user) => user.name).sort(), ["Anna", "Olga"]);
    bo.emit("leave-room");
    await bo.hear("validation-error");
  },

  async todo() {
    const chat = await olga();
    const [one, two] = [client(), client()];
    one.emit("todo:get");
    assert.deepEqual(await one.hear("todos"), []);
    await two.ready();
    one.emit("todo:add", HTML);
    const [first] = await two.hear("todos");
    assert.deepEqual(Object.keys(first), ["id", "title"]);
    assert.equal(first.title, HTML);
    await one.hear("todos", [first]);
    await chat.hear("todo", { rev: 1, removed: false, todo: { id: first.id, done: false } });
    const added = await chat.ask("todo-add", { room: "general", title: "from the page" });
    assert(added.ok);
    await one.hear("todos", [first, { title: "from the page" }]);
    assert((await chat.ask("todo-done", { room: "general", todo: first.id, done: true })).todo.done);
    one.emit("todo:remove", first.id);
    await chat.hear("todo", { rev: 4, removed: true, todo: { id: first.id } });
    await two.hear("todos", [{ id: added.todo.id }]);
    const listed = await chat.ask("todos", { room: "general" });
    assert.deepEqual([listed.rev, listed.todos.length], [4, 1]);
    for (const title of ["", " ", "x".repeat(501), 7, null]) one.emit("todo:add", title);
    for (let i = 0; i < 5; i += 1) await one.hear("error", { code: "validation" });
    for (const id of [first.id, "7"]) {
      one.emit("todo:remove", id);
      await one.hear("error", { code: "not-found" });
    }
    two.never("error");
    await chat.say("a to-do list hears no talk");
    await one.ask("todo:add", "last");
    one.never("message");
  },

  // Everyone in one room, each in their own words.
  async mixed() {
    const chat = await olga();
    const guide = client();
    const classic = client("/room/general");
    const lesson = client();
    const rooms = client();
    const plain = client();
    guide.emit("join", { username: "Gia" });
    await guide.hear("userJoined", { username: "Gia" });
    classic.emit("add user", "Cleo");
    await guide.hear("userJoined", { username: "Cleo" });
    lesson.emit("join-room", { roomId: "general" });
    await lesson.hear("room-joined");
    await classic.hear("user joined", { numUsers: 4 });
    rooms.emit("join-room", { roomId: "general", userData: { name: "Rob" } });
    const there = await rooms.hear("room-joined");
    assert(["Olga", "Gia", "Cleo", "Rob"].every((name) => there.users.some((user) => user.name === name)));
    await lesson.hear("room-presence", { usersCount: 5 });
    plain.emit("message", "hello");
    await guide.hear("message", { text: "hello" });
    await chat.hear("message", { message: { text: "hello" } });
    const speakers = {
      guide: () => guide.emit("sendMessage", { text: "guide" }),
      classic: () => classic.emit("new message", "classic"),
      lesson: () => lesson.emit("message", { roomId: "general", content: "lesson" }),
      rooms: () => rooms.emit("room-message", { roomId: "general", message: "rooms" }),
      plain: () => plain.emit("message", { text: "plain" }),
      chat: () => chat.say("chat"),
    };
    for (const [who, speak] of Object.entries(speakers)) {
      speak();
      await guide.hear("message", { text: who });
      if (who !== "classic") await classic.hear("new message", { message: who });
      await lesson.hear("message", { content: who });
      if (who !== "rooms") await rooms.hear("room-message", { message: who });
      await plain.hear("message", { text: who });
      await chat.hear("message", { message: { text: who } });
    }
    classic.never("new message", { message: "classic" });
    rooms.never("room-message", { message: "rooms" });
    classic.emit("typing");
    await guide.hear("userTyping", { username: "Cleo" });
    await lesson.hear("user-typing", { username: "Cleo" });
    await chat.hear("user-typing", { user: { name: "Cleo" } });
    guide.socket.close();
    await classic.hear("user left", { username: "Gia" });
    await lesson.hear("user-left", { username: "Gia" });
    await rooms.hear("user-left");
    for (const id of [guide, classic, lesson, rooms, plain].map((one) => one.socket.id).filter(Boolean)) {
      for (const one of [chat, classic, lesson, rooms, plain]) one.never("message", { userId: id });
    }
  },

  // A namespace exists as long as its room.
  async namespaces() {
    const chat = await olga();
    const refused = (path) =>
      within(new Promise((done) => client(path).socket.once("connect_error", (error) => done(error.message))), "a refusal");
    assert.equal(await refused("/room/tea"), "Invalid namespace");
    const made = (await chat.ask("create-room", { name: "Tea" })).room;
    const tea = client("/room/tea");
    await tea.ready();
    tea.emit("message", "in its own room");
    await chat.hear("message", { room: made.id, message: { text: "in its own room" } });
    const gone = within(new Promise((done) => tea.socket.once("disconnect", done)), "disconnect");
    await chat.ask("delete-room", { room: made.id });
    assert.equal(await gone, "io server disconnect");
    assert.equal(await refused("/room/tea"), "Invalid namespace");
    const secret = (await chat.ask("create-room", { name: "Secret", private: true })).room;
    assert.equal(await refused(`/room/${secret.slug}`), "Invalid namespace");
  },

  // The tutorials' clients send their join again whenever they are connected. Our starter says when it has
  // killed the server and started it again.
  async return() {
    const chat = await olga();
    chat.socket.on("connect", () => chat.ask("join-room", { room: "general" }));
    const guide = client();
    guide.socket.on("connect", () => guide.emit("join", { username: "Gia" }));
    const id = (await guide.hear("userJoined", { username: "Gia" })).userId;
    const classic = client();
    classic.socket.on("connect", () => classic.emit("add user", "Cleo"));
    await classic.hear("login", { numUsers: 3 });
    const lesson = client();
    lesson.socket.on("connect", () => lesson.emit("join-room", { roomId: "general" }));
    await lesson.hear("room-joined");
    // A cut connection: silence for everyone.
    const again = within(new Promise((done) => guide.socket.once("connect", done)), "connect");
    guide.socket.io.engine.close();
    await again;
    await guide.ask("sendMessage", { text: "back" });
    await classic.hear("new message", { username: "Gia", message: "back" });
    classic.never("user joined", { username: "Gia" });
    classic.never("user left");
    assert.equal(guide.count("userJoined", { userId: id }), 1);

    console.log("ready");
    await classic.hear("login");
    await lesson.hear("room-joined");
    await guide.ask("sendMessage", { text: "after the restart" });
    await classic.hear("new message", { username: "Gia", message: "after the restart" });
    await lesson.hear("message", { username: "Gia", content: "after the restart" });
    const members = (await chat.ask("join-room", { room: "general" })).members;
    const named = (name) => members.filter((member) => member.name.startsWith(name));
    assert.deepEqual(named("Gia").map((member) => member.id), [id]);
    assert.equal(named("Cleo").length, 1);
    const list = await guide.hear("userList");
    assert(new Set(list).size === list.length, String(list));
  },
};

await scenarios[scenario]();
for (const socket of open) socket.close();
console.log(`played ${scenario}`);
