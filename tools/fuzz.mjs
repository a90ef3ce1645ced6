#!/usr/bin/env node
// Damaged files, models and messages for a given time, over all formats, guided by what code they reach: what reaches new code is
// damaged further. Seeds advance from run to run. Every fault is printed with the command that repeats it, and the end is
// then not 0. --keep adds the files that reached new code to the corpus that tests replay. Needs a build (npm run build).
//
//   node tools/fuzz.mjs [--minutes 10 | --seconds 30] [--seed N] [--format NAME] [--only N[,N…]] [--keep]
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { serviceTargets } from "../benchmarks/fuzz-service.mjs";
import { seeded } from "../packages/core/dist/index.js";
import { fuzzTargets } from "../packages/testing/dist/fuzz.js";
import {
  keptDamage,
  readDamaged,
  readersAtOnce,
  watchReader,
} from "../packages/testing/dist/fuzz-watch.js";
import { watchReached } from "../packages/testing/dist/reached.js";

const { values: options } = parseArgs({
  options: {
    minutes: { type: "string" },
    seconds: { type: "string" },
    seed: { type: "string", default: `${Math.floor(Date.now() / 1000)}` },
    format: { type: "string" },
    only: { type: "string" },
    keep: { type: "boolean", default: false },
    until: { type: "string" },
  },
});
const corpusFile = fileURLToPath(new URL("../packages/testing/src/corpus.json", import.meta.url));
const corpus = keptDamage();
/** So many of a format are kept, each damaged so many times. */
const [mostKept, mostDamage] = [40, 6];

const targets = [...(await fuzzTargets()), ...serviceTargets()].filter(
  ({ name }) => options.format === undefined || name === options.format,
);
if (targets.length === 0) throw new Error(`there is no format ${options.format}`);
if (options.until !== undefined) await read(targets[0]);
else await watchAll();

/** The reader of one format: what is kept first, then new files until the time is over. */
async function read(target) {
  const reached = await watchReached();
  const random = seeded(Number(options.seed));
  const pool = [...(corpus[target.name] ?? [])];
  const waiting = options.only ? [options.only.split(",").map(Number)] : [...pool];
  let last;
  const next = () => {
    if (options.only || waiting.length > 0) last = waiting.shift();
    else if (Date.now() > Number(options.until)) last = undefined;
    else {
      const number = Math.floor(random() * 2 ** 31);
      const from = random() < 0.5 ? undefined : pool[Math.floor(random() * pool.length)];
      last = from && from.length < mostDamage ? [...from, number] : [number];
    }
    return last;
  };
  await readDamaged(target, next, async () => {
    const isNew = await reached();
    if (isNew) pool.push(last);
    return isNew;
  });
}

/** Readers of all formats, as many at once as there are cores, each with its share of the time. */
async function watchAll() {
  const seconds = Number(options.seconds ?? 60 * Number(options.minutes ?? 10));
  const end = Date.now() + 1000 * seconds;
  const waiting = [...targets];
  let [files, faults] = [0, 0];
  const lane = async () => {
    for (let target = waiting.shift(); target; target = waiting.shift()) {
      // Formats after this one in this lane have as much.
      const turns = 1 + Math.ceil(waiting.length / readersAtOnce);
      const until = Date.now() + Math.max(0, end - Date.now() - 1000 * turns) / turns;
      const seen = await watchReader(fileURLToPath(import.meta.url), wordsOf(target.name, until));
      const { read = 0, refused = 0 } = seen.outcomes ?? {};
      files += read + refused;
      faults += seen.faults.length;
      tell(target.name, seen);
      if (options.keep) keep(target.name, seen.kept);
    }
  };
  await Promise.all(Array.from({ length: readersAtOnce }, lane));
  if (options.keep) writeFileSync(corpusFile, `${corpusText()}\n`);
  console.log(
    `${files} damaged files of ${targets.length} formats, ${faults} faults, seed ${options.seed}`,
  );
  if (faults > 0) process.exitCode = 1;
}

function wordsOf(name, until) {
  const words = ["--format", name, "--seed", options.seed, "--until", `${Math.round(until)}`];
  return options.only === undefined ? words : [...words, "--only", options.only];
}

function tell(name, { outcomes, faults, slowestMs, kept }) {
  const { read = 0, refused = 0 } = outcomes ?? {};
  console.log(
    `${name}: ${read} read, ${refused} refused, ${kept.length} reached new code, slowest ${Math.round(slowestMs)} ms`,
  );
  for (const fault of faults.slice(0, 5)) {
    console.error(`${name} ${fault}`);
    const [numbers] = /^[\d,]*/.exec(fault);
    console.error(`  again: node tools/fuzz.mjs --format "${name}" --only ${numbers}`);
  }
}

/** The shortest that reached new code, in the order of their finding. */
function keep(name, kept) {
  const before = corpus[name] ?? [];
  const known = new Set(before.map(String));
  const added = kept.filter((each) => !known.has(String(each)));
  corpus[name] = [...before, ...added].slice(0, mostKept);
}

/** A line a format: the numbers of a file with commas between them, files with spaces. */
function corpusText() {
  const lines = Object.entries(corpus).map(([name, list]) => [name, list.map(String).join(" ")]);
  return JSON.stringify(Object.fromEntries(lines), null, 2);
}
