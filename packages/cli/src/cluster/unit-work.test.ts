import { commandFolder } from "@cellwright/testing";
import { expect, test } from "vitest";
import { memoryContext } from "../memory-context.js";
import { run } from "../program.js";
import type { Ended } from "./unit-process.js";
import { workOn } from "./unit-work.js";

const here = commandFolder({ run, context: memoryContext });
const shard = { index: 0, count: 2 };

/** What becomes of a unit whose process ends so, and the words it was run with. */
async function outcomeOf(
  ended: Partial<Ended>,
  { name = "segment", data = {}, stopped = false } = {},
) {
  here.put("root/p1/plan.json", "{}");
  const ran: string[] = [];
  const stop = stopped ? AbortSignal.abort() : new AbortController().signal;
  const outcome = await workOn(
    name,
    { job: "p1", shard, ...data },
    {
      root: `${here.cwd}/root`,
      machine: { threads: 1, device: "cpu" },
      stop,
      run: async (words) => {
        ran.push(...words);
        return { out: "", err: "", ...ended };
      },
    },
  );
  return { outcome, ran };
}

test("a process that was killed is tried again, an error of input or usage is not", async () => {
  const kinds: [Partial<Ended>, string][] = [
    [{ code: 0 }, "done"],
    [{ signal: "SIGKILL" }, "again"],
    [{ code: 137 }, "again"],
    [{ code: 1, err: "error: the disk is full\n" }, "again"],
    [{ code: 2 }, "failed"],
    [{ code: 3 }, "failed"],
  ];
  for (const [ended, kind] of kinds)
    expect((await outcomeOf(ended)).outcome.kind, JSON.stringify(ended)).toBe(kind);
});

test("a unit that a stop cut short is nobody's failure; one that was done is done", async () => {
  for (const ended of [{ code: 130 }, { code: 1 }, { signal: "SIGTERM" }])
    expect((await outcomeOf(ended, { stopped: true })).outcome.kind).toBe("stopped");
  expect((await outcomeOf({ code: 0 }, { stopped: true })).outcome.kind).toBe("done");
  expect(() => here.text("root/p1/logs/failures.jsonl")).toThrow(/ENOENT/);
});

test("a failure is reported beside the job: which unit, where, why", async () => {
  await outcomeOf({ code: 3, err: "error: block 3: the chunk is damaged\n" });
  await outcomeOf({ signal: "SIGKILL" });
  const lines = here.text("root/p1/logs/failures.jsonl").trim().split("\n");
  const told = lines.map((line) => JSON.parse(line) as Record<string, string>);
  expect(told.map(({ unit, reason }) => [unit, reason])).toEqual([
    ["p1.segment.0-of-2", "code 3: error: block 3: the chunk is damaged"],
    ["p1.segment.0-of-2", "killed by SIGKILL"],
  ]);
  expect(told[0].host).not.toBe("");
});

test("nothing is run for a message that names no job under the root", async () => {
  for (const data of [
    { job: "../root/p1" },
    { job: "p2" },
    { job: "p1", shard: "0/2" },
    { path: "/" },
  ]) {
    const { outcome, ran } = await outcomeOf({ code: 0 }, { data });
    expect(outcome.kind).toBe("failed");
    expect(ran).toEqual([]);
  }
});
