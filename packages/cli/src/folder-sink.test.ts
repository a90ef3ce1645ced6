import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { expect, test } from "vitest";
import { removeTemporaries } from "./file-sink.js";
import { writeWholeFolder } from "./folder-sink.js";
import { mark } from "./temporary.js";

function place(): { cwd: string; out: string } {
  const cwd = mkdtempSync(join(tmpdir(), "cellwright-"));
  const out = join(cwd, "out");
  mkdirSync(out);
  writeFileSync(join(out, "a"), "old");
  return { cwd, out };
}

test("the new folder takes the place of the old one, and nothing is left beside it", async () => {
  const { cwd, out } = place();
  await writeWholeFolder(out, async (put) => {
    await put("deep/er/b", "new");
    expect(readFileSync(join(out, "a"), "utf8")).toBe("old");
  });
  expect(readdirSync(cwd)).toEqual(["out"]);
  expect(readdirSync(out)).toEqual(["deep"]);
});

test("where the work fails or must end at once, the old folder is there", async () => {
  const { cwd, out } = place();
  const failing = writeWholeFolder(out, async (put) => {
    await put("b", "new");
    removeTemporaries();
    throw new Error("disk");
  });
  await expect(failing).rejects.toThrow("disk");
  expect(readdirSync(cwd)).toEqual(["out"]);
  expect(readFileSync(join(out, "a"), "utf8")).toBe("old");
});

test("a file that cannot be written fails the whole, though others are under way", async () => {
  const { cwd, out } = place();
  const failing = writeWholeFolder(out, async (put) => {
    await put("a", "new");
    await put("a/b", "a file is no folder");
    for (let i = 0; i < 30; i++) await put(`many/${i}`, "new");
  });
  await expect(failing).rejects.toThrow(/ENOTDIR|EEXIST/);
  expect(readdirSync(cwd)).toEqual(["out"]);
  await writeWholeFolder(out, async (put) => {
    for (let i = 0; i < 30; i++) await put(`many/${i % 3}/${i}`, `${i}`);
  });
  for (let i = 0; i < 30; i++)
    expect(readFileSync(join(out, `many/${i % 3}/${i}`), "utf8")).toBe(`${i}`);
});

test("what a process that was killed took away is put back, before anything else is done", async () => {
  const { cwd, out } = place();
  // Killed between the two renames: the old folder lies beside its place, the new one in a temporary one.
  const before = `${out}.before-${mark()}`;
  renameSync(out, before);
  removeTemporaries();
  expect(existsSync(join(before, "a"))).toBe(true);
  const failing = writeWholeFolder(out, async () => {
    throw new Error("disk");
  });
  await expect(failing).rejects.toThrow("disk");
  expect(readdirSync(cwd)).toEqual(["out"]);
  expect(readFileSync(join(out, "a"), "utf8")).toBe("old");
});

test("folders of people that only look alike stay where they are", async () => {
  const { cwd, out } = place();
  renameSync(out, `${out}.before-christmas`);
  await writeWholeFolder(out, async (put) => put("b", "new"));
  expect(readdirSync(cwd).sort()).toEqual(["out", "out.before-christmas"]);
  expect(readdirSync(out)).toEqual(["b"]);
});

test("an old folder that a process had no time to remove is gone after the next write; that of one at work stays", async () => {
  const { cwd, out } = place();
  mkdirSync(`${out}.before-${mark()}`);
  const atWork = `${out}.before-${mark().replace(/-\d+-/, `-${process.ppid}-`)}`;
  mkdirSync(atWork);
  await writeWholeFolder(out, async (put) => put("b", "new"));
  expect(readdirSync(cwd).sort()).toEqual(["out", basename(atWork)]);
});
