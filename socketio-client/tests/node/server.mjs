// The reference server. One argument: JSON with Socket.IO's own options, `port` (0: any) and `recovery`.
// Prints the port when it listens, then obeys lines on standard input; ends with it.
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { Server } from "socket.io";

const { port = 0, recovery = false, ...options } = JSON.parse(process.argv[2] ?? "{}");
if (recovery) options.connectionStateRecovery = {};

const http = createServer();
const io = new Server(http, options);

function serve(socket) {
  socket.on("echo", (...args) => {
    const ack = typeof args.at(-1) === "function" ? args.pop() : undefined;
    if (ack) ack(...args);
    else socket.emit("echo", ...args);
  });
  socket.on("auth", (ack) => ack(socket.handshake.auth));
  socket.on("handshake", (ack) => ack({ query: socket.handshake.query, headers: socket.handshake.headers }));
  socket.on("ask", (value) => {
    socket.timeout(5000).emit("question", value, (error, ...answer) => {
      socket.emit("answered", error ? "timeout" : answer);
    });
  });
  socket.on("flood", (count) => {
    for (let number = 0; number < count; number++) socket.emit("number", number);
  });
  socket.on("kick", () => socket.disconnect());
  socket.on("kick all", () => socket.disconnect(true));
  socket.on("cut", () => socket.conn.transport.doClose ? socket.conn.close() : undefined);
  socket.on("silent", () => {});
}

io.on("connection", serve);
io.of("/other").on("connection", serve);
io.of("/refused").use((_, next) => {
  const error = new Error("not you");
  error.data = { code: 7 };
  next(error);
});
let rest = 1;
io.of("/later").use((_, next) => {
  const error = new Error("later");
  error.data = { retryAfter: 50 };
  next(rest-- > 0 ? error : undefined);
});

const commands = {
  broadcast: (value) => io.emit("broadcast", value),
  // Stops pings without closing anything, as a network that swallows everything does.
  freeze: () => {
    for (const socket of Object.values(io.engine.clients)) clearTimeout(socket.pingIntervalTimer), (socket.sendPacket = () => {});
  },
  clients: () => console.log(JSON.stringify({ clients: io.engine.clientsCount })),
};

createInterface({ input: process.stdin })
  .on("line", (line) => {
    const [name, value] = JSON.parse(line);
    commands[name](value);
  })
  .on("close", () => process.exit(0));

http.listen(port, "127.0.0.1", () => console.log(JSON.stringify({ port: http.address().port })));
