#!/usr/bin/env node
// Damaged files of every format: each must give an image or an error of ours, within 5 s and 1 GB, and never end the process.
// Each format is read by a process of its own that this one watches; the same numbers give the same files. Exits with 1
// where one falls over, and says which: --format NAME --only N reads that one alone. Needs a build (npx tsc -b packages/cli
// packages/testing). --record appends a row a format to results/fuzz.jsonl.
//
//   node benchmarks/fuzz.mjs [--count 10000] [--format NAME] [--only N] [--record]
import { fork } from "node:child_process";
import { appendFileSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { isCoreError } from "@cellwright/core";
import { damagedFiles, fuzzTargets } from "@cellwright/testing/fuzz";
import { itkTargets } from "./fuzz-itk.mjs";
import { surroundings } from "./study.mjs";

const { values: options } = parseArgs({
  options: {
    count: { type: "string", default: "10000" },
    format: { type: "string" },
    only: { type: "string" },
    record: { type: "boolean", default: false },
    child: { type: "boolean", default: false },
  },
});

const longest = 5000;
const largest = 2 ** 30;

const targets = [...(await fuzzTargets()), ...(await itkTargets())].filter(
  ({ name }) => options.format === undefined || name === options.format,
);
if (options.child) await readAll(targets[0]);
else for (const { name } of targets) await watch(name);

/** Reads the damaged files of a format, telling the parent of each before it begins. */
async function readAll(target) {
  for (const files of target.valid) await target.read(files);
  const outcomes = { read: 0, refused: 0 };
  const only = options.only === undefined ? undefined : Number(options.only);
  for (let n = only ?? 0; n < (only === undefined ? Number(options.count) : only + 1); n++) {
    process.send?.({ n });
    try {
      await target.read(damagedFiles(target, n));
      outcomes.read++;
    } catch (error) {
      if (!isCoreError(error)) process.send?.({ fault: `${n}: ${error.stack}` });
      outcomes.refused++;
    }
    // Gives the messages a chance to leave.
    if (n % 16 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  process.send?.({ outcomes });
  process.disconnect?.();
}

function watch(name) {
  const start = performance.now();
  let state = { n: -1, since: performance.now() };
  let peak = 0;
  let slowest = 0;
  let outcomes;
  const faults = [];
  const words = ["--child", "--format", name, "--count", options.count];
  if (options.only !== undefined) words.push("--only", options.only);
  const child = fork(fileURLToPath(import.meta.url), words);
  child.on("message", (message) => {
    if ("n" in message) {
      if (state.n >= 0) slowest = Math.max(slowest, performance.now() - state.since);
      state = { n: message.n, since: performance.now() };
    } else if (message.fault) faults.push(message.fault);
    else outcomes = message.outcomes;
  });
  const timer = setInterval(() => {
    const bytes = memoryOf(child.pid);
    peak = Math.max(peak, bytes);
    const waited = state.n < 0 || outcomes ? 0 : performance.now() - state.since;
    if (waited > longest) faults.push(`${state.n}: takes more than ${longest} ms`);
    if (bytes > largest) faults.push(`${state.n}: takes ${bytes} bytes`);
    if (faults.length > 20 || waited > longest || bytes > largest) child.kill("SIGKILL");
  }, 50);
  return new Promise((resolve) => {
    child.on("exit", (code, signal) => {
      clearInterval(timer);
      if (outcomes === undefined) faults.push(`${state.n}: ended with ${signal ?? code}`);
      const row = {
        ...{ bench: "fuzz", key: { format: name, count: Number(options.count) }, ...outcomes },
        ...{ faults: faults.length, peakMegabytes: Math.round(peak / 1e6) },
        ...{
          slowestMs: Math.round(slowest),
          seconds: Math.round((performance.now() - start) / 1000),
        },
      };
      console.log(JSON.stringify(row));
      for (const fault of faults.slice(0, 5)) console.error(`${name} ${fault}`);
      if (faults.length > 0) process.exitCode = 1;
      if (options.record)
        appendFileSync(
          fileURLToPath(new URL("results/fuzz.jsonl", import.meta.url)),
          `${JSON.stringify({ ...row, ...surroundings() })}\n`,
        );
      resolve();
    });
  });
}

/** Memory of a process, as Linux tells it; 0 elsewhere. */
function memoryOf(pid) {
  try {
    const [, kilobytes = 0] =
      /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
    return 1024 * Number(kilobytes);
  } catch {
    return 0;
  }
}
