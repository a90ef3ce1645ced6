// The two sinks that all outputs go through, on a disk that fails at each step in turn, and what is done about the names that
// killed processes leave.
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import * as files from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FailingDisk, Fault } from "@cellwright/testing/failing-disk";
import { afterAll, afterEach, expect, test, vi } from "vitest";
import { withTemporaryFolder, writeWhole } from "./file-sink.js";
import { writeWholeFolder } from "./folder-sink.js";
import { messageOf } from "./report.js";
import { begin, finished, isTemporary, lookAgain, mark, tidy, tidyKept } from "./temporary.js";
import { writeReply } from "./view-write.js";

vi.mock("node:fs/promises", async (original) => {
  const { failingDisk } = await import("@cellwright/testing/failing-disk");
  const disk = failingDisk(await original());
  return { ...disk.files, disk };
});
const { disk } = files as unknown as { disk: FailingDisk };

const root = mkdtempSync(join(tmpdir(), "cellwright-sinks-"));
afterAll(() => rmSync(root, { recursive: true }));
afterEach(lookAgain);

/** A folder in which `a` is there, with `old` in it. */
function place(): string {
  const cwd = mkdtempSync(join(root, "run-"));
  writeFileSync(join(cwd, "a"), "old");
  mkdirSync(join(cwd, "f"));
  writeFileSync(join(cwd, "f/x"), "old");
  return cwd;
}

