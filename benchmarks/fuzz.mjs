#!/usr/bin/env node
// Damaged files of every format, damaged models and messages: each must give an image or an error of ours, within 5 s and
// 1 GB, and never end the process. Each format is read by a process of its own that this one watches; the same numbers give the
// same files. Exits with 1 where one falls over, and says which: --format NAME --only N[,N…] reads that one alone. Needs a build
// (npx tsc -b packages/cli packages/testing). --record appends a row a format to results/fuzz.jsonl.
//
//   node benchmarks/fuzz.mjs [--count 10000] [--format NAME] [--only N] [--record]
import { appendFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { fuzzTargets } from "@cellwright/testing/fuzz";
import { readDamaged, watchReader } from "@cellwright/testing/fuzz-watch";
import { itkTargets } from "./fuzz-itk.mjs";
import { serviceTargets } from "./fuzz-service.mjs";
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

const ours = [...(await fuzzTargets()), ...serviceTargets()];
const needsItk = options.format === undefined || options.format.endsWith("(ITK)");
const targets = [...ours, ...(needsItk ? await itkTargets() : [])].filter(
  ({ name }) => options.format === undefined || name === options.format,
);
if (options.child) await readDamaged(targets[0], numbers());
else for (const { name } of targets) await watch(name);

/** The numbers of the files, one after the other. */
function numbers() {
  const only = options.only?.split(",").map(Number);
  let n = 0;
  return () => {
    n++;
    if (only) return n === 1 ? only : undefined;
    return n <= Number(options.count) ? [n - 1] : undefined;
  };
}

async function watch(name) {
  const words = ["--child", "--format", name, "--count", options.count];
  if (options.only !== undefined) words.push("--only", options.only);
  const seen = await watchReader(fileURLToPath(import.meta.url), words);
  const row = {
    ...{ bench: "fuzz", key: { format: name, count: Number(options.count) }, ...seen.outcomes },
    ...{ faults: seen.faults.length, peakMegabytes: Math.round(seen.peakBytes / 1e6) },
    ...{ slowestMs: Math.round(seen.slowestMs), seconds: Math.round(seen.seconds) },
  };
  console.log(JSON.stringify(row));
  for (const fault of seen.faults.slice(0, 5)) console.error(`${name} ${fault}`);
  if (seen.faults.length > 0) process.exitCode = 1;
  if (options.record)
    appendFileSync(
      fileURLToPath(new URL("results/fuzz.jsonl", import.meta.url)),
      `${JSON.stringify({ ...row, ...surroundings() })}\n`,
    );
}
