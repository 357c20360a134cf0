// Answers whoever calls it by its name. It needs Node.js 20 and `npm install socket.io-client`.
import { io } from "socket.io-client";

const { BESEDA = "http://127.0.0.1:3000", NAME = "Echo", PASSWORD } = process.env;
const response = await fetch(`${BESEDA}/api/v1/session`, {
  method: "POST",
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify({ name: NAME, password: PASSWORD }),
});
const { token, error } = await response.json();
if (error) throw new Error(error.message);

const chat = io(`${BESEDA}/chat`, { auth: { token } });
const notifications = io(`${BESEDA}/notifications`, { auth: { token } });
chat.on("connect", () => chat.emit("join-room", { room: "general" }));

notifications.on("notification", async ({ id, kind, room, message }) => {
  if (kind !== "mention") return;
  // The answer's id is the notification's: called once and told twice, it answers once.
  const { ok } = await chat.emitWithAck("message", { room, id, replyTo: message, text: "You called?" });
  if (ok) notifications.emit("dismiss", { id });
});