/** What is there: names, and the text of files. */
function seen(cwd: string): string[] {
  return readdirSync(cwd, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .map((path) => `${path.slice(cwd.length + 1)}: ${readFileSync(path, "utf8")}`)
    .sort();
}

/** Each way to write, what it leaves where it goes well, and the name that an error is about. */
const sinks: Record<string, [(cwd: string) => Promise<unknown>, string[], string]> = {
  "a file": [(cwd) => writeWhole(join(cwd, "a"), "new text"), ["a: new text", "f/x: old"], "a"],
  "a file in pieces": [
    (cwd) =>
      writeWhole(
        join(cwd, "a"),
        (async function* () {
          yield Buffer.from("new ");
          yield Buffer.from("text");
        })(),
      ),
    ["a: new text", "f/x: old"],
    "a",
  ],
  "what the page saves": [
    (cwd) =>
      writeReply(
        join(cwd, "b.csv"),
        (async function* () {
          yield Buffer.from("new text");
        })(),
        8,
        new Set(),
      ),
    ["a: old", "b.csv: new text", "f/x: old"],
    "b.csv",
  ],
  "a folder": [
    (cwd) =>
      writeWholeFolder(join(cwd, "f"), async (put) => {
        await put("deep/y", "new");
        await put("z", "new");
      }),
    ["a: old", "f/deep/y: new", "f/z: new"],
    "f",
  ],
  "a folder of one's own": [
    (cwd) =>
      withTemporaryFolder(join(cwd, "g/h"), async (temporary) => {
        const handle = await files.open(join(temporary, "t"), "wx");
        try {
          await handle.write(Buffer.from("new"), 0, 3, 0);
        } finally {
          await handle.close();
        }
        await files.rename(temporary, join(cwd, "g/h"));
      }),
    ["a: old", "f/x: old", "g/h/t: new"],
    "g",
  ],
};
const before = ["a: old", "f/x: old"];
const faults: Fault[] = [
  ...["EIO", "ESTALE", "EXDEV", "ETIMEDOUT", "EBUSY"].map((once) => ({ once })),
  ...["ENOSPC", "EDQUOT", "EROFS", "EFBIG"].map((from) => ({ from })),
];

test.each(Object.entries(sinks))(
  "%s: any error at any step leaves what was there, or what is new, and names the place",
  async (_, [write, after, name]) => {
    const calm = place();
    disk.start(calm);
    await write(calm);
    const { steps } = disk;
    disk.stop();
    expect(seen(calm)).toEqual(after);
    expect(steps).toContain("rename");
    for (const fault of faults)
      for (let at = 0; at < steps.length; at++) {
        const cwd = place();
        disk.start(cwd, fault, at);
        const error: unknown = await write(cwd).then(
          () => undefined,
          (reason) => reason,
        );
        disk.stop();
        const where = `${JSON.stringify(fault)} at ${steps[at]}`;
        if (error === undefined) {
          expect(
            seen(cwd).filter((line) => !/\.tmp\/|\.before-/.test(line)),
            where,
          ).toEqual(after);
          continue;
        }
        const left = seen(cwd).filter(
          (line) => steps[at] !== "rm" || !/\.tmp|\.before-/.test(line),
        );
        expect([before, after], where).toContainEqual(left);
        expect(messageOf(error), where).toMatch(/^\/[^:]*: [^\n]+$/);
        expect(messageOf(error), where).toContain(steps[at] === "mkdir" ? cwd : join(cwd, name));
        expect(messageOf(error), where).not.toContain(".tmp");
        lookAgain();
        await write(cwd);
        expect(seen(cwd), where).toEqual(after);
      }
  },
);

test("a file system that knows no flushing is written to all the same", async () => {
  for (const code of ["EINVAL", "ENOTSUP", "ENOSYS"]) {
    const cwd = place();
    disk.start(cwd);
    await sinks["a file"][0](cwd);
    const at = disk.steps.indexOf("sync");
    disk.start(cwd, { once: code }, at);
    await writeWhole(join(cwd, "a"), "newer");
    disk.stop();
    expect(at).toBeGreaterThan(0);
    expect(seen(cwd)).toEqual(["a: newer", "f/x: old"]);
  }
});

/** A temporary name of another process. */
function nameOf(process: number, system?: string): string {
  const [own, , chance] = mark().split("-");
  return `.a.${system ?? own}-${process}-${chance}.tmp`;
}

test("what a killed process left is gone after the next write there; what others are at work on stays", async () => {
  const cwd = place();
  const dead = nameOf(99_999_999);
  const alive = nameOf(process.ppid);
  const [fresh, old] = [nameOf(1, "0123abcd"), nameOf(1, "0123abcd")];
  const ours = begin(join(cwd, "a"));
  const names = [dead, alive, fresh, old, ".a.tmp", ".a.0123-4.tmp", "a.tmp"];
  for (const name of [...names.map((name) => join(cwd, name)), ours]) writeFileSync(name, "");
  // A clock that is wrong says nothing: only the times of the file system itself are compared.
  const day = 24 * 60 * 60;
  utimesSync(join(cwd, fresh), Date.now() / 1000 + 9 * day, Date.now() / 1000 + 9 * day);
  utimesSync(join(cwd, old), Date.now() / 1000 - 2 * day, Date.now() / 1000 - 2 * day);
  expect([dead, alive, fresh, old].every(isTemporary)).toBe(true);
  await writeWhole(join(cwd, "b"), "");
  finished(ours);
  const left = readdirSync(cwd).map((name) => join(cwd, name));
  const wanted = ["a", "b", "f", alive, fresh, ".a.tmp", ".a.0123-4.tmp", "a.tmp"];
  expect(left.sort()).toEqual([...wanted.map((name) => join(cwd, name)), ours].sort());
  // Once a folder and run.
  writeFileSync(join(cwd, dead), "");
  await tidy(cwd);
  expect(readdirSync(cwd)).toContain(dead);
  lookAgain();
  await tidy(cwd);
  expect(readdirSync(cwd)).not.toContain(dead);
});

test("a folder that holds what was moved out of the way stays until the work is done anew", async () => {
  const cwd = place();
  const kept = nameOf(99_999_999);
  mkdirSync(join(cwd, kept, "before"), { recursive: true });
  await tidy(cwd);
  expect(readdirSync(cwd)).toContain(kept);
  await tidyKept(cwd);
  expect(readdirSync(cwd)).not.toContain(kept);
});
