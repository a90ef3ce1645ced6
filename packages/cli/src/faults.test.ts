// Real processes that are ended, that lose whoever reads them, and that run out of disk or memory: whole files or none, an
// exit code that scripts can go by, one line that names the place, and the same bytes in the end.
import { type SpawnOptions, spawn, spawnSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { seeded, synthNuclei, writeTiff } from "@cellwright/core";
import { builtCommand } from "@cellwright/testing/command";
import { afterAll, beforeAll, expect, test } from "vitest";
import { memoryContext, run } from "./index.js";

let main: string;
const root = mkdtempSync(join(tmpdir(), "cellwright-ended-"));
const mounts: string[] = [];
afterAll(() => {
  for (const mount of mounts) spawnSync("umount", [mount]);
  rmSync(root, { recursive: true });
});

/** How many images; each takes long enough to be ended in. */
const count = 3;
const segment = (out: string, ...more: string[]) => [
  ...["segment", "in", "-o", out, "-m", "classical-nuclei", "--format", "tif,ome-zarr,geojson"],
  ...more,
];
let truth: Record<string, string>;
/** Milliseconds that the whole batch takes here today. */
let usual: number;

beforeAll(async () => {
  main = await builtCommand();
  mkdirSync(join(root, "in"));
  for (let n = 0; n < count; n++) {
    const { image } = synthNuclei({ height: 160, width: 160, seed: n });
    writeFileSync(join(root, "in", `${n}.tif`), writeTiff(image));
  }
  const start = performance.now();
  const { code, err } = await begun(segment("truth")).ended;
  usual = performance.now() - start;
  expect(code, err).toBe(0);
  truth = treeOf(join(root, "truth"));
});

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

/** Starts the command; `node` are options of Node's own. */
function begun(argv: string[], options: SpawnOptions = {}, node: string[] = []) {
  const child = spawn(process.execPath, [...node, main, ...argv], { cwd: root, ...options });
  return { child, ended: endOf(child) };
}

function endOf(child: ReturnType<typeof spawn>): Promise<Ended> {
  let [out, err] = ["", ""];
  child.stdout?.on("data", (part) => {
    out += part;
  });
  child.stderr?.on("data", (part) => {
    err += part;
  });
  return new Promise((done) =>
    child.on("close", (code, signal) => done({ code, signal, out, err })),
  );
}

/** All files below a folder, without how long things took. */
function treeOf(folder: string): Record<string, string> {
  const tree: Record<string, string> = {};
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath ?? entry.path, entry.name);
    const text = readFileSync(path, "latin1");
    tree[relative(folder, path)] = /^\d\.json$/.test(entry.name)
      ? text.replace(/"seconds":\s*\{[^}]*\}/, "").replace(/"\.\.[^"]*\/in\//, '"../in/')
      : text;
  }
  return tree;
}

/** Every file that bears a final name is as it should be, or says that it is not finished. */
function expectWhole(folder: string, where: string): void {
  for (const [name, text] of Object.entries(treeOf(folder)))
    if (!name.includes(".tmp") && text !== truth[name])
      expect(text, `${name}, ${where}`).toMatch(/"begun": true[\s\S]*\}\s*$/);
}

async function expectResumed(folder: string, where: string): Promise<void> {
  const { code, err } = await begun(segment(folder, "--resume", "-q")).ended;
  expect(code, `${where}\n${err}`).toBe(0);
  expect(treeOf(join(root, folder)), where).toEqual(truth);
}

test("kill -9, Ctrl-C and SIGTERM at moments of chance: whole files, 130, and --resume gives the same bytes", async () => {
  const random = seeded(9);
  const told: (number | null)[] = [];
  for (const [i, signal] of (["SIGKILL", "SIGINT", "SIGTERM"] as const).entries()) {
    const { child, ended } = begun(segment("ended", i === 0 ? "--overwrite" : "--resume"));
    const timer = setTimeout(() => child.kill(signal), (0.35 + 0.5 * random()) * usual);
    const { code, signal: by, err } = await ended;
    clearTimeout(timer);
    told.push(code);
    if (code === 130) expect(err).toMatch(/interrupted: coming to a stop/);
    else if (code !== 0) expect(by).toBe("SIGKILL");
    expectWhole(join(root, "ended"), signal);
  }
  expect(told.some((code) => code !== 0)).toBe(true);
  await expectResumed("ended", "after all");
});

test("a second Ctrl-C ends at once and leaves nothing half done", async () => {
  const { child, ended } = begun(segment("twice"));
  child.stderr?.once("data", () => child.kill("SIGINT"));
  child.stderr?.on("data", (text) => {
    if (`${text}`.includes("again to stop at once")) child.kill("SIGTERM");
  });
  expect((await ended).code).toBe(130);
  expectWhole(join(root, "twice"), "ended twice");
});

test("whoever reads the results may go: `| head -1` ends quietly, and the outputs are whole", async () => {
  const { child, ended } = begun(segment("piped", "--json"));
  child.stdout?.once("data", () => child.stdout?.destroy());
  const { code, err } = await ended;
  expect(code, err).toBe(0);
  expect(err).not.toMatch(/EPIPE|rror/);
  expect(treeOf(join(root, "piped"))).toEqual(truth);
  const printed = spawnSync(
    "sh",
    ["-c", `"$0" "$1" measure truth/0_masks.tif | head -1`, process.execPath, main],
    { cwd: root, encoding: "utf8" },
  );
  expect(printed.stdout).toMatch(/^label,[^\n]+\n$/);
  expect(printed.stderr).toBe("");
});

