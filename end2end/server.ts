import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { statSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";

const TARGET = resolve(import.meta.dirname, "../target");

/** What was built last, unless BESEDA says otherwise. */
export const PROGRAM = process.env.BESEDA ?? newest([join(TARGET, "release/beseda"), join(TARGET, "debug/beseda")]);

function newest(programs: string[]): string {
  const age = (path: string) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return programs.reduce((one, other) => (age(other) > age(one) ? other : one));
}

/** Tests are quicker than people; those of limits set their own. */
const UNLIMITED = ["message", "message-burst", "typing", "join", "create-room", "login", "search", "upload", "connect", "event"]
  .map((name) => `${name}=off`)
  .join(",");

/** The real program, with a data directory of its own. */
export class Server {
  url = "";
  log = "";
  private program: ChildProcess | undefined;

  private constructor(
    readonly dataDir: string,
    private readonly flags: string[],
    private address = "127.0.0.1:0",
  ) {}

  static async start(flags: string[] = []): Promise<Server> {
    const server = new Server(await mkdtemp(join(tmpdir(), "beseda-")), flags);
    await server.start();
    return server;
  }

  /** Starts, after a kill at the same address. */
  async start(): Promise<void> {
    const args = ["--address", this.address, "--data-dir", this.dataDir, "--limit", UNLIMITED, ...this.flags];
    this.program = spawn(PROGRAM, args, {
      // In an empty directory: what a release build serves must come from inside the program.
      cwd: this.dataDir,
      stdio: ["ignore", "pipe", "pipe"],
      // Only a debug build reads its page from there.
      env: { LEPTOS_SITE_ROOT: process.env.SITE ?? join(TARGET, "site") },
    });
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

  /** As an upgrade does it. */
  async terminate(): Promise<void> {
    await this.end("SIGTERM");
  }

  /** Takes everything and answers nothing, until it goes on. */
  pause(): void {
    this.program?.kill("SIGSTOP");
  }

  goOn(): void {
    this.program?.kill("SIGCONT");
  }

  /** Another command of the program, on the same data: `run("backup", file)`. */
  async run(...command: string[]): Promise<void> {
    const program = spawn(PROGRAM, [...command, "--data-dir", this.dataDir], { stdio: "inherit" });
    const [status] = await once(program, "exit");
    if (status !== 0) throw new Error(`${command.join(" ")} ended with ${status}`);
  }

  async stop(): Promise<void> {
    await this.terminate();
    await rm(this.dataDir, { recursive: true, force: true });
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const program = this.program;
    if (!program || program.exitCode !== null || program.signalCode !== null) return;
    const ended = once(program, "exit");
    program.kill(signal);
    program.kill("SIGCONT");
    await ended;
  }
}
