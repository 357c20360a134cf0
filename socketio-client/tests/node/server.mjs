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
  socket.on("echo", (value) => socket.emit("echo", value));
  socket.on("give back", (value, ack) => ack(value));
  socket.on("auth", (ack) => ack(socket.handshake.auth));
  socket.on("handshake", (ack) => ack({ query: socket.handshake.query, headers: socket.handshake.headers }));
  socket.on("ask", (value) => {
    socket.timeout(5000).emit("question", value, (error, ...answer) => {
      socket.emit("answered", error ? "timeout" : answer[0]);
    });
  });
  socket.on("flood", (count) => {
    for (let number = 0; number < count; number++) socket.emit("number", number);
  });
  socket.on("kick", () => socket.disconnect());
  socket.on("shout", (value) => socket.broadcast.emit("shouted", value));
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
  clients: () => console.log(JSON.stringify({ clients: io.engine.clientsCount })),
};

createInterface({ input: process.stdin })
  .on("line", (line) => {
    const [name, value] = JSON.parse(line);
    commands[name](value);
  })
  .on("close", () => process.exit(0));

http.listen(port, "127.0.0.1", () => console.log(JSON.stringify({ port: http.address().port })));
