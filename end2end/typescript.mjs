// Node.js runs TypeScript with it: `node --import ./typescript.mjs size.ts`. By itself it can't before version 22,
// and later only where types can be left out without a word of code.
import { register } from "node:module";
import { isMainThread } from "node:worker_threads";
import ts from "typescript";

// What loads modules is a thread of its own, and loads this file there.
if (isMainThread) register(import.meta.url);

export async function load(url, context, next) {
  if (!url.endsWith(".ts")) return next(url, context);
  const { source } = await next(url, { ...context, format: "module" });
  const compilerOptions = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, inlineSourceMap: true };
  const { outputText } = ts.transpileModule(source.toString(), { compilerOptions, fileName: url });
  return { format: "module", source: outputText, shortCircuit: true };
}
