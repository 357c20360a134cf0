// Plays scenario.json with the official JavaScript client: node scenario.mjs URL TOKENS-AS-JSON
import { readFileSync } from "node:fs";
import { io } from "socket.io-client";

const [url, tokens] = [process.argv[2], JSON.parse(process.argv[3])];
const steps = JSON.parse(readFileSync(new URL("scenario.json", import.meta.url), "utf8"));
const saved = {};
const clients = {};

const filled = (text) =>
  JSON.parse(JSON.stringify(text ?? null).replace(/"\$(\w+)"/g, (_, name) => JSON.stringify(saved[name])));

function holds(actual, expected) {
  if (expected === null || typeof expected !== "object") return actual === expected;
  return Object.entries(expected).every(([key, value]) => actual != null && holds(actual[key], value));
}

function must(actual, step) {
  if (!holds(actual, filled(step.expect))) {
    throw new Error(`${JSON.stringify(step)}\nwas answered ${JSON.stringify(actual)}`);
  }
}

const within = (promise, what) =>
  Promise.race([promise, new Promise((_, no) => setTimeout(no, 20_000, new Error(`waited for ${what}`)).unref())]);

function connect(path, { auth, cookie }) {
  const extraHeaders = cookie ? { cookie: `beseda_session=${cookie}` } : {};
  const socket = io(url + path, { auth, extraHeaders, forceNew: true, reconnectionDelay: 10 });
  const heard = {};
  const waiting = {};
  socket.onAny((event, payload) => {
    const take = waiting[event]?.shift();
    if (take) take(payload);
    else (heard[event] ??= []).push(payload);
  });
  const next = (event) =>
    heard[event]?.length
      ? Promise.resolve(heard[event].shift())
      : new Promise((take) => (waiting[event] ??= []).push(take));
  return { socket, next };
}

// Of an event that comes more than once, the next that is as expected.
async function hear(step) {
  for (;;) {
    const payload = await clients[step.hear].next(step.event);
    if (holds(payload, filled(step.expect))) return;
  }
}

const connected = (socket) =>
  socket.connected ? Promise.resolve() : new Promise((done) => socket.once("connect", done));

let checks = 0;
for (const step of steps) {
  const what = JSON.stringify(step);
  if (step.say) continue;
  checks += 1;
  if (step.refused) {
    const auth = step.auth ?? { token: tokens[step.token] };
    const { socket } = connect(step.refused, { auth });
    const error = await within(new Promise((done) => socket.once("connect_error", done)), what);
    if (error.message !== step.because) throw new Error(`${what}: ${error.message}`);
    socket.close();
  } else if (step.connect) {
    const options = step.cookie ? { cookie: tokens[step.cookie] } : { auth: { token: tokens[step.token] } };
    clients[step.connect] = connect(step.to, options);
    await within(connected(clients[step.connect].socket), what);
  } else if (step.ask) {
    const { socket } = clients[step.ask];
    const answer = await within(socket.emitWithAck(step.event, filled(step.with)), what);
    must(answer, step);
    for (const [name, path] of Object.entries(step.save ?? {})) {
      saved[name] = path.split(".").reduce((value, key) => value[key], answer);
    }
  } else if (step.tell) {
    clients[step.tell].socket.emit(step.event, filled(step.with));
  } else if (step.hear) {
    await within(hear(step), what);
  } else if (step.cut) {
    const { socket } = clients[step.cut];
    const gone = new Promise((done) => socket.once("disconnect", done));
    socket.io.engine.close();
    await within(gone, what);
  } else if (step.back) {
    await within(connected(clients[step.back].socket), what);
  }
}
for (const { socket } of Object.values(clients)) socket.close();
console.log(`${checks} checks`);
