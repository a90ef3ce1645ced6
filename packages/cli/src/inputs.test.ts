import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { pairs } from "./channel-files.js";
import { findFiles, refuseClashes, singles, stemOf } from "./inputs.js";

function folderOf(...files: string[]): string {
  const folder = mkdtempSync(join(tmpdir(), "cellwright-"));
  for (const file of files) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), "");
  }
  return folder;
}

const at = (path: string, folder = "") => ({ path, folder });

test("files of a folder come in the order people count, without hidden ones and outputs", async () => {
  const cwd = folderOf(
    "d/img10.tif",
    "d/img2.tif",
    "d/.hidden.tif",
    "d/._img2.tif",
    "d/img2_masks.tif",
    "d/img2_preview.png",
    "d/notes.txt",
    "d/deeper/img1.tif",
  );
  const { files, problems } = await findFiles(["d"], { cwd });
  expect(files).toEqual([at(join("d", "img2.tif")), at(join("d", "img10.tif"))]);
  expect(problems).toEqual([]);
  const all = await findFiles(["d"], { cwd, recursive: true });
  expect(all.files).toContainEqual(at(join("d", "deeper", "img1.tif"), "deeper"));
});

test("a file named twice is taken once, and one named by itself whatever it is called", async () => {
  const cwd = folderOf("a.tif", "odd.dat");
  const { files } = await findFiles(["a.tif", "./a.tif", "*.tif", "odd.dat"], { cwd });
  expect(files.map((file) => file.path)).toEqual(["a.tif", "odd.dat"]);
});

test("what is not there is a problem by name, and the rest is found", async () => {
  const cwd = folderOf("a.tif", "empty/notes.txt");
  const { files, problems } = await findFiles(["no.tif", "empty", "x*.tif", "a.tif"], { cwd });
  expect(files).toHaveLength(1);
  expect(problems.map(({ input }) => input)).toEqual(["no.tif", "empty", "x*.tif"]);
  expect(problems[0].message).toBe("no such file or folder");
  expect(problems[1].message).toMatch(/^no images in this folder/);
});

test("a folder that links lead back to is looked into once", async () => {
  const cwd = folderOf("d/a.tif");
  symlinkSync(join(cwd, "d"), join(cwd, "d", "again"));
  const { files } = await findFiles(["d"], { cwd, recursive: true });
  expect(files).toHaveLength(1);
});

test("a file whose name looks like a pattern is taken as a file", async () => {
  const cwd = folderOf("img [1].tif");
  expect((await findFiles(["img [1].tif"], { cwd })).files).toHaveLength(1);
});

test("stems lose one extension, and OME's double one", () => {
  expect(["a.tif", "d/a.b.png", "a.ome.tif", ".tif", "a"].map(stemOf)).toEqual([
    "a",
    "a.b",
    "a",
    ".tif",
    "a",
  ]);
});

test("two images with one place for their outputs are refused before any work", () => {
  const same = (...names: string[]) => refuseClashes(singles(names.map((name) => at(name))));
  expect(() => same("a.tif", "a.png")).toThrow(/a\.tif and a\.png/);
  expect(() => same("x/A.tif", "y/a.tif")).toThrow();
  expect(() => same("\u00e9.tif", "e\u0301.png")).toThrow();
  expect(() => same("a.tif", "b.tif")).not.toThrow();
  expect(() => refuseClashes(singles([at("d/x/a.tif", "x"), at("d/a.tif")]))).not.toThrow();
});

test("channels in files of their own pair by the rest of the name", () => {
  const files = ["p1_phase_a.tif", "p1_nuclear_a.tif", "p2_nuclear.png", "p2_phase.tif", "x.tif"];
  const { items, problems } = pairs(
    files.map((file) => at(file)),
    { phase: "*phase*", nuclear: "*nuclear*" },
  );
  expect(items).toEqual([
    { name: "p1_a", files: ["p1_phase_a.tif", "p1_nuclear_a.tif"] },
    { name: "p2", files: ["p2_phase.tif", "p2_nuclear.png"] },
  ]);
  expect(problems).toEqual([]);
});

test("names that are all channel keep their folder or first name", () => {
  const files = [at("s/nuclear.tif", "s"), at("s/phase.tif", "s"), at("t/phase.tif", "t")];
  const { items, problems } = pairs(files, { phase: "*phase*", nuclear: "*nuclear*" });
  expect(items).toEqual([{ name: join("s", "phase"), files: ["s/phase.tif", "s/nuclear.tif"] }]);
  expect(problems[0].input).toBe("t/phase.tif");
  expect(problems[0].message).toMatch(/no nuclear file/);
});

test("patterns that do not tell files apart are refused", () => {
  expect(() =>
    pairs([at("phase_nuclear.tif")], { phase: "*phase*", nuclear: "*nuclear*" }),
  ).toThrow(/fits the patterns/);
  expect(() =>
    pairs([at("phase1.tif"), at("phase1.png")], { phase: "*phase*", nuclear: "*nuclear*" }),
  ).toThrow(/both fit/);
});

test("what bears an image's name and cannot be one is a problem, not passed over", async () => {
  const cwd = folderOf("d/ok.tif");
  symlinkSync("nowhere.tif", join(cwd, "d", "gone.tif"));
  symlinkSync("nowhere.txt", join(cwd, "d", "gone.txt"));
  execFileSync("mkfifo", [join(cwd, "d", "pipe.tif")]);
  writeFileSync(
    Buffer.concat([
      Buffer.from(join(cwd, "d", "10")),
      Buffer.from([0xb5, 0x6d]),
      Buffer.from(".tif"),
    ]),
    "",
  );
  const { files, problems } = await findFiles(["d"], { cwd });
  expect(files).toEqual([at(join("d", "ok.tif"))]);
  expect(problems.map(({ input }) => input)).toEqual([
    expect.stringMatching(/^d.10.m\.tif$/),
    join("d", "gone.tif"),
    join("d", "pipe.tif"),
  ]);
  expect(problems.map(({ message }) => message)).toEqual([
    expect.stringContaining("its name is not UTF-8, rename it"),
    "no such file or folder",
    "is not a regular file",
  ]);
});
