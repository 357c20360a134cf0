// What every test server does with its clients, in both halves of the tests.

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

export function populate(io) {
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
}
