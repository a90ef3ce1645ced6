import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { commandFolder } from "@cellwright/testing";
import { expect, test } from "vitest";
import { UsageError } from "../context.js";
import { memoryContext } from "../memory-context.js";
import { run } from "../program.js";
import { jobAt, jobUnder, placeOf } from "./job-place.js";

const here = commandFolder({ run, context: memoryContext });

test("a job of a queue is a plain folder with a plan under the root, and nothing else", async () => {
  here.put("root/plate-1.job/plan.json", "{}");
  here.put("outside/plan.json", "{}");
  here.put("root/empty/readme", "");
  here.put("root/file", "");
  here.put("root/folder-as-plan/plan.json/a", "");
  const root = join(here.cwd, "root");
  symlinkSync(join(here.cwd, "outside"), join(root, "linked"));
  mkdirSync(join(root, "linked-plan"));
  symlinkSync(join(here.cwd, "outside", "plan.json"), join(root, "linked-plan", "plan.json"));
  expect(await jobUnder(root, "plate-1.job")).toBe(join(root, "plate-1.job"));

  const names = [
    "..",
    ".",
    "../outside",
    "plate-1.job/",
    "/etc",
    "a/b",
    "",
    "-n",
    ".hidden",
    "a\0b",
  ];
  const others = [undefined, null, 3, {}, ["plate-1.job"], "a".repeat(101), "plate-1.job\n"];
  for (const name of [...names, ...others])
    await expect(jobUnder(root, name), `${name}`).rejects.toThrow(/a job's name must be/);
  for (const name of ["linked", "file", "nowhere"])
    await expect(jobUnder(root, name), name).rejects.toThrow(/must be a folder under the root/);
  for (const name of ["empty", "folder-as-plan", "linked-plan"])
    await expect(jobUnder(root, name), name).rejects.toThrow(/has no plan.json/);
});

test("a root that is a link itself is where the link leads", async () => {
  here.put("real/j/plan.json", "{}");
  symlinkSync(join(here.cwd, "real"), join(here.cwd, "root"));
  expect(await jobUnder(join(here.cwd, "root"), "j")).toBe(join(here.cwd, "real", "j"));
});

test("a job somebody names is found from where they are", async () => {
  mkdirSync(join(here.cwd, "a b"));
  const context = memoryContext({ cwd: here.cwd });
  await expect(jobAt("a b", context)).rejects.toThrow(UsageError);
  writeFileSync(join(here.cwd, "a b", "plan.json"), "{}");
  expect(await jobAt("a b", context)).toBe(join(here.cwd, "a b"));
  expect(() => placeOf(join(here.cwd, "a b"))).toThrow(/must have a name of/);
  expect(placeOf("/data/jobs/p1")).toEqual({ root: "/data/jobs", name: "p1" });
});
