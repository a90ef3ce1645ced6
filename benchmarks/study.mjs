// What all studies share: options, the record of finished rows, and Cellwright's command line called as a user would.
// A row is a line of results/NAME.jsonl, written as soon as it is done; the next run leaves out what is there already.
import { execFileSync, spawn } from "node:child_process";
import { appendFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { cpus, tmpdir, totalmem } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const root = fileURLToPath(new URL("..", import.meta.url));
const main = join(root, "packages/cli/dist/main.js");

/** Options that every study takes; `train` and `segment` are handed to the command as they are. */
const common = {
  data: { type: "string", default: join(root, "../shared/data") },
  work: { type: "string", default: join(tmpdir(), "cellwright-benchmarks") },
  results: { type: "string", default: join(root, "benchmarks/results") },
  only: { type: "string" },
  again: { type: "boolean", default: false },
  train: { type: "string", default: "" },
  segment: { type: "string", default: "" },
};

/**
 * Starts a study.
 *
 * @param {string} name of the record, `results/NAME.jsonl`
 * @param {import("node:util").ParseArgsConfig["options"]} [options] of this study alone
 */
export function openStudy(name, options = {}) {
  const { values } = parseArgs({ options: { ...common, ...options } });
  const work = join(resolve(values.work), name);
  mkdirSync(work, { recursive: true });
  mkdirSync(resolve(values.results), { recursive: true });
  const record = join(resolve(values.results), `${name}.jsonl`);
  const done = new Set(values.again ? [] : readRows(record).map(({ key }) => JSON.stringify(key)));
  const wanted = values.only?.split(",");
  return {
    options: { ...values, data: resolve(values.data) },
    work,
    /** Whether `--only` asks for this; without it, for everything. */
    wants: (/** @type {string} */ what) => wanted === undefined || wanted.includes(what),
    /** Words of an option that is handed on, such as `--train="--epochs 2"`. */
    words: (/** @type {"train" | "segment"} */ option) =>
      values[option].split(/\s+/).filter(Boolean),
    /**
     * Makes a row unless the record has it: `key` says what is measured, `measure` gives the numbers. What fails is
     * told and left for the next run.
     *
     * @param {Record<string, unknown>} key
     * @param {() => Promise<Record<string, unknown>>} measure
     */
    async row(key, measure) {
      if (done.has(JSON.stringify(key))) return;
      console.error(`${name}: ${JSON.stringify(key)}`);
      const start = performance.now();
      try {
        const numbers = await measure();
        const seconds = round((performance.now() - start) / 1000);
        const row = { bench: name, key, ...numbers, rowSeconds: seconds, ...surroundings() };
        appendFileSync(record, `${JSON.stringify(row)}\n`);
        console.log(JSON.stringify(row));
      } catch (error) {
        process.exitCode = 1;
        console.error(`${name}: ${JSON.stringify(key)} failed: ${error.message}`);
      }
    },
  };
}

/** The rows of a record; of two with one key the later stands. @param {string} path */
export function readRows(path) {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, "utf8").split("\n").filter(Boolean);
  const rows = lines.map((line) => JSON.parse(line));
  return [...new Map(rows.map((row) => [JSON.stringify(row.key ?? row), row])).values()];
}

/**
 * Runs `cellwright`, its progress on our stderr. Resolves to the JSON lines of its stdout; throws on any exit code but 0.
 *
 * @param {readonly string[]} words
 * @returns {Promise<Record<string, any>[]>}
 */
export function cellwright(words) {
  return run(process.execPath, [main, ...words, "--json"]);
}

/**
 * Segments the files `STEM_CHANNEL.tif` of a folder by a model. Resolves to the path of what was written, without
 * `_masks.tif` or `.json`.
 *
 * @param {string} folder
 * @param {string} stem
 * @param {readonly string[]} channels
 * @param {{ model: string, out: string, more?: readonly string[] }} how
 */
export async function segmentField(folder, stem, channels, { model, out, more = [] }) {
  const files = channels.map((channel) => join(folder, `${stem}_${channel}.tif`));
  const several = channels.length > 1;
  const patterns = several ? channels.flatMap((c) => [`--${c}`, `*_${c}`]) : [];
  const where = ["-o", out, "--model", model];
  await cellwright(["segment", ...files, ...where, ...patterns, "--overwrite", ...more]);
  return join(out, several ? stem : `${stem}_${channels[0]}`);
}

/**
 * Runs a program that prints JSON lines.
 *
 * @param {string} program
 * @param {readonly string[]} words
 * @returns {Promise<Record<string, any>[]>}
 */
export function run(program, words) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, { stdio: ["ignore", "pipe", "pipe"] });
    let out = "";
    let said = "";
    child.stdout.on("data", (bytes) => {
      out += bytes;
    });
    child.stderr.on("data", (bytes) => {
      said = (said + bytes).slice(-4000);
      process.stderr.write(bytes);
    });
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0)
        resolve(
          out
            .split("\n")
            .filter((line) => line.startsWith("{"))
            .map((line) => JSON.parse(line)),
        );
      else
        reject(
          new Error(
            `${words.slice(0, 3).join(" ")} … ended with ${code}: ${said.trim().split("\n").at(-1)}`,
          ),
        );
    });
  });
}

/**
 * Trains a model unless it is there; goes on with one that was cut short. Returns the words after `cellwright`.
 *
 * @param {string} model the folder to write
 * @param {readonly string[]} words datasets and options
 */
export async function trainModel(model, words) {
  const command = ["train", ...words, "-o", model];
  if (!existsSync(join(model, "bioimageio.yaml")))
    await cellwright([...command, ...(existsSync(`${model}.training`) ? ["--resume"] : [])]);
  return command;
}

/** What a number depends on besides the program: machine, versions, commit, date. */
export function surroundings() {
  const version = (/** @type {string} */ path) =>
    JSON.parse(readFileSync(join(root, path), "utf8")).version;
  const git = (/** @type {string[]} */ ...words) => {
    try {
      return execFileSync("git", words, { cwd: root, encoding: "utf8", stdio: "pipe" }).trim();
    } catch {
      return "";
    }
  };
  return {
    cpu: cpus()[0].model.trim(),
    cores: cpus().length,
    gigabytes: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    cellwright: version("packages/cli/package.json"),
    onnxruntime: version("node_modules/onnxruntime-node/package.json"),
    commit:
      git("rev-parse", "--short", "HEAD") + (git("status", "--porcelain", "packages") ? "+" : ""),
    date: new Date().toISOString().slice(0, 10),
  };
}

/** A number short enough for a record: four digits. @param {number} value */
export function round(value) {
  return Number(value.toPrecision(4));
}

/** The middle value. @param {readonly number[]} list */
export function median(list) {
  const sorted = [...list].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
