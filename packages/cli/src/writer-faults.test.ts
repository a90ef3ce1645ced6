// Every verb that writes, on a disk that fails at each step in turn, or with its process ended there: what bears a final name
// is whole, the same command again gives the same bytes, and nothing else is left.
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import * as files from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import {
  type Labels,
  type Preset,
  presets,
  seeded,
  synthMovie,
  synthNuclei,
  writeModelZip,
  writeTiff,
} from "@cellwright/core";
import { onnxEngine } from "@cellwright/engine-onnx/node";
import { spotFiles } from "@cellwright/testing";
import type { FailingDisk, Fault } from "@cellwright/testing/failing-disk";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { memoryContext, run } from "./index.js";
import type { MemoryContext } from "./memory-context.js";
import { reportError } from "./report.js";
import { finished, lookAgain, underWay } from "./temporary.js";
import { train } from "./train.js";

vi.mock("node:fs/promises", async (original) => {
  const { failingDisk } = await import("@cellwright/testing/failing-disk");
  const disk = failingDisk(await original());
  return { ...disk.files, disk };
});
const { disk } = files as unknown as { disk: FailingDisk };

const root = mkdtempSync(join(tmpdir(), "cellwright-faults-"));
const inputs = join(root, "in");
afterAll(() => rmSync(root, { recursive: true }));

/** The preset `nuclei` in small. */
const tiny: Preset = {
  ...presets.nuclei,
  network: { kind: "unet", widths: [2, 3] },
  ...{ batch: 1, crop: 16, steps: 1, epochs: 2 },
};

/** Holds a packed model, as a site of models does. */
const server = createServer((_, response) => response.end(readFileSync(join(inputs, "model.zip"))));
afterAll(() => void server.close());

beforeAll(async () => {
  const save = (name: string, bytes: Uint8Array | string) => {
    mkdirSync(dirname(join(inputs, name)), { recursive: true });
    writeFileSync(join(inputs, name), bytes);
  };
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  save("a.csv", "label,area,length\n1,5,2.5\n2,7,3\n");
  const numbers = (labels: Labels) => writeTiff({ ...labels, data: Uint16Array.from(labels.data) });
  const { image, labels } = synthNuclei({ height: 48, width: 64, seed: 5, diameter: 14 });
  save("a.tif", writeTiff(image));
  save("a_masks.tif", numbers(labels));
  for (const seed of [1, 2]) {
    const one = synthNuclei({ height: 48, width: 48, seed, diameter: 14 });
    save(`set/images/${seed}.tif`, writeTiff(one.image));
    save(`set/labels/${seed}.tif`, numbers(one.labels));
  }
  const { frames } = synthMovie({ kind: "nuclei", frames: 3, height: 48, width: 64, seed: 2 });
  for (const [t, frame] of frames.entries()) save(`movie/t${t}_masks.tif`, numbers(frame.labels));
  const spots = await spotFiles("spots", {});
  for (const [name, bytes] of Object.entries(spots)) save(`model/${name}`, bytes);
  save("model.zip", writeModelZip(spots));
  await well("track in/movie -o in/tracked -q --format ctc,csv", root);
});

interface Case {
  readonly argv: string;
  /** What is to be run after a fault; by default the same. */
  readonly again?: string;
  /** What was there before. */
  readonly before?: string;
  /** So many steps are tried, chosen by a seed, four by default; all of them where there are fewer. */
  readonly most?: number;
}

const formats = "tif,ome-zarr,png,geojson,roi,npy,coco";
const segment = "segment in/a.tif -o out -m classical-nuclei -q";
const labelFormats = ["geojson", "roi", "seg", "coco", "npz", "png"];
const trackFormats = ["ctc", "csv", "trackmate", "geff", "trk"];
const convert = (input: string, format: string) =>
  `convert in/${input} -o out --format ${format} -q`;
