// Real servers, started here: Slurm, Snakemake on this machine and on that Slurm, Redis. Every one finishes a job with
// the bytes of a run in one process, though processes are killed on the way. tools/cluster/install.sh installs them.
import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { builtCommand } from "@cellwright/testing/command";
import { Queue } from "bullmq";
import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";

const place = (path: string) => fileURLToPath(new URL(path, import.meta.url));
let main: string;
const snakefile = place("../../workflow/snakemake/Snakefile");
const profile = place("../../workflow/snakemake/slurm");
const tools = place("../../../../tools/cluster");

const missing = ["slurmctld", "slurmd", "sbatch", "munged", "snakemake", "redis-server"].filter(
  (name) => spawnSync("sh", ["-c", `PATH="$PATH:/usr/sbin"; command -v ${name}`]).status !== 0,
);
if (missing.length > 0 && process.env.CI)
  throw new Error(`CI must have ${missing.join(", ")}: tools/cluster/install.sh`);

// Several processes each on what may be two cores that others use too.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

const root = mkdtempSync(join(tmpdir(), "cellwright-cluster-"));
const started = new Set<string>();
let truth: Record<string, string>;

/** Runs a program to its end, whatever its code. */
function ran(program: string, words: string[], env: NodeJS.ProcessEnv = {}) {
  return new Promise<{ code: number | null; text: string }>((done, fail) => {
    const child = spawn(program, words, { env: { ...process.env, ...env }, cwd: root });
    let text = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (part) => (text += part));
    child.on("error", fail);
    child.on("close", (code) => done({ code, text }));
  });
}

async function cellwright(words: string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
  const { code, text } = await ran(process.execPath, [main, ...words], env);
  expect(code, text).toBe(0);
  return text;
}

