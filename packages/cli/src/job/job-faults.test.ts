// Processes that are killed, that do the same work at once, and that cannot write: what comes out is the same, or an error
// that says why. The command is built, as a process cannot be killed that is none.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { synthNuclei, writeOmeZarr } from "@cellwright/core";
import { builtCommand } from "@cellwright/testing/command";
import { afterAll, beforeAll, expect, test } from "vitest";

let main: string;
const root = mkdtempSync(join(tmpdir(), "cellwright-faults-"));
const image = join(root, "a.zarr");
const truth = join(root, "truth");
/** Milliseconds that each verb takes here today, undisturbed. */
const took: number[] = [];
const isRoot = process.getuid?.() === 0;

beforeAll(async () => {
  main = await builtCommand();
  const { image: pixels } = synthNuclei({ seed: 4, height: 512, width: 512, diameter: 20 });
  const set = (key: string, bytes: Uint8Array) => {
    mkdirSync(dirname(join(image, key)), { recursive: true });
    writeFileSync(join(image, key), bytes);
  };
  await writeOmeZarr(pixels, { set }, { chunk: 128 });
  for (const argv of steps(truth)) {
    const begin = performance.now();
    await must(argv);
    took.push(performance.now() - begin);
  }
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** All verbs of a job, with the shipped model of nuclei. */
const steps = (job: string): string[][] => [
  ["plan", image, "-o", job, "--block", "128", "--halo", "48", "--no-rescale"],
  ["segment", "--job", job, "--threads", "1"],
  ["merge", job],
  ["finalize", job],
];

interface Ended {
  readonly code: number | null;
  readonly killed: boolean;
  readonly text: string;
}

function start(argv: string[]): { ended: Promise<Ended>; kill: () => void } {
  const child = spawn(process.execPath, [main, ...argv], { cwd: root });
  let text = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (part) => {
      text += part;
    });
  const ended = new Promise<Ended>((done) =>
    child.on("close", (code, signal) => done({ code, killed: signal === "SIGKILL", text })),
  );
  return { ended, kill: () => child.kill("SIGKILL") };
}

async function must(argv: string[]): Promise<Ended> {
  const ended = await start(argv).ended;
  expect(ended.code, ended.text).toBe(0);
  return ended;
}

function filesOf(job: string): string[] {
  return readdirSync(job, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(job, join(entry.parentPath ?? entry.path, entry.name)))
    .sort();
}

/** What is left of a job: hashes of plan, parts, labels and table. */
function contentOf(job: string): Record<string, string> {
  const hash = (name: string) =>
    createHash("sha256")
      .update(readFileSync(join(job, name)))
      .digest("hex");
  const names = filesOf(job).filter((name) => name !== "report.html");
  return Object.fromEntries(names.map((name) => [name, hash(name)]));
}

test("kill -9 at moments of chance of every verb, and again: the same bytes, nothing left over", async () => {
  const job = join(root, "killed");
  let kills = 0;
  for (const [n, argv] of steps(job).entries()) {
    for (let i = 0; i < [2, 6, 2, 3][n]; i++) {
      const { ended, kill } = start(argv);
      const timer = setTimeout(kill, (0.15 + 0.65 * Math.random()) * took[n]);
      if ((await ended).killed) kills++;
      clearTimeout(timer);
    }
    await must(argv);
  }
  expect(kills).toBeGreaterThan(4);
  expect(contentOf(job)).toEqual(contentOf(truth));
  expect(existsSync(join(job, "tmp"))).toBe(false);
}, 300_000);

test("two processes on one shard, and two that finish it: the same bytes", async () => {
  const job = join(root, "twice");
  const [plan, segment, merge, finalize] = steps(job);
  for (const argv of [plan, segment, merge, finalize]) {
    const both = [start(argv), start(argv)];
    for (const { ended } of both) {
      const { code, text } = await ended;
      expect(code, text).toBe(0);
    }
  }
  expect(contentOf(job)).toEqual(contentOf(truth));
});

test.runIf(isRoot)("a full disk is said once, and what is done stays done", async () => {
  const disk = join(root, "disk");
  mkdirSync(disk);
  const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=100k", "tmpfs", disk]);
  if (mounted.status !== 0) return;
  try {
    const job = join(disk, "job");
    const [plan, segment] = steps(job);
    await must(plan);
    const { code, text } = await start(segment).ended;
    expect(code).toBe(3);
    expect(text.match(/error: /g)).toHaveLength(1);
    expect(text).toMatch(/the disk is full \(on /);
    const parts = (folder: string) =>
      Object.entries(contentOf(folder)).filter(([name]) => /^parts.*json$/.test(name));
    expect(parts(job).length).toBeGreaterThan(0);
    expect(parts(truth)).toEqual(expect.arrayContaining(parts(job)));
    expect(filesOf(job).filter((name) => name.startsWith("tmp/"))).toEqual([]);
    const larger = join(root, "larger");
    cpSync(job, larger, { recursive: true });
    for (const argv of steps(larger).slice(1)) await must(argv);
    expect(contentOf(larger)).toEqual(contentOf(truth));
  } finally {
    spawnSync("umount", [disk]);
  }
});

test.runIf(isRoot)(
  "a folder that cannot be written to is said before anything is done",
  async () => {
    const job = join(root, "fixed");
    const [plan, segment] = steps(job);
    await must(plan);
    const mounted = spawnSync("mount", ["--bind", job, job]);
    if (mounted.status !== 0) return;
    try {
      spawnSync("mount", ["-o", "remount,ro,bind", job]);
      const { code, text } = await start(segment).ended;
      expect(code).toBe(1);
      expect(text).toMatch(/^error: .*the file system is read-only.*\(on /);
      const { code: seen, text: told } = await start(["info", job]).ended;
      expect([seen, told]).toEqual([0, expect.stringMatching(/^0 of 16 blocks done/)]);
    } finally {
      spawnSync("umount", [job]);
    }
  },
);

test("an interrupted process ends at once with 130, and the same command does the rest", async () => {
  const job = join(root, "stopped");
  const [plan, segment, ...rest] = steps(job);
  await must(plan);
  const child = spawn(process.execPath, [main, ...segment], { cwd: root });
  const parts = join(job, "parts");
  while (!existsSync(parts)) await wait(20);
  child.kill("SIGINT");
  const code = await new Promise((done) => child.on("close", done));
  expect(code).toBe(130);
  for (const argv of [segment, ...rest]) await must(argv);
  expect(contentOf(job)).toEqual(contentOf(truth));
});
