// Adds up what the test runners reported, as scripts/test left it in a directory: NAME.log (and playwright.json)
// and NAME.status, the exit status. Names what failed, prints 'N passed, N failed', and fails when anything failed
// or nothing ran.
//
//   node scripts/count.mjs DIRECTORY

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { failures, plain, told } from "./failures.mjs";

const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);
const all = (text, pattern) => sum([...text.matchAll(pattern)].map(([, number]) => Number(number)));

/** Each reads one runner's report and says how many tests passed and failed; null where there is no summary. */
export const READERS = {
  nextest(log) {
    // Summary [ 1.2s] 7 tests run: 5 passed (1 slow), 1 failed, 1 timed out, 0 skipped
    const summary = plain(log).match(/^\s*Summary \[.*?\] .*tests? run: (.*)$/m)?.[1];
    if (summary === undefined) return /no tests to run/.test(log) ? { passed: 0, failed: 0 } : null;
    return { passed: all(summary, /(\d+) passed/g), failed: all(summary, /(\d+) (?:failed|timed out|exec failed)/g) };
  },
  "page-client"(log) {
    return READERS.nextest(log);
  },
  doctest(log) {
    // test result: ok. 2 passed; 0 failed; 0 ignored; ...
    if (!log.includes("test result: ")) return null;
    const results = plain(log).split("\n").filter((line) => line.startsWith("test result: ")).join("\n");
    return { passed: all(results, /(\d+) passed/g), failed: all(results, /(\d+) failed/g) };
  },
  "client-in-browser"(log) {
    // ok NAME, FAILED NAME
    const results = plain(log).split("\n");
    const starting = (word) => results.filter((line) => line.startsWith(word)).length;
    return { passed: starting("ok "), failed: starting("FAILED ") };
  },
  playwright(json) {
    const { stats, errors = [] } = JSON.parse(json);
    return { passed: stats.expected + stats.flaky, failed: stats.unexpected + errors.length };
  },
};

/** What one runner adds: at least one failure when it ended badly, whatever its report says. */
export function count(runner, report, status) {
  const counted = (report && READERS[runner](report)) || { passed: 0, failed: 0 };
  return status === 0 || counted.failed > 0 ? counted : { ...counted, failed: 1 };
}

function main(directory) {
  const runners = readdirSync(directory).filter((file) => file.endsWith(".status")).map((file) => file.slice(0, -".status".length));
  const read = (name) => existsSync(join(directory, name)) && readFileSync(join(directory, name), "utf8");
  const total = { passed: 0, failed: 0 };
  const named = [];
  for (const runner of runners) {
    const log = read(`${runner}.log`) || "";
    const report = runner === "playwright" ? read("playwright.json") : log;
    const status = Number(read(`${runner}.status`));
    const { passed, failed } = count(runner, report, status);
    named.push(...failures(runner, report, log, status));
    console.log(`${runner}: passed ${passed}, failed ${failed}${status ? `, exit status ${status}` : ""}`);
    total.passed += passed;
    total.failed += failed;
  }
  for (const line of told(named)) console.log(line);
  console.log(`${total.passed} passed, ${total.failed} failed`);
  if (total.failed > 0 || total.passed === 0) process.exitCode = 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main(process.argv[2]);
