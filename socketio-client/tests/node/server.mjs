// The reference server. One argument: JSON with Socket.IO's own options, `port` (0: any) and `recovery`.
// Prints the port when it listens, then obeys lines on standard input; ends with it.
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { Server } from "socket.io";
import { populate } from "./events.mjs";

const { port = 0, recovery = false, ...options } = JSON.parse(process.argv[2] ?? "{}");
if (recovery) options.connectionStateRecovery = {};

const http = createServer();
const io = new Server(http, options);

populate(io);

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
