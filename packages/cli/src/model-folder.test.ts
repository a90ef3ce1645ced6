import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeModelZip } from "@cellwright/core";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  findModel,
  folderFiles,
  modelsIn,
  openModel,
  openModelFiles,
  shippedModels,
  writeModelFolder,
} from "./model-folder.js";

let cwd: string;
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), "cellwright-folder-"));
});
afterEach(() => rm(cwd, { recursive: true }));

const bytes = (text: string) => new TextEncoder().encode(text);
const files = { "bioimageio.yaml": bytes("type: model\n"), "a/b.txt": bytes("b") };

test("files are written as a folder, with nothing beside it", async () => {
  await writeModelFolder(join(cwd, "x/m"), files);
  expect(await readdir(join(cwd, "x"))).toEqual(["m"]);
  expect((await readdir(join(cwd, "x/m"), { recursive: true })).sort()).toEqual([
    "a",
    "a/b.txt",
    "bioimageio.yaml",
  ]);
});

test("a model is replaced only when asked, and all of it", async () => {
  const folder = join(cwd, "m");
  await writeModelFolder(folder, files);
  const next = { "bioimageio.yaml": bytes("type: other\n") };
  await expect(writeModelFolder(folder, next)).rejects.toThrow(
    /m exists already: give another folder, or --overwrite/,
  );
  await writeModelFolder(folder, next, { overwrite: true });
  expect(await readdir(folder)).toEqual(["bioimageio.yaml"]);
});

test("a folder of other things is never replaced", async () => {
  await writeFile(join(cwd, "photo.tif"), "x");
  await expect(writeModelFolder(cwd, files, { overwrite: true })).rejects.toThrow(
    /holds other things than a model/,
  );
  await expect(writeModelFolder(join(cwd, "photo.tif"), files)).rejects.toThrow(
    /must be a folder .*, is a file/,
  );
  expect(await readdir(cwd)).toEqual(["photo.tif"]);
});

test("where a write fails, what was there stays and nothing is left beside it", async () => {
  const folder = join(cwd, "m");
  await writeModelFolder(folder, files);
  const broken = {
    "bioimageio.yaml": bytes("new"),
    "bioimageio.yaml/x": bytes("a file cannot be a folder"),
  };
  await expect(writeModelFolder(folder, broken, { overwrite: true })).rejects.toThrow();
  expect(await readdir(cwd)).toEqual(["m"]);
  expect((await readdir(folder)).sort()).toEqual(["a", "bioimageio.yaml"]);
});

test("a folder, its description and a zip all lead to the same files", async () => {
  await writeModelFolder(join(cwd, "m"), files);
  await writeFile(join(cwd, "m.zip"), writeModelZip(files));
  for (const name of ["m", "./m", "m/bioimageio.yaml", "m.zip", join(cwd, "m")]) {
    const source = await (await openModelFiles(name, cwd)).open("a/b.txt");
    expect(await source?.read(0, source.byteLength), name).toEqual(bytes("b"));
  }
});

test("links inside a model lead nowhere outside", async () => {
  await mkdir(join(cwd, "m"));
  await writeFile(join(cwd, "secret"), "s");
  await writeFile(join(cwd, "m/real"), "r");
  await symlink("../secret", join(cwd, "m/out"));
  await symlink("real", join(cwd, "m/in"));
  const model = folderFiles(join(cwd, "m"));
  await expect(model.open("out")).rejects.toThrow(
    "m/out must lie inside the model's folder, is a link out of it",
  );
  expect((await model.open("in"))?.byteLength).toBe(1);
  expect(await model.open("nothing")).toBeUndefined();
});

test("what is no model says what to give instead", async () => {
  await expect(findModel("nowhere", cwd)).rejects.toThrow(
    /^nowhere: no such model; give a folder, a \.zip or one of/,
  );
  await expect(findModel("https://example.org/m.zip", cwd)).rejects.toThrow(
    /fetched only when asked: cellwright models pull https:/,
  );
  await writeFile(join(cwd, "notes.txt"), "hello");
  await expect(openModel("notes.txt", cwd)).rejects.toThrow("notes.txt is not a whole zip file");
  await mkdir(join(cwd, "empty"));
  await expect(openModel("empty", cwd)).rejects.toThrow(
    "empty/bioimageio.yaml is missing from the model",
  );
});

test("shipped models are found by name from anywhere", async () => {
  for (const [name, path] of await shippedModels()) {
    expect(await findModel(name, cwd)).toBe(path);
    expect((await openModel(name, cwd)).sha256).toMatch(/^[0-9a-f]{64}$/);
  }
  await writeModelFolder(join(cwd, "b"), files);
  await writeModelFolder(join(cwd, "a"), files);
  await mkdir(join(cwd, "c"));
  expect([...(await modelsIn(cwd)).keys()]).toEqual(["a", "b"]);
});
