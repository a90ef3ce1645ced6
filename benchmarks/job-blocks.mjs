#!/usr/bin/env node
// An image in blocks against the same image in one process: are the cells the same, whatever the number of shards, their order
// and how often a process was killed; what blocks cost; how two processes scale. Needs a build. A field of synthetic nuclei of
// 8192 x 8192 pixels (SIDE) in blocks of 1024 (BLOCK), in a folder of its own (WORK, kept where it is named). KILLS, default 50.
// CASES names what is run: alike,kills,cost; SHARDS into how many shares it is cut, one after the other (1,3,8); OPTIONS what
// segment and plan are told besides (--no-rescale). Processor time is given beside wall time, as it depends less on what else
// the machine does.
import { execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { cpus, tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const side = Number(process.env.SIDE ?? 8192);
const block = Number(process.env.BLOCK ?? 1024);
const kills = Number(process.env.KILLS ?? 50);
const options = (process.env.OPTIONS ?? "").split(" ").filter(Boolean);
const cases = (process.env.CASES ?? "alike,kills,cost").split(",");
const packages = process.env.PACKAGES ?? fileURLToPath(new URL("../packages", import.meta.url));
const main = join(packages, "cli/dist/main.js");
const core = await import(pathToFileURL(join(packages, "core/dist/index.js")).href);
const { folderStore } = await import(pathToFileURL(join(packages, "cli/dist/zarr-store.js")).href);
const work = process.env.WORK ?? mkdtempSync(join(tmpdir(), "job-blocks-"));
mkdirSync(work, { recursive: true });
const random = core.seeded(Number(process.env.SEED ?? 5));

function record(row) {
  const machine = { node: process.version, cpu: cpus()[0].model.trim(), cores: cpus().length };
  const line = JSON.stringify({
    bench: "job-blocks",
    side,
    block,
    ...(options.length > 0 && { options }),
    ...row,
    ...machine,
  });
  console.log(line);
  appendFileSync(new URL("results/job-blocks.jsonl", import.meta.url), `${line}\n`);
}

function hasTaskset() {
  try {
    return execFileSync("taskset", ["-c", "1", "true"]).length === 0;
  } catch {
    return false;
  }
}

/** What a process writes of itself when it ends. */
const told = join(work, "usage.mjs");
writeFileSync(
  told,
  `import { appendFileSync } from "node:fs";
process.on("exit", () => appendFileSync(process.env.USAGE, JSON.stringify(process.resourceUsage()) + "\\n"));`,
);

/** Runs the command; `killAfter` milliseconds ends it for good; `core` is the only one it may use, as a scheduler would have it. */
function run(args, { killAfter, core } = {}) {
  const usage = join(work, `usage-${Math.floor(random() * 1e9)}`);
  const start = performance.now();
  return new Promise((resolve) => {
    const command = [process.execPath, "--import", told, main, ...args];
    const [program, ...words] =
      core === undefined ? command : ["taskset", "-c", `${core}`, ...command];
    const child = spawn(program, words, {
      cwd: work,
      env: { ...process.env, USAGE: usage },
      stdio: ["ignore", "ignore", "pipe"],
    });
    let text = "";
    child.stderr.on("data", (piece) => {
      text += piece;
    });
    const timer = killAfter && setTimeout(() => child.kill("SIGKILL"), killAfter);
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      let [cpu, rss] = [0, 0];
      if (existsSync(usage)) {
        const { userCPUTime, systemCPUTime, maxRSS } = JSON.parse(readFileSync(usage, "utf8"));
        [cpu, rss] = [(userCPUTime + systemCPUTime) / 1e6, maxRSS / 1024];
        rmSync(usage);
      }
      const wall = (performance.now() - start) / 1000;
      resolve({ code, signal, text, wall, cpu, rss, killed: signal === "SIGKILL" });
    });
  });
}

async function must(args, options) {
  const done = await run(args, options);
  if (done.code !== 0) throw new Error(`${args.join(" ")} ended with ${done.code}: ${done.text}`);
  return done;
}

/** Nuclei in fields of 900 pixels, whose seams are not those of the blocks. */
async function makeImage(folder) {
  if (existsSync(join(folder, "zarr.json"))) return;
  const field = 900;
  const data = new Uint16Array(side * side);
  for (let y = 0; y < side; y += field)
    for (let x = 0; x < side; x += field) {
      const { image } = core.synthNuclei({ seed: 1 + y + x / field, height: field, width: field });
      for (let r = 0; r < Math.min(field, side - y); r++) {
        const row = image.data.subarray(r * field, r * field + Math.min(field, side - x));
        data.set(row, (y + r) * side + x);
      }
    }
  const set = (key, bytes) => {
    const path = join(folder, key);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
  };
  await core.writeOmeZarr({ data, shape: [side, side], axes: "yx" }, { set }, { chunk: 512 });
}

async function labelsOf(folder) {
  const { reader } = await core.openZarr(folderStore(folder));
  const box = { y: 0, x: 0, height: side, width: side };
  return (await reader.readRegion({ box })).data;
}

/** How far two label images are the same but for their numbers. */
function compare(a, b) {
  const [there, back, wrong] = [new Map(), new Map(), new Set()];
  let pixels = 0;
  for (let i = 0; i < a.length; i++) {
    if (a[i] !== b[i]) pixels++;
    if (a[i] === 0 && b[i] === 0) continue;
    if (!there.has(a[i])) there.set(a[i], b[i]);
    if (!back.has(b[i])) back.set(b[i], a[i]);
    if (there.get(a[i]) !== b[i] || back.get(b[i]) !== a[i]) wrong.add(a[i] || b[i]);
  }
  there.delete(0);
  return { cells: there.size, cellsThatDiffer: wrong.size, pixelsThatDiffer: pixels };
}