const cases: Case[] = [
  { argv: `${segment} --format ${formats} --preview`, again: "--resume", most: 3 },
  {
    argv: `${segment} --format tif,ome-zarr --overwrite`,
    before: `${segment} --format tif,ome-zarr --diameter 9`,
    most: 3,
  },
  ...["tif", "ome-tiff", "ome-zarr", "npy"].map((format) => ({
    argv: convert("a.tif", format),
    again: "--resume",
    most: 3,
  })),
  ...labelFormats.map((format) => ({
    argv: convert("a_masks.tif --labels", format),
    again: "--resume",
    most: 3,
  })),
  ...trackFormats.map((format) => ({
    argv: `convert in/tracked -o out/tracks.${format} --format ${format} -q`,
    again: "--overwrite",
    most: 3,
  })),
  { argv: "measure in/a_masks.tif in/a.tif -o out/a.csv", again: "--overwrite" },
  { argv: "measure in/a_masks.tif in/a.tif -o out/a.parquet", again: "--overwrite", most: 3 },
  { argv: "measure in/tracked -o out/a.csv --plots out/plots", again: "--overwrite", most: 3 },
  { argv: "measure in/tracked -o out/a.parquet", again: "--overwrite", most: 3 },
  { argv: "convert in/a.csv -o out/a.parquet -q", again: "--overwrite", most: 3 },
  { argv: "track in/movie -o out -q --format ctc,csv,trk --preview", again: "--resume", most: 3 },
  {
    argv: "track in/movie -o out -q --format ctc,geff --overwrite",
    before: "track in/movie -o out -q --format ctc,csv --method paper",
    most: 3,
  },
  { argv: "synth nuclei -o out -n 2 --size 32", again: "--overwrite", most: 3 },
  { argv: "synth nuclei -o out --frames 2 --size 48", again: "--overwrite", most: 3 },
  { argv: "models export in/model -o out.zip", again: "--overwrite", most: 3 },
  { argv: "models pull SERVER/m.zip -o out/model", again: "--overwrite", most: 3 },
  {
    argv: "models pull SERVER/m.zip -o model --overwrite",
    before: "models pull SERVER/m.zip -o model",
    most: 3,
  },
  { argv: "models run in/model in/a.tif -o out.npy", again: "--overwrite" },
  { argv: "train in/set -o out/model", again: "--resume", most: 2 },
];

/** A name with what is below it: hashes would do, texts tell more where something is amiss. */
type Tree = Record<string, string>;

const isTemporary = (path: string) => /(^|\/)\.[^/]*\.tmp(\/|$)|\.before-[0-9a-f]{8}-/.test(path);

/** All files below a folder, without how long things took. */
function treeOf(folder: string): Tree {
  const tree: Tree = {};
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath ?? entry.path, entry.name);
    const name = relative(folder, path);
    if (!entry.isFile() || name.startsWith("in/")) continue;
    const text = readFileSync(path, "latin1");
    tree[name] = /\.(json|jsonl)$/.test(name)
      ? text.replace(/"seconds":\s*(\{[^}]*\}|[\d.e+-]+)/g, '"seconds": 0')
      : text;
  }
  return tree;
}

/** Files that appear together: a Zarr, a GEFF and a model are folders. */
function unitsOf(tree: Tree): Map<string, string> {
  const units = new Map<string, string>();
  for (const [name, text] of Object.entries(tree)) {
    const unit = /^(.*?\.(zarr|geff)|(out\/)?model)(?=\/)/.exec(name)?.[0] ?? name;
    units.set(unit, `${units.get(unit) ?? ""}${name}\n${text}\n`);
  }
  return units;
}

/** A folder of its own for a run. */
function place(): string {
  const cwd = mkdtempSync(join(root, "run-"));
  cpSync(inputs, join(cwd, "in"), { recursive: true, preserveTimestamps: true });
  return cwd;
}