/** Whether file systems can be mounted here, as root can; under CI they must be. */
function mounted(name: string, ...words: string[]): boolean {
  const folder = join(root, name);
  mkdirSync(folder, { recursive: true });
  const { status } = spawnSync("mount", [...words, folder]);
  if (status === 0) mounts.push(folder);
  else if (process.env.CI && process.getuid?.() === 0)
    throw new Error("a file system must be mounted for this test: run it with the right to mount");
  return status === 0;
}

test("a full disk is an error that names the file; what is there is whole, and with room --resume does the rest", async ({
  skip,
}) => {
  if (!mounted("full", "-t", "tmpfs", "-o", "size=64k", "tmpfs")) skip("mount needs root");
  const { code, err } = await begun(segment("full/out")).ended;
  expect([1, 3], err).toContain(code);
  expect(err).toMatch(/^error: \S*: \S*full\/out\/\S+: the disk is full$/m);
  expectWhole(join(root, "full/out"), "disk full");
  expect(Object.keys(treeOf(join(root, "full"))).filter((name) => /\.tmp/.test(name))).toEqual([]);
  cpSync(join(root, "full/out"), join(root, "larger"), {
    recursive: true,
    preserveTimestamps: true,
  });
  await expectResumed("larger", "with room");
});

test("a folder that cannot be written to is said in a line, by every verb that writes", async ({
  skip,
}) => {
  if (!mounted("fixed", "-t", "tmpfs", "-o", "ro", "tmpfs")) skip("mount needs root");
  const verbs = [
    segment("fixed/out"),
    ["convert", "in/0.tif", "-o", "fixed/a.ome.zarr"],
    ["measure", "truth/0_masks.tif", "-o", "fixed/a.csv"],
    ["synth", "nuclei", "-o", "fixed/s", "--size", "32", "-n", "1"],
    ["models", "export", "nuclei", "-o", "fixed/m.zip"],
  ];
  for (const argv of verbs) {
    const context = memoryContext({ cwd: root });
    const code = await run(argv, context);
    const err = context.err();
    expect(code, argv[0]).toBe(1);
    expect(err, argv[0]).toMatch(/fixed\S*: the file system is read-only\n$/);
    expect(err.trim().split("\n"), argv[0]).toHaveLength(1);
  }
});

test("a limit on the size of files is an error of the file, not the end of the process", async () => {
  const limited = ["-c", 'ulimit -f 16; exec "$0" "$@"', process.execPath, main];
  const child = spawn("bash", [...limited, ...segment("limited")], { cwd: root });
  const { code, err } = await endOf(child);
  expect([1, 3], err).toContain(code);
  expect(err).toMatch(/^error: \S*: \S*limited\/\S+: larger than files may be here/m);
  expectWhole(join(root, "limited"), "file limit");
});

test("out of memory: no half file, and with memory --resume does the rest", async () => {
  const { code, signal } = await begun(segment("poor"), {}, ["--max-old-space-size=24"]).ended;
  expect(
    code === 0 || signal === "SIGABRT" || code === 134 || code === 1,
    `${code} ${signal}`,
  ).toBe(true);
  mkdirSync(join(root, "poor"), { recursive: true });
  expectWhole(join(root, "poor"), "out of memory");
  await expectResumed("poor", "with memory");
});

test("clocks that jump do not confuse --resume: an input is known by its time, whatever the time is", async () => {
  cpSync(join(root, "in"), join(root, "late/in"), { recursive: true });
  const cwd = join(root, "late");
  const far = new Date("2090-01-01");
  utimesSync(join(cwd, "in/0.tif"), far, far);
  utimesSync(join(cwd, "in/1.tif"), new Date(0), new Date(0));
  expect(await run(segment("out", "-q"), memoryContext({ cwd }))).toBe(0);
  for (const name of readdirSync(join(cwd, "out"))) utimesSync(join(cwd, "out", name), far, far);
  utimesSync(join(cwd, "in/2.tif"), new Date(5000), new Date(5000));
  const resumed = memoryContext({ cwd });
  expect(await run(segment("out", "-q", "--resume", "--json"), resumed)).toBe(0);
  const told = resumed
    .out()
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  const statuses = told.filter(({ type }) => type === "file").map(({ status }) => status);
  expect(statuses).toEqual(["skipped", "skipped", "done"]);
  // `convert --resume` goes by times: one that is yet to come counts for nothing.
  const argv = ["convert", "in/0.tif", "in/1.tif", "-o", "made", "--format", "png", "-q"];
  expect(await run(argv, memoryContext({ cwd }))).toBe(0);
  for (const name of readdirSync(join(cwd, "made"))) utimesSync(join(cwd, "made", name), far, far);
  const again = memoryContext({ cwd });
  expect(await run([...argv, "--resume"], again), again.err()).toBe(0);
  writeFileSync(join(cwd, "in/0.tif"), readFileSync(join(cwd, "in/1.tif")));
  expect(await run([...argv, "--resume"], again)).toBe(3);
  expect(again.err()).toMatch(/made\/0\.png is older than in\/0\.tif/);
});

test("two processes on one output folder: both end well, and the outputs are whole", async () => {
  const both = [begun(segment("both", "--resume")), begun(segment("both", "--resume"))];
  for (const { ended } of both) {
    const { code, err } = await ended;
    expect(code, err).toBe(0);
  }
  expect(treeOf(join(root, "both"))).toEqual(truth);
});
