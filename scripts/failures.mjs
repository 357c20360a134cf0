// Names the tests that failed, and those that passed only when they were tried again (SHAKY), from what their
// runners reported, in so few lines that they survive where only the end of a log is kept.

const LINES = 12;
const WIDTH = 180;

export const plain = (text) => text.replaceAll(/\x1b\[[0-9;]*m/g, "");
const linesOf = (text) => plain(text).split("\n").map((line) => line.trim()).filter(Boolean);
const matches = (log, pattern) => linesOf(log).flatMap((line) => line.match(pattern)?.[1] ?? []);
const silent = (name) => ({ name, said: [] });

/** Each finds in one runner's report what failed: `name`, and the lines that it `said`, the telling ones first. */
const FINDERS = {
  nextest(log) {
    const lines = linesOf(log);
    const end = lines.findLastIndex((line) => line.startsWith("Summary ["));
    // FAIL [ 0.4s] (405/642) server::integration api::documents; so, too, TIMEOUT, SIGSEGV and the like. What
    // failed stands after the summary once more, beside what was slow.
    const failed = /^(?!PASS|SLOW|LEAK |FLAKY)[A-Z][A-Z0-9-]* +\[.*?\] (?:\(.*?\) )?(.+)$/;
    // FLAKY 2/2 [ 0.4s] (405/642) server::integration api::documents
    const repeated = /^FLAKY .*?\] (?:\(.*?\) )?(.+)$/;
    const named = (pattern) => [...new Set(end < 0 ? [] : lines.slice(end + 1).flatMap((line) => line.match(pattern)?.[1] ?? []))];
    const bad = named(failed).map((name) => ({ name, said: panic(lines, name) }));
    return [...bad, ...named(repeated).map((name) => ({ name, said: panic(lines, name), shaky: true }))];
  },
  "page-client": (log) => FINDERS.nextest(log),
  // test chat/src/lib.rs - think (line 7) ... FAILED
  doctest: (log) => matches(log, /^test (.+) \.\.\. FAILED$/).map(silent),
  "client-in-browser": (log) => matches(log, /^FAILED (.+)$/).map(silent),
  playwright(json) {
    const { suites = [], errors = [] } = JSON.parse(json);
    return [...errors.map((error) => ({ name: "before the tests", said: errorLines(error) })), ...suites.flatMap(unexpected)];
  },
};

/** What was said where the test panicked; its thread is called as it is. */
function panic(lines, name) {
  const thread = `thread '${name.split(" ").pop()}'`;
  const at = lines.findIndex((line) => line.startsWith(thread) && line.includes(" panicked at "));
  if (at < 0) return [];
  const rest = lines.slice(at + 1, at + 12);
  const over = rest.findIndex((line) => /^(stack backtrace:|note: run with|[A-Z]+ +\[)/.test(line));
  return [...(over < 0 ? rest : rest.slice(0, over)), lines[at].replace(/^.* panicked at /, "at ")];
}

/** Of a suite, a file's or what stands inside. */
function unexpected(suite) {
  const bad = (suite.specs ?? []).filter(({ tests }) => tests.some(({ status }) => status === "unexpected" || status === "flaky"));
  const own = bad.map(({ file, line, title, tests }) => {
    const results = tests.flatMap(({ results }) => results);
    const shaky = tests.every(({ status }) => status !== "unexpected");
    return { ...(shaky && { shaky }), name: `${file}:${line} ${title}`, said: results.flatMap(({ errors }) => errors.flatMap(errorLines)) };
  });
  return [...own, ...(suite.suites ?? []).flatMap(unexpected)];
}

function errorLines({ message = "", location }) {
  const [first = "", ...rest] = linesOf(message);
  const place = location ? [`at ${location.file.split("/").slice(-2).join("/")}:${location.line}`] : [];
  // Neither the code around it, nor the legend of a comparison.
  const idle = /^(>? ?\d+ \||\||at |expect\(received\)|- Expected +- \d|\+ Received +\+ \d|Call log:|Timeout:)/;
  return [first, ...place, ...rest.filter((line) => !idle.test(line))];
}

/** A runner that ended badly and names no test said why, at its end. */
export function failures(runner, report, log, status) {
  const named = (report && FINDERS[runner](report)) || [];
  if (named.length > 0 || status === 0) return named.map((one) => ({ ...one, name: `${runner}: ${one.name}` }));
  const lines = linesOf(log);
  const errors = lines.filter((line) => /^error\b/i.test(line));
  return [{ name: `${runner}: exit status ${status}`, said: errors.length > 0 ? errors : lines.slice(-5) }];
}

/** As many names as there is room for, and of what each said as much as there is room for then. */
export function told(failed) {
  const shown = failed.length > LINES ? failed.slice(0, LINES - 1) : failed;
  const room = Math.floor(LINES / Math.max(shown.length, 1)) - 1;
  const lines = shown.flatMap(({ name, said, shaky }) => [`${shaky ? "SHAKY" : "FAILED"} ${name}`, ...said.slice(0, room).map((line) => `    ${line}`)]);
  if (shown.length < failed.length) lines.push(`and ${failed.length - shown.length} more`);
  return lines.map((line) => (line.length > WIDTH ? `${line.slice(0, WIDTH - 1)}…` : line));
}