async function call(words: string, cwd: string) {
  const context = memoryContext({ cwd, openEngine: async () => onnxEngine({ threads: 1 }) });
  const { port } = server.address() as AddressInfo;
  const argv = words.replace("SERVER", `http://127.0.0.1:${port}`).split(" ");
  if (argv[0] === "train")
    return { code: await training(argv.slice(1), context), err: context.err() };
  const code = await run(argv, context);
  return { code, err: context.err() };
}

/** Trains with a preset that the command line does not name. */
async function training([input, , output, ...more]: string[], context: MemoryContext) {
  lookAgain();
  const options = { output, seed: 1, heldBack: 0.5, engine: "onnx", device: "cpu", quiet: true };
  const resume = { ...(more.includes("--resume") && { resume: true }) };
  try {
    await train([input], { ...options, ...resume }, context, { nuclei: tiny });
    return context.exitCode;
  } catch (error) {
    reportError(context, error);
    return 1;
  }
}

async function well(words: string, cwd: string): Promise<void> {
  const { code, err } = await call(words, cwd);
  expect(code, `${words}\n${err}`).toBe(0);
}

/** Which steps are tried: one by chance of each of `most` equal parts. */
function chosen(steps: number, most = 4): number[] {
  const random = seeded(steps);
  const part = Math.max(1, steps / most);
  return Array.from({ length: Math.min(steps, most) }, (_, i) => Math.floor((i + random()) * part));
}

async function faulty(words: string, cwd: string, fault: Fault, at: number) {
  disk.start(cwd, fault, at);
  const own = process.pid;
  // No process has so large a number: one that was killed.
  if (fault === "kill") Object.defineProperty(process, "pid", { value: 99_999_999 });
  try {
    return await Promise.race([call(words, cwd), disk.killed]);
  } finally {
    Object.defineProperty(process, "pid", { value: own });
    if (fault === "kill") for (const each of underWay()) finished(each);
    disk.stop();
  }
}

for (const { argv, again = "", before, most } of cases) {
  test(`${argv}: ended at any step, or with an error there`, async () => {
    const truth = place();
    if (before) await well(before, truth);
    const old = unitsOf(treeOf(truth));
    disk.start(truth);
    await well(argv, truth);
    const { steps } = disk;
    disk.stop();
    const wanted = treeOf(truth);
    const whole = unitsOf(wanted);
    const resumed = again.startsWith("--") ? `${argv} ${again}` : again || argv;
    const check = (cwd: string, where: string) => {
      for (const [unit, text] of unitsOf(treeOf(cwd))) {
        if (isTemporary(unit) || whole.get(unit) === text || old.get(unit) === text) continue;
        // Training keeps what it has so far, each file whole.
        if (/\.training\/.*(onnx|png|\n)$/s.test(text)) continue;
        expect(text, `${unit}, ${where}`).toMatch(/"begun": true[\s\S]*\}\s*$/);
      }
    };
    for (const at of chosen(steps.length, most)) {
      const where = `killed at step ${at}, ${steps[at]}`;
      const cwd = place();
      if (before) await well(before, cwd);
      expect(await faulty(argv, cwd, "kill", at), where).toBeUndefined();
      check(cwd, where);
      await well(resumed, cwd);
      expect(treeOf(cwd), where).toEqual(wanted);
    }
    for (const at of chosen(steps.length, most)) {
      const where = `EIO at step ${at}, ${steps[at]}`;
      const cwd = place();
      if (before) await well(before, cwd);
      const ended = await faulty(argv, cwd, { once: "EIO" }, at);
      check(cwd, where);
      if (ended && ended.code !== 0) {
        expect(ended.code, where).toBe(1);
        expect(ended.err, where).toMatch(/^[^\n]*the disk reports a read or write error\n$/);
        expect(ended.err, where).toContain(cwd);
        // What could not be removed is for the next write there.
        if (steps[at] !== "rm")
          expect(Object.keys(treeOf(cwd)).filter(isTemporary), where).toEqual([]);
        await well(resumed, cwd);
      }
      if (steps[at] !== "rm") expect(treeOf(cwd), where).toEqual(wanted);
    }
  });
}