function filesBelow(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}

/** A hash of labels and table. */
function hashOf(job) {
  const hash = createHash("sha256").update(readFileSync(join(job, "cells.csv")));
  for (const path of filesBelow(join(job, "labels.zarr")))
    hash.update(relative(job, path)).update(readFileSync(path));
  return hash.digest("hex").slice(0, 16);
}

function leftOvers(job) {
  const names = filesBelow(job).map((path) => relative(job, path));
  return names.filter((name) => /\.tmp$|^(tmp|running)\//.test(name)).length;
}

/** All shards of a verb, `together` at once, in an order of chance; `bound`: each process to a core of its own. */
async function shards(verb, count, together, bound = false) {
  const order = Array.from({ length: count }, (_, i) => i).sort(() => random() - 0.5);
  const start = performance.now();
  const all = [];
  const worker = async (_, core) => {
    for (let i = order.shift(); i !== undefined; i = order.shift())
      all.push(await must([...verb, "--shard", `${i}/${count}`], bound ? { core } : {}));
  };
  await Promise.all(Array.from({ length: together }, worker));
  return {
    wall: (performance.now() - start) / 1000,
    cpu: all.reduce((sum, { cpu }) => sum + cpu, 0),
    rss: Math.max(...all.map(({ rss }) => rss)),
  };
}

const image = join(work, "image.zarr");
await makeImage(image);
const plan = (job) => [
  "plan",
  image,
  "-o",
  job,
  "--block",
  `${block}`,
  "--threads",
  "1",
  ...options,
];
const segment = (job) => ["segment", "--job", job, "--threads", "1"];
const round = (value, digits = 3) => Number(value.toPrecision(digits));

let first;
let one;
if (cases.includes("alike")) {
  rmSync(join(work, "one"), { recursive: true, force: true });
  one = await must([
    "segment",
    image,
    "-o",
    "one",
    "--format",
    "ome-zarr",
    "--threads",
    "1",
    ...options,
  ]);
  const truth = await labelsOf(join(work, "one/image_masks.ome.zarr"));
  const table = readFileSync(join(work, "one/image_cells.csv"));
  for (const count of (process.env.SHARDS ?? "1,3,8").split(",").map(Number)) {
    const job = join(work, `job-${count}`);
    rmSync(job, { recursive: true, force: true });
    const planned = await must(plan(job));
    const segmented = await shards(segment(job), count, Math.min(count, 2));
    const merged = await must(["merge", job]);
    const finished = await shards(["finalize", job], count, Math.min(count, 2));
    first ??= { planned, segmented, merged, finished };
    record({
      case: "alike",
      shards: count,
      ...compare(truth, await labelsOf(join(job, "labels.zarr"))),
      tableIsTheSame: readFileSync(join(job, "cells.csv")).equals(table),
      hash: hashOf(job),
      leftOvers: leftOvers(job),
      ...Object.fromEntries(
        Object.entries({ planned, segmented, merged, finished }).map(
          ([name, { wall, cpu, rss }]) => [
            name,
            { wall: round(wall), cpu: round(cpu), megabytes: Math.round(rss) },
          ],
        ),
      ),
    });
  }
  const { planned, segmented, merged, finished } = first;
  const blocks = planned.cpu + segmented.cpu + merged.cpu + finished.cpu;
  record({
    case: "overhead",
    onePieceCpu: round(one.cpu),
    onePieceMegabytes: Math.round(one.rss),
    blocksCpu: round(blocks),
    ratio: round(blocks / one.cpu),
    segmentRatio: round(segmented.cpu / one.cpu),
  });
}

if (cases.includes("kills")) {
  const job = join(work, "job-kills");
  rmSync(job, { recursive: true, force: true });
  let count = 0;
  const steps = [
    [plan(job), 0.08, 9000],
    [segment(job), 0.62, 7000],
    [["merge", job], 0.1, 1600],
    [["finalize", job], 0.2, 4000],
  ];
  for (const [args, share, most] of steps) {
    const until = count + Math.round(share * kills);
    let done = { killed: true };
    while (done.killed) {
      const again = count < until;
      done = await run(args, again ? { killAfter: 300 + (most - 300) * random() } : {});
      if (done.killed) count++;
      else if (done.code !== 0) throw new Error(`${args[0]} ended with ${done.code}: ${done.text}`);
      // A verb that came to its end before it was killed is killed no more.
    }
  }
  const other = join(work, "job-1");
  record({
    case: "kills",
    kills: count,
    hash: hashOf(job),
    ...(existsSync(other) && { sameAsUndisturbed: hashOf(job) === hashOf(other) }),
    leftOvers: leftOvers(job),
  });
}

if (cases.includes("cost"))
  // Two processes against one, on the same blocks of a smaller share, one after the other. Unbound, one alone spills over to
  // the second core: its memory is tidied and its files are packed by threads of their own.
  for (const bound of [false, ...(hasTaskset() ? [true] : [])]) {
    const rows = [];
    for (const together of [1, 2]) {
      const job = join(work, `job-scale-${together}`);
      rmSync(job, { recursive: true, force: true });
      await must(plan(job));
      rows.push(await shards(segment(job), 2, together, bound));
    }
    record({
      case: "two processes",
      bound,
      oneAfterTheOther: { wall: round(rows[0].wall), cpu: round(rows[0].cpu) },
      together: { wall: round(rows[1].wall), cpu: round(rows[1].cpu) },
      speedup: round(rows[0].wall / rows[1].wall),
      cpuRatio: round(rows[1].cpu / rows[0].cpu),
      load: execFileSync("cat", ["/proc/loadavg"]).toString().trim(),
    });
  }
if (!process.env.WORK) rmSync(work, { recursive: true, force: true });
