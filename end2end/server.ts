import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";

const PROGRAM = resolve(import.meta.dirname, process.env.BESEDA ?? "../target/release/beseda");

/** The real program, with a data directory of its own. */
export class Server {
  url = "";
  log = "";
  private program: ChildProcess | undefined;

  private constructor(
    private readonly dataDir: string,
    private address = "127.0.0.1:0",
  ) {}

  static async start(): Promise<Server> {
    const server = new Server(await mkdtemp(join(tmpdir(), "beseda-")));
    await server.start();
    return server;
  }

  /** Starts, after a kill at the same address. */
  async start(): Promise<void> {
    const args = ["--address", this.address, "--data-dir", this.dataDir];
    // Only a debug build reads its page from there.
    const env = process.env.LEPTOS_SITE_ROOT ? { LEPTOS_SITE_ROOT: process.env.LEPTOS_SITE_ROOT } : {};
    // In an empty directory: what is served must come from inside the program.
    this.program = spawn(PROGRAM, args, { cwd: this.dataDir, stdio: ["ignore", "pipe", "pipe"], env });
    this.program.stderr!.on("data", (text) => (this.log += text));
    for await (const line of createInterface(this.program.stdout!)) {
      if (line.startsWith("listening on ")) {
        this.url = line.slice("listening on ".length);
        this.address = new URL(this.url).host;
        return;
      }
    }
    throw new Error(`${PROGRAM} did not start:\n${this.log}`);
  }

  /** As a power cut does it. */
  async kill(): Promise<void> {
    await this.end("SIGKILL");
  }

  async stop(): Promise<void> {
    await this.end("SIGTERM");
    await rm(this.dataDir, { recursive: true, force: true });
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const program = this.program;
    if (!program || program.exitCode !== null || program.signalCode !== null) return;
    const ended = once(program, "exit");
    program.kill(signal);
    await ended;
  }
}