/** Starts a server of tools/cluster, and gives what it says must be in the environment. */
async function start(server: string): Promise<Record<string, string>> {
  const folder = join(root, server);
  started.add(folder);
  const env = { CLUSTER_PORT: `${await freePort()}`, CLUSTER_CPUS: "2" };
  const { code, text } = await ran(join(tools, "start.sh"), [server, folder], env);
  expect(code, text).toBe(0);
  const lines = text.matchAll(/^export (\w+)=(.*)$/gm);
  return Object.fromEntries([...lines].map(([, name, value]) => [name, value]));
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

/** Another job with the same plan. */
function jobOf(name: string): string {
  const folder = join(root, "jobs", name);
  mkdirSync(folder, { recursive: true });
  copyFileSync(join(root, "jobs", "truth", "plan.json"), join(folder, "plan.json"));
  return folder;
}

/** What a job made: the sha256 of every file of the labels and of the table. */
function outputsOf(job: string): Record<string, string> {
  const labels = readdirSync(join(job, "labels.zarr"), { recursive: true, withFileTypes: true });
  const files = labels
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const hashes = [...files, join(job, "cells.csv")].map((file) => [
    file.slice(job.length),
    createHash("sha256").update(readFileSync(file)).digest("hex"),
  ]);
  return Object.fromEntries(hashes);
}

/** Files that are being written. */
function temporaries(job: string): string[] {
  const entries = readdirSync(job, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const names = files.map((entry) => join(entry.parentPath, entry.name).slice(job.length));
  return names.filter((name) => /^\/tmp\/|\.tmp$/.test(name));
}

/** Waits for a process that is in the middle of a shard of a job, or of any: of what it tells of itself in the job's folder. */
function atWorkOn(job: string, shard: RegExp = /segment/): Promise<number> {
  return until(() => {
    for (const name of namesOf(() => readdirSync(join(job, "running")))) {
      const text = readFile(join(job, "running", name));
      if (shard.test(text)) return (JSON.parse(text) as { process: number }).process;
    }
    return undefined;
  });
}

/** The process of a task of an array, where there is one. */
function ofTask(array: string, task: number): number | undefined {
  const found = namesOf(() => readdirSync("/proc"))
    .filter((name) => /^\d+$/.test(name) && readFile(`/proc/${name}/cmdline`).includes(main))
    .find((name) => {
      const variables = readFile(`/proc/${name}/environ`).split("\0");
      return [`SLURM_ARRAY_JOB_ID=${array}`, `SLURM_ARRAY_TASK_ID=${task}`].every((each) =>
        variables.includes(each),
      );
    });
  return found === undefined ? undefined : Number(found);
}

function namesOf(list: () => string[]): string[] {
  try {
    return list();
  } catch {
    return [];
  }
}

async function until<T>(look: () => T | undefined): Promise<T> {
  for (let i = 0; i < 9000; i++) {
    const found = look();
    if (found !== undefined) return found;
    await sleep(20);
  }
  throw new Error(`did not come about: ${look}`);
}

function readFile(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

const megabytes = (id: number) =>
  (Number(readFile(`/proc/${id}/statm`).split(" ")[1]) * 4096) / 1e6;
const isThere = (id: number) => readFile(`/proc/${id}/cmdline`) !== "";

describe.skipIf(missing.length > 0)("a job on real servers", () => {
  beforeAll(async () => {
    main = await builtCommand();
    await cellwright(["synth", "nuclei", "-o", "synth", "--count", "1", "--size", "384"]);
    const image = join("synth", "images", "nuclei-000.tif");
    await cellwright(["plan", image, "-o", "jobs/truth", "--block", "128"]);
    await cellwright(["segment", "--job", "jobs/truth"]);
    await cellwright(["merge", "jobs/truth"]);
    await cellwright(["finalize", "jobs/truth"]);
    truth = outputsOf(join(root, "jobs", "truth"));
    expect(Object.keys(truth).length).toBeGreaterThan(9);
  });

  afterAll(async () => {
    for (const folder of started) await ran(join(tools, "stop.sh"), [folder]);
    rmSync(root, { recursive: true, force: true });
  });

  test("Slurm: an array of 8, one task killed, one out of memory", async () => {
    const env = await start("slurm");
    const job = jobOf("on slurm");
    const asked = ["--shards", "8", "--at-once", "2", "--memory", "1G,2G", "--submit"];
    const said = await cellwright(["slurm", job, ...asked], env);
    const [, array] = /segment: array (\d+)/.exec(said) ?? [];
    // Task 5 gets less memory than it needs, and is held where it has more, until Slurm has looked.
    execFileSync("scontrol", ["update", `JobId=${array}_5`, "MinMemoryNode=60"], {
      env: { ...process.env, ...env },
    });
    const log = (task: number) => readFile(join(job, "logs", `segment-${array}-${task}.log`));
    // Slurm may start either of the two first.
    const outOfMemory = until(() => {
      const hungry = ofTask(`${array}`, 5);
      if (hungry !== undefined && megabytes(hungry) > 66) process.kill(hungry, "SIGSTOP");
      return /Exceeded job memory limit/.test(log(5)) || undefined;
    });
    const killed = atWorkOn(job, /"2\/8"/).then((id) => process.kill(id, "SIGKILL"));
    await Promise.all([outOfMemory, killed]);
    await until(() => {
      const queue = spawnSync("squeue", ["--noheader"], { env: { ...process.env, ...env } });
      return (queue.status === 0 && `${queue.stdout}` === "") || undefined;
    });
    expect(log(2)).toMatch(/segment was killed \(code 137\), attempt 1/);
    expect(outputsOf(job)).toEqual(truth);
    expect(temporaries(job)).toEqual([]);
  });

  test("Snakemake on Slurm", async () => {
    const job = jobOf("snakemake on slurm");
    const { code, text } = await snakemake(job, 2, ["--profile", profile], await start("slurm"));
    expect(code, text).toBe(0);
    expect(text).toContain("with external jobid");
    expect(outputsOf(job)).toEqual(truth);
  });

  test("Snakemake on this machine, one process killed", async () => {
    const job = jobOf("on snakemake");
    const run = snakemake(job, 3, ["--cores", "2"]);
    process.kill(await atWorkOn(job, /"1\/3"/), "SIGKILL");
    const { code, text } = await run;
    expect(code, text).toBe(0);
    expect(text).toContain("Trying to restart");
    expect(outputsOf(job)).toEqual(truth);
    const again = await snakemake(job, 3, ["--cores", "2"]);
    expect(again.text).toContain("Nothing to be done");
  });

  test("Redis: three workers, one killed in the middle of a unit, one told to stop", async () => {
    const env = await start("redis");
    const job = jobOf("on-redis");
    const words = ["worker", "--root", join(root, "jobs"), "--json", "--stalled-after", "2"];
    const workers = [0, 1, 2].map(() => startWorker(words, env));
    const wait = cellwright(["enqueue", job, "--shards", "5", "--wait"], env);
    const unit = await atWorkOn(job);
    const parent = Number(/PPid:\s*(\d+)/.exec(readFile(`/proc/${unit}/status`))?.[1]);
    const killed = workers.find(({ child }) => child.pid === parent);
    killed?.child.kill("SIGKILL");
    const [second, third] = workers.filter((worker) => worker !== killed);
    second.child.kill("SIGTERM");
    expect(await wait).toMatch(/on-redis\tdone/);
    expect(outputsOf(job)).toEqual(truth);
    expect(temporaries(job)).toEqual([]);
    // No process outlives its worker, and what it had begun was given to another.
    await until(() => (isThere(unit) ? undefined : true));
    expect(third.states()).toContain("stalled");
    // What is no job under the root is refused by whoever takes it.
    const connection = new Redis(`${env.CELLWRIGHT_REDIS_URL}`, { maxRetriesPerRequest: null });
    const queue = new Queue("cellwright", { connection });
    await queue.add("segment", { job: "../jobs/truth", shard: { index: 0, count: 1 } });
    await until(() => third.states().includes("failed") || undefined);
    await queue.close();
    connection.disconnect();
    third.child.kill("SIGTERM");
    expect([await second.end, await third.end]).toEqual([130, 130]);
    // A job that ended may be given again; one that is in the queue is there once.
    const again = ["enqueue", job, "--shards", "8"];
    expect(await cellwright(again, env)).toBe("on-redis\tin the queue\t8\n");
    expect(await cellwright(again, env)).toBe("on-redis\talready in the queue\n");
  });
});

function snakemake(job: string, shards: number, words: string[], env: NodeJS.ProcessEnv = {}) {
  const config = [`job=${job}`, `shards=${shards}`, "memory_mb=1000"];
  // Under CI Snakemake asks every second how batch jobs are, else every ten.
  return ran(
    "snakemake",
    [
      ...["--snakefile", snakefile, "--directory", job, ...words],
      ...["--config", ...config, `cellwright=${process.execPath} ${main}`],
    ],
    { ...env, CI: "true", XDG_CACHE_HOME: join(root, "cache") },
  );
}

function startWorker(words: string[], env: Record<string, string>) {
  const child: ChildProcess = spawn(process.execPath, [main, ...words], {
    env: { ...process.env, ...env },
    cwd: root,
  });
  let text = "";
  child.stdout?.on("data", (part) => (text += part));
  const end = new Promise<number | null>((done) => child.on("close", done));
  const lines = () => text.split("\n").filter((line) => line !== "");
  const states = () => lines().map((line) => (JSON.parse(line) as { state: string }).state);
  return { child, end, states };
}
