// The chat as people would write it with socket.io: guests with a token, rooms, messages with an acknowledgement, and
// what one missed. The events are Beseda's; presence, limits, search and the rest are not here.
//
//   node server.mjs IP:PORT [FILE]        with a file everything is kept in it (SQLite), else in memory

import { randomBytes, randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { Server } from "socket.io";
import { Memory } from "./memory.mjs";

const PAGE = 200;
const LONGEST = 5_000;
const [address, file] = process.argv.slice(2);
const [host, port] = address.split(":");
const store = file ? new (await import("./sqlite.mjs")).Sqlite(file) : new Memory();

const http = createServer((request, response) => {
  if (request.method !== "POST" || request.url !== "/api/v1/session") return void response.writeHead(404).end();
  let body = "";
  request.on("data", (part) => (body += part));
  request.on("end", () => {
    const { name } = JSON.parse(body);
    const person = { id: randomUUID(), name, role: "guest", guest: true, color: name.length % 12 };
    const token = randomBytes(32).toString("base64url");
    store.addPerson(person, token);
    const answer = JSON.stringify({ ok: true, user: person, token });
    response.writeHead(200, { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(answer) });
    response.end(answer);
  });
});

const chat = new Server(http, { serveClient: false }).of("/chat");

chat.use((socket, next) => {
  socket.data.person = store.person(socket.handshake.auth.token);
  next(socket.data.person ? undefined : new Error("unauthorized"));
});

chat.on("connection", (socket) => {
  const { person } = socket.data;

  socket.on("create-room", ({ name, maxUsers = 100 }, ack) => {
    const room = { id: randomUUID(), name, maxUsers };
    store.addRoom(room);
    ack({ ok: true, room });
  });

  socket.on("join-room", ({ room }, ack) => {
    const known = store.room(room);
    if (!known) return ack(refused("not-found", "there is no such room"));
    store.enter(room, person);
    socket.join(room);
    const rev = store.rev(room);
    const { id, name, maxUsers } = known;
    ack({ ok: true, room: { id, name, maxUsers }, messages: store.since(room, Math.max(0, rev - 50), 50), rev });
  });

  socket.on("message", ({ room, id, text }, ack) => {
    if (!store.isMember(room, person)) return ack(refused("forbidden", "only members may speak here"));
    if (typeof text !== "string" || !text.trim() || text.length > LONGEST) return ack(refused("validation", "1 to 5,000 characters"));
    const draft = { id: randomUUID(), room, seq: 0, rev: 0, clientId: id, user: person, kind: "text", text: text.trim(), at: Date.now() };
    const { message, again } = store.say(draft);
    if (!again) chat.to(room).emit("message", { room, rev: message.rev, message });
    ack({ ok: true, message });
  });

  socket.on("sync", ({ rooms }, ack) => {
    const changes = Object.entries(rooms).map(([room, since]) => {
      const messages = store.since(room, since, PAGE);
      const rev = messages.at(-1)?.rev ?? since;
      return [room, { messages, rev, complete: rev === store.rev(room) }];
    });
    ack({ ok: true, rooms: Object.fromEntries(changes) });
  });
});

const refused = (code, message) => ({ ok: false, error: { code, message } });

http.listen(Number(port), host);
