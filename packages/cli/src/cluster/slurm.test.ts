import { spawnSync } from "node:child_process";
import { chmodSync } from "node:fs";
import { join } from "node:path";
import { commandFolder } from "@cellwright/testing";
import { beforeEach, expect, test } from "vitest";
import { memoryContext } from "../memory-context.js";
import { run } from "../program.js";

const here = commandFolder({ run, context: memoryContext });

/** Puts a program of the shell into the folder `bin`. */
function program(name: string, text: string): void {
  here.put(`bin/${name}`, `#!/bin/bash\n${text}\n`);
  chmodSync(join(here.cwd, "bin", name), 0o755);
}

/** The world of a script: our programs first. */
const world = () => ({ PATH: `${here.cwd}/bin:${process.env.PATH}` });

/** Runs the script with the name of a verb, as a task of an array. */
function task(verb: string, env: Record<string, string> = {}) {
  return spawnSync("bash", ["s.sh", verb], {
    cwd: here.cwd,
    encoding: "utf8",
    env: { ...world(), SLURM_ARRAY_TASK_ID: "3", ...env },
  });
}

/** Writes the script of the job `a job` to `s.sh`. */
async function script(...words: string[]): Promise<void> {
  const { code, out, err } = await here.cellwright(["slurm", "a job", "--shards", "12", ...words]);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  here.put("s.sh", out);
}

beforeEach(() => {
  here.put("a job/plan.json", "{}");
  // Tells what it was asked, and gives numbers from 101 on.
  program(
    "sbatch",
    `printf '<%s>' "$@" >> ${here.cwd}/asked; echo >> ${here.cwd}/asked; echo "$((100 + $(wc -l < ${here.cwd}/asked)));cluster"`,
  );
});

test("segments, merges and finalizes one after the other, each again where tasks were killed", async () => {
  await script(
    "--memory",
    "2G,9G",
    "--at-once",
    "5",
    "--sbatch-args",
    "--partition=gpu  --qos=low",
  );
  const ran = spawnSync("bash", ["s.sh"], { cwd: here.cwd, encoding: "utf8", env: world() });
  expect({ code: ran.status, out: ran.stdout }).toEqual({ code: 0, out: "106\n" });
  const asked = here.text("asked").trim().split("\n");
  const of = (line: string, option: string) => new RegExp(`<--${option}=([^>]*)>`).exec(line)?.[1];
  expect(asked.map((line) => [of(line, "array"), of(line, "mem"), of(line, "dependency")])).toEqual(
    [
      ["0-11%5", "2G", undefined],
      ["0-11%5", "9G", "afterany:101"],
      ["0-0%5", "2G", "afterok:102"],
      ["0-0%5", "9G", "afterok:102,afterany:103"],
      ["0-1%5", "2G", "afterok:104"],
      ["0-1%5", "9G", "afterok:104,afterany:105"],
    ],
  );
  for (const line of asked) {
    expect(line).toContain("<--partition=gpu><--qos=low>");
    expect(line.includes("<--kill-on-invalid-dep=yes>")).toBe(line.includes("<--dependency="));
  }
  expect(asked.map((line) => /<(\w+)>$/.exec(line)?.[1]).join(" ")).toBe(
    "segment segment merge merge finalize finalize",
  );
});

test("merges without the blocks that could not be done only where it was asked to", async () => {
  program("cw", `echo "$@"`);
  await script("--command", "cw");
  expect(task("merge").stdout).toBe(`merge ${here.cwd}/a job\n`);
  await script("--command", "cw", "--partial");
  expect(task("merge").stdout).toBe(`merge ${here.cwd}/a job --partial\n`);
  spawnSync("bash", ["s.sh"], { cwd: here.cwd, env: world() });
  const dependencies = [...here.text("asked").matchAll(/--dependency=([^>]*)/g)];
  expect(dependencies.map(([, dependency]) => dependency)).toEqual([
    "afterany:101",
    "afterany:102",
    "afterany:102,afterany:103",
    "afterany:104",
    "afterany:104,afterany:105",
  ]);
});

test("a process that was killed is started again, one that failed is not", async () => {
  await script("--command", "cw --nice", "--cores", "4", "--device", "gpu");
  program(
    "cw",
    `echo "$@" >> ${here.cwd}/ran; [ -e ${here.cwd}/once ] && exit 0; touch ${here.cwd}/once; kill -9 $$`,
  );
  const killed = task("segment");
  expect(killed.status).toBe(0);
  expect(killed.stderr).toMatch(/segment was killed \(code 137\), attempt 1/);
  const words = `--nice segment --job ${here.cwd}/a job --shard 3/12 --threads 4 --device gpu\n`;
  expect(here.text("ran")).toBe(words + words);

  program("cw", "kill -9 $$");
  expect(task("finalize").status).toBe(137);
  program("cw", `echo x >> ${here.cwd}/tries; exit 3`);
  expect(task("finalize").status).toBe(3);
  expect(here.text("tries")).toBe("x\n");
});

test("submits, and keeps what somebody wrote into an earlier script", async () => {
  const submit = () =>
    here.cellwright(["slurm", "a job", "--shards", "2", "--submit"], { env: world() });
  const { code, out, err } = await submit();
  expect({ code, out }).toEqual({ code: 0, out: "106\n" });
  expect(err).toContain("segment: array 101, 2 task(s) of 4G\n");
  const written = here.text("a job/slurm.sh");
  here.put("a job/slurm.sh", `${written}# mine\n`);
  expect((await submit()).code).toBe(0);
  expect(here.text("a job/slurm.sh~")).toBe(`${written}# mine\n`);
  expect(here.text("a job/slurm.sh")).toBe(written);
});

test("where Slurm refuses, nothing more is submitted and the code says so", async () => {
  program(
    "sbatch",
    `echo x >> ${here.cwd}/asked; echo "sbatch: error: invalid partition" >&2; exit 1`,
  );
  const { code, err } = await here.cellwright(["slurm", "a job", "--shards", "2", "--submit"], {
    env: world(),
  });
  expect(code).toBe(1);
  expect(err).toMatch(/invalid partition[\s\S]*could not be submitted/);
  expect(here.text("asked")).toBe("x\n");
});

test("a script that comes through a pipe says that it must be a file", async () => {
  await script();
  const piped = spawnSync("bash", { input: here.text("s.sh"), encoding: "utf8", env: world() });
  expect(piped.status).toBe(2);
  expect(piped.stderr).toContain("save this as a file");
});

test("wrong options and what is no job end with exit code 2", async () => {
  here.put("b/readme", "");
  for (const words of [
    ["b", "--shards", "2"],
    ["a job"],
    ["a job", "--shards", "0"],
    ["a job", "--shards", "2", "--memory", "lots"],
    ["a job", "--shards", "2", "--memory", "4G;reboot"],
    ["a job", "--shards", "2", "--time", "soon"],
  ])
    expect((await here.cellwright(["slurm", ...words])).code, words.join(" ")).toBe(2);
});
