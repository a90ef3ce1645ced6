import { expect, test } from "vitest";
import { entriesOfDrop, entriesOfInput } from "./drop.js";

const fileNode = (name: string) => ({
  ...{ isFile: true, isDirectory: false, name },
  file: (done: (file: File) => void) => done(new File([name], name)),
});

/** A folder as browsers give it: its content in parts, and an empty part at the end. */
const folderNode = (name: string, children: readonly { name: string }[]) => ({
  ...{ isFile: false, isDirectory: true, name },
  createReader: () => {
    const parts = [children.slice(0, 2), children.slice(2)].filter(({ length }) => length > 0);
    return { readEntries: (done: (part: unknown[]) => void) => done([...(parts.shift() ?? [])]) };
  },
});

const transfer = (...roots: unknown[]) =>
  ({
    items: [
      { kind: "string" },
      ...roots.map((root) => ({ kind: "file", webkitGetAsEntry: () => root })),
    ],
  }) as unknown as DataTransfer;

test("folders are walked to their ends, by name; hidden files are left out, Zarr's metadata are not", async () => {
  const inner = folderNode("x.zarr", [fileNode(".zattrs"), fileNode(".zarray"), fileNode("0.0")]);
  const frames = ["t10.tif", "t9.tif"].map(fileNode);
  const root = folderNode("d", [inner, ...frames, fileNode("a.tif"), fileNode(".DS_Store")]);
  const entries = await entriesOfDrop(transfer(root, fileNode("b.png")));
  expect(entries.map(({ path }) => path)).toEqual([
    "d/a.tif",
    "d/t9.tif",
    "d/t10.tif",
    "d/x.zarr/.zarray",
    "d/x.zarr/.zattrs",
    "d/x.zarr/0.0",
    "b.png",
  ]);
  expect(await entries[4].file.text()).toBe(".zattrs");
});

test("a folder that was picked keeps its paths and comes by name, files keep the order they were given in", () => {
  const files = ["b.tif", "a.tif"].map((name) => new File([], name));
  expect(entriesOfInput(files).map(({ path }) => path)).toEqual(["b.tif", "a.tif"]);
  for (const file of files) Object.assign(file, { webkitRelativePath: `d/${file.name}` });
  expect(entriesOfInput(files)).toEqual([
    { path: "d/a.tif", file: files[1] },
    { path: "d/b.tif", file: files[0] },
  ]);
});
