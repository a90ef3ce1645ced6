import { zipSync } from "fflate";
import { expect, test } from "vitest";
import { readModelZip, writeModelZip } from "./model-zip.js";
import { bytesSource } from "./source.js";

const text = (value: string) => new TextEncoder().encode(value);
const open = (bytes: Uint8Array, maxBytes?: number) =>
  readModelZip(bytesSource("m.zip", bytes), maxBytes ? { maxBytes } : {});

test("files come out as they went in, whatever order they were given in", async () => {
  const a = { "b.txt": text("two"), "a/c.txt": text("x".repeat(100_000)), e: new Uint8Array(0) };
  const zip = writeModelZip(a);
  expect(writeModelZip({ e: a.e, "a/c.txt": a["a/c.txt"], "b.txt": a["b.txt"] })).toEqual(zip);
  const files = await open(zip);
  for (const [name, bytes] of Object.entries(a)) {
    const source = await files.open(name);
    expect(await source?.read(0, source.byteLength)).toEqual(bytes);
  }
  expect(await files.open("nothing")).toBeUndefined();
  expect(await files.open("__proto__")).toBeUndefined();
});

test("stored files, folders and a comment at the end are read", async () => {
  const zip = zipSync({ "d/": new Uint8Array(0), "d/a": text("hello") }, { level: 0 });
  const commented = new Uint8Array(zip.length + 3);
  commented.set(zip);
  commented[zip.length - 2] = 3;
  const source = await (await open(commented)).open("d/a");
  expect(await source?.read(0, 5)).toEqual(text("hello"));
});

test("names that would leave the folder are refused", async () => {
  for (const name of ["../a", "/a", "a/../../b", "a\\b", "C:\\a"])
    await expect(open(zipSync({ [name]: text("x") })), name).rejects.toThrow(
      /^m\.zip holds the name .* no path inside a model$/,
    );
});

test("a name that comes twice is refused", async () => {
  const zip = zipSync({ aa: text("1"), ab: text("2") }, { level: 0 });
  // The second file gets the first one's name, in its own head and in the directory.
  for (let i = 0; i + 1 < zip.length; i++) if (zip[i] === 97 && zip[i + 1] === 98) zip[i + 1] = 97;
  await expect(open(zip)).rejects.toThrow("m.zip holds aa twice");
});

test("a file that unpacks to too much is refused before it does", async () => {
  const zip = zipSync({ a: new Uint8Array(500_000) });
  expect(zip.length).toBeLessThan(10_000);
  await expect((await open(zip, 400_000)).open("a")).rejects.toThrow(
    "m.zip/a must unpack to at most 400000 bytes, is said to have 500000",
  );
});

test("a file that lies about its size is refused", async () => {
  const zip = zipSync({ a: text("x".repeat(100)) }, { level: 6 });
  const view = new DataView(zip.buffer, zip.byteOffset);
  const directory = view.getUint32(zip.length - 6, true);
  for (const size of [10, 99, 101, 4_000_000_000]) {
    view.setUint32(directory + 24, size, true);
    await expect((await open(zip, 5e9)).open("a"), `${size}`).rejects.toThrow("m.zip/a is damaged");
  }
});

test("a zip with one wrong byte, or cut short, gives the right files or an error that names it", async () => {
  const content = text("hello ".repeat(50));
  const zip = writeModelZip({ a: content });
  const attempt = async (bytes: Uint8Array) => {
    const source = await (await open(bytes)).open("a");
    return source && (await source.read(0, source.byteLength));
  };
  const outcomes = { same: 0, refused: 0 };
  const check = async (bytes: Uint8Array) => {
    const found = await attempt(bytes).catch((error: Error) => error);
    if (found instanceof Error) expect(found.message).toMatch(/^m\.zip/);
    else if (found) expect(found).toEqual(content);
    outcomes[found instanceof Error ? "refused" : "same"]++;
  };
  for (let i = 0; i < zip.length; i++) {
    await check(zip.slice(0, i));
    const wrong = zip.slice();
    wrong[i] ^= 1 << (i % 8);
    await check(wrong);
  }
  expect(outcomes.refused).toBeGreaterThan(zip.length);
});
