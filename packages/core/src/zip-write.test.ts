import { unzipSync } from "fflate";
import { expect, test } from "vitest";
import { bytesSource } from "./source.js";
import { listZip, readZipEntry } from "./zip.js";
import { startZip } from "./zip-write.js";

test("files come out as they went in, stored and deflated, by two readers", async () => {
  const files: [string, Uint8Array, boolean][] = [
    ["a/b.txt", new TextEncoder().encode("ä".repeat(1000)), true],
    ["zarr.json", Uint8Array.of(1, 2, 3), false],
    ["ü.bin", new Uint8Array(0), false],
  ];
  const make = () => {
    const zip = startZip();
    for (const [name, content, deflate] of files) zip.add(name, content, { deflate });
    return zip.end();
  };
  const bytes = make();
  expect(make()).toEqual(bytes);
  expect(bytes.length).toBeLessThan(700);
  const expected = Object.fromEntries(files.map(([name, content]) => [name, content]));
  expect(unzipSync(bytes)).toEqual(expected);
  const source = bytesSource("a.zip", bytes);
  const entries = await listZip(source);
  expect(entries.map(({ name }) => name)).toEqual(["a/b.txt", "zarr.json", "ü.bin"]);
  for (const entry of entries)
    expect(await readZipEntry(source, entry, 1e6)).toEqual(expected[entry.name]);
});

test("more files than a zip can hold are refused", () => {
  const zip = startZip();
  const none = new Uint8Array(0);
  expect(() => {
    for (let i = 0; i < 70_000; i++) zip.add(`${i}`, none);
  }).toThrow("a zip holds at most 65000 files");
});
