import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { removeTemporaries, withTemporaryFolder, writeWhole } from "./file-sink.js";
import { withFile } from "./file-source.js";

const folder = () => mkdtempSync(join(tmpdir(), "cellwright-"));

test("a file is written and nothing else is left beside it", async () => {
  const dir = folder();
  await writeWhole(join(dir, "a.txt"), "old");
  await writeWhole(join(dir, "a.txt"), "new");
  expect(readFileSync(join(dir, "a.txt"), "utf8")).toBe("new");
  expect(readdirSync(dir)).toEqual(["a.txt"]);
});

test("a write that fails leaves what was there and no temporary file, and names the file", async () => {
  const dir = folder();
  mkdirSync(join(dir, "taken"));
  writeFileSync(join(dir, "taken", "x"), "");
  await expect(writeWhole(join(dir, "taken"), "text")).rejects.toMatchObject({
    path: join(dir, "taken"),
  });
  expect(readdirSync(dir)).toEqual(["taken"]);
  await expect(writeWhole(join(dir, "no", "a"), "text")).rejects.toMatchObject({ code: "ENOENT" });
});

test("a temporary folder is gone afterwards, also where the work fails or the process must end", async () => {
  const dir = folder();
  const moved = await withTemporaryFolder(join(dir, "made", "out"), async (temporary) => {
    writeFileSync(join(temporary, "a.txt"), "text");
    return readdirSync(temporary);
  });
  expect(moved).toEqual(["a.txt"]);
  const failing = withTemporaryFolder(join(dir, "out"), async (temporary) => {
    writeFileSync(join(temporary, "a.txt"), "text");
    throw new Error("no");
  });
  await expect(failing).rejects.toThrow("no");
  await withTemporaryFolder(join(dir, "out"), async (temporary) => {
    mkdirSync(join(temporary, "inner"));
    removeTemporaries();
    expect(readdirSync(dir)).toEqual(["made"]);
  });
  expect(readdirSync(join(dir, "made"))).toEqual([]);
});

test("names up to the longest a file system takes can be written", async () => {
  const dir = folder();
  const name = `${"é".repeat(125)}.txt`;
  await writeWhole(join(dir, name), "text");
  expect(readdirSync(dir)).toEqual([name]);
});

test("a source reads ranges of a file and refuses what is no file", async () => {
  const dir = folder();
  writeFileSync(join(dir, "a.bin"), Uint8Array.from([0, 1, 2, 3, 4]));
  const read = (start: number, end: number) =>
    withFile(join(dir, "a.bin"), (source) => source.read(start, end));
  expect([...(await read(1, 4))]).toEqual([1, 2, 3]);
  await expect(read(3, 9)).rejects.toThrow(/ends at byte 5/);
  await expect(withFile(dir, async () => 0)).rejects.toThrow(/is a folder|EISDIR/);
  expect(
    await withFile(join(dir, "a.bin"), async ({ name, byteLength }) => [name, byteLength]),
  ).toEqual(["a.bin", 5]);
});
