import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { expand, isPattern, matchName } from "./name-pattern.js";

function folderOf(...files: string[]): string {
  const folder = mkdtempSync(join(tmpdir(), "cellwright-"));
  for (const file of files) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), "");
  }
  return folder;
}

test("a pattern gives what its signs stood for", () => {
  expect(matchName("*phase*", "a_phase_1")).toEqual(["a_", "_1"]);
  expect(matchName("*phase*", "a_nuclear_1")).toBeUndefined();
  expect(matchName("img?.[ab]", "img7.b")).toEqual(["7", "b"]);
  expect(matchName("[!ab]", "a")).toBeUndefined();
});

test("signs of regular expressions mean themselves", () => {
  expect(matchName("a.tif", "a.tif")).toEqual([]);
  expect(matchName("a.tif", "abtif")).toBeUndefined();
  expect(matchName("(a+)|$^{2}\\*", "(a+)|$^{2}\\x")).toEqual(["x"]);
});

test("a set that runs backwards is a wrong pattern, not a crash", () => {
  expect(() => matchName("[z-a]", "b")).toThrow(/must run upwards/);
});

test("only names with signs are patterns", () => {
  expect(["a.tif", "a b/c", "a*", "a?", "[a]"].map(isPattern)).toEqual([
    false,
    false,
    true,
    true,
    true,
  ]);
});

test("patterns are looked for folder by folder, hidden files aside", async () => {
  const cwd = folderOf("a1.tif", "b/a2.tif", "b/c/a3.tif", "b/c/x.png", ".h.tif", ".d/a4.tif");
  const at = async (pattern: string) => (await expand(pattern, cwd)).sort();
  expect(await at("*.tif")).toEqual(["a1.tif"]);
  expect(await at("b/*.tif")).toEqual([join("b", "a2.tif")]);
  expect(await at("*/c/*.tif")).toEqual([join("b", "c", "a3.tif")]);
  expect(await at("**/*.tif")).toEqual(["a1.tif", join("b", "a2.tif"), join("b", "c", "a3.tif")]);
  expect(await at(`${cwd}/b/**`)).toContain(join(cwd, "b", "c", "x.png"));
  expect(await at("nothing/*.tif")).toEqual([]);
});

test("names with dashes, dots and signs stand for themselves", () => {
  for (const name of ["ecoli-kc/set1", "a.b+c(1)$^{2}|x", "näme-1"]) {
    expect(matchName(name, name)).toEqual([]);
    expect(matchName(`${name}*`, `${name}.tif`)).toEqual([".tif"]);
  }
  expect(matchName("a-*.tif", "a-b.tif")).toEqual(["b"]);
  expect(matchName("a.b", "aXb")).toBeUndefined();
});
