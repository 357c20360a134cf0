import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, type Person, type Program, type Said } from "./fixtures.ts";
import type { Server } from "./server.ts";

const run = promisify(execFile);

/** `count` texts that differ: "word 1", "word 2", … */
export function texts(word: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${word} ${index + 1}`);
}

/** One after the other, so that they stand in this order. */
export async function sayAll(program: Program, texts: string[], room = "general"): Promise<Said[]> {
  const said: Said[] = [];
  for (const text of texts) said.push(await program.say(text, { room }));
  return said;
}

/** Has them said at another time than they were. */
export async function backdate(server: Server, times: [Said, string][]): Promise<void> {
  const rows = times.map(([message, at]) => [Date.parse(at), message.id.replaceAll("-", "")]);
  const change = `
import json, sqlite3, sys
with sqlite3.connect(sys.argv[1], timeout=10) as base:
    rows = [(at, bytes.fromhex(id)) for at, id in json.loads(sys.argv[2])]
    assert base.executemany("UPDATE messages SET at = ? WHERE id = ?", rows).rowcount == len(rows)`;
  await run("python3", ["-c", change, join(server.dataDir, "beseda.sqlite"), JSON.stringify(rows)]);
}

/** Loads a page of the chat, and waits until it has come alive. */
export async function open(person: Person, path = "/room/general"): Promise<void> {
  await person.page.goto(path);
  await person.isLive();
}

/** The server knows that they have read the room to its end. */
export async function hasRead(person: Person, room: string): Promise<void> {
  await expect(async () => {
    const { rooms } = await person.ask("GET", "/rooms");
    const { lastSeq, readSeq } = rooms.find(({ slug }: { slug: string }) => slug === room);
    expect(readSeq).toBe(lastSeq);
  }).toPass();
}
