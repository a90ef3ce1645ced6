#!/usr/bin/env node
// Whether every file is read as what is in it or refused with a reason: files that are built here byte by byte in every way a
// TIFF can store pixels, files that tifffile, libtiff, Pillow, NumPy and zarr write (where this machine has them), and the
// files of other projects' test suites in ../shared/data/formats. In Node, and with --page in Chromium too, whose outcomes
// must be those of Node. Exits with 1 where any file is read as something else. Needs a build (npx tsc -b packages/cli
// packages/testing). --record writes results/conformance.jsonl, from which report.mjs makes the table of docs/reading.md.
//
//   node benchmarks/conformance.mjs [--page] [--record] [--step N] [--python /usr/bin/python3] [--work FOLDER]
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import * as core from "@cellwright/core";
import { everyTiff } from "@cellwright/testing/tiff";
import { folderStore } from "../packages/cli/dist/zarr-store.js";
import { outcomeOf } from "./conformance/outcome.mjs";
import { inPage } from "./conformance/page.mjs";
import { zarrThreeCases } from "./conformance/zarr3.mjs";
import { surroundings } from "./study.mjs";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const { values: options } = parseArgs({
  options: {
    page: { type: "boolean", default: false },
    record: { type: "boolean", default: false },
    step: { type: "string", default: "1" },
    python: { type: "string", default: "/usr/bin/python3" },
    work: { type: "string" },
    data: { type: "string", default: here("../../shared/data/formats") },
  },
});

const work = options.work ?? mkdtempSync(join(tmpdir(), "cellwright-conformance-"));
mkdirSync(work, { recursive: true });
const groups = new Map();
let different = 0;
try {
  await judgeAll(builtCases());
  await judgeAll(writtenCases());
  await judgeAll(thirdCases(await zarrThreeCases()));
  await judgeAll(sharedCases());
} finally {
  if (!options.work) rmSync(work, { recursive: true, force: true });
}
report();

/** Files that are built here. */
function* builtCases() {
  for (const { words, bytes, ...wanted } of everyTiff({ step: Number(options.step) }))
    yield {
      words: ["built", words[0], words[1]],
      name: words.join(", "),
      given: bytes,
      wanted: { ...wanted, type: typeOf(wanted.data), sum: sumOf(bytesOf(wanted.data)) },
    };
}

/** Files that other programs write. */
function* writtenCases() {
  if (!existsSync(join(work, "cases.json"))) {
    try {
      execFileSync(options.python, ["-B", here("conformance/python.py"), work], {
        stdio: "inherit",
      });
    } catch (error) {
      console.error(`no files by Python: ${error.message}`);
      return;
    }
  }
  for (const { words, path, truth, ...wanted } of JSON.parse(
    readFileSync(join(work, "cases.json"), "utf8"),
  )) {
    const file = join(work, path);
    const zarr = path.endsWith(".zarr");
    yield {
      words,
      name: `${words.join(", ")} (${path})`,
      given: zarr ? folderStore(file) : new Uint8Array(readFileSync(file)),
      folder: zarr ? file : undefined,
      asked: { narrowed: wanted.narrowed, zip: path.endsWith(".zarr.zip") },
      wanted: { ...wanted, sum: sumOf(readFileSync(join(work, truth))) },
    };
  }
}

/** Arrays of Zarr 3, which zarrita writes. */
function* thirdCases(cases) {
  for (const { type, what, files, data, shape } of cases)
    yield {
      words: ["zarrita 3", type, what],
      name: `Zarr 3, ${type}, ${what}`,
      given: { get: async (key) => files.get(key) },
      files,
      asked: {},
      wanted: { axes: "tyx", shape, type, sum: sumOf(bytesOf(data)) },
    };
}

/** Files of other projects, which we do not ship: what they hold is kept as checksums. */
function* sharedCases() {
  const known = JSON.parse(readFileSync(here("conformance/shared.json"), "utf8"));
  for (const [name, { array, ...wanted }] of Object.entries(known)) {
    const path = name.split(" ")[0];
    const file = join(options.data, path);
    if (!existsSync(file)) continue;
    const kind = path.endsWith(".zip") ? "Zarr in a zip" : "TIFF";
    const words = ["other projects", path.replace(/^.*\//, ""), kind];
    const asked = { zip: path.endsWith(".zip"), array, narrowed: wanted.narrowed };
    yield { words, name, given: new Uint8Array(readFileSync(file)), asked, wanted };
  }
}

async function judgeAll(cases) {
  const page = options.page ? await inPage() : undefined;
  for (const list of batches(cases, 100)) {
    const inNode = [];
    for (const { name, given, asked } of list)
      inNode.push(
        await outcomeOf(core, given, { path: name, ...asked }).catch((error) => ({
          crashed: `${error}`,
        })),
      );
    const again = await page?.outcomesOf(list);
    for (const [i, one] of list.entries()) note(one, inNode[i], again?.[i]);
  }
  await page?.close();
}

function* batches(items, size) {
  let batch = [];
  for (const item of items) {
    batch.push(item);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** Judges a case and counts it. */
function note({ words, name, wanted }, outcome, again) {
  const verdict = verdictOf(outcome, wanted, again);
  if (verdict === "DIFFERENT") {
    different++;
    console.error(`DIFFERENT ${name}`, JSON.stringify({ outcome, again, wanted: brief(wanted) }));
  }
  const key = `${words[0]} ${words[2]}`;
  const group = groups.get(key) ?? { by: words[0], what: words[2], types: new Set(), reasons: {} };
  group[verdict] = (group[verdict] ?? 0) + 1;
  if (verdict === "equal" && words[1]) group.types.add(words[1]);
  if (outcome.refused) {
    const reason = outcome.refused.replace(/^.*page 1 /, "").replace(/: [^:]*$/, "");
    group.reasons[reason] = (group.reasons[reason] ?? 0) + 1;
  }
  groups.set(key, group);
}

function verdictOf(outcome, wanted, again) {
  if (again && JSON.stringify(again) !== JSON.stringify(outcome)) return "DIFFERENT";
  if (outcome.refused) return "refused";
  const equal =
    outcome.axes === wanted.axes &&
    `${outcome.shape}` === `${wanted.shape}` &&
    outcome.type === wanted.type &&
    outcome.sum === wanted.sum;
  return equal ? "equal" : "DIFFERENT";
}

function report() {
  const rows = [...groups.values()].map(({ types, ...group }) => ({
    bench: "conformance",
    key: { by: group.by, what: group.what },
    ...{ equal: group.equal ?? 0, refused: group.refused ?? 0, different: group.DIFFERENT ?? 0 },
    types: [...types],
    reasons: group.reasons,
    page: options.page,
    ...surroundings(),
  }));
  for (const { key, equal, refused, different, reasons } of rows)
    console.log(
      [`${key.by}, ${key.what}:`, `${equal} equal, ${refused} refused, ${different} different`]
        .concat(Object.entries(reasons).map(([reason, n]) => `\n    ${n} x ${reason}`))
        .join(" "),
    );
  if (options.record)
    writeFileSync(
      here("results/conformance.jsonl"),
      rows.map((row) => `${JSON.stringify(row)}\n`).join(""),
    );
  if (different > 0) process.exitCode = 1;
}

function brief({ axes, shape, type, sum }) {
  return { axes, shape, type, sum };
}

function typeOf(data) {
  return data.constructor.name.replace("Array", "").toLowerCase();
}

function bytesOf(data) {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

function sumOf(bytes) {
  return createHash("sha256").update(bytes).digest("hex");
}
