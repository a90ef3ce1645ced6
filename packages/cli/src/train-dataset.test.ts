import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Image, writeModelZip, writePng, writeTiff } from "@cellwright/core";
import { dataPath, describeData } from "@cellwright/testing";
import { afterEach, beforeEach, expect, test } from "vitest";
import { UsageError } from "./context.js";
import { findModel } from "./model-folder.js";
import { findPairs, holdBack, leaveOut, readSample, typesOf } from "./train-dataset.js";
import { placedIn } from "./train-layout.js";

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "cellwright-dataset-"));
});
afterEach(() => rmSync(root, { recursive: true }));

function put(path: string, content: Uint8Array | string = ""): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}

/** A 6 x 8 image whose pixels depend on `seed`. */
function picture(seed: number, more: Partial<Image> = {}): Image {
  const data = Uint16Array.from({ length: 48 }, (_, i) => (i * 7919 * (seed + 1)) % 1000);
  return { data, shape: [6, 8], axes: "yx", ...more };
}

/** Labels with rectangles of rows 1 and 2: label n at column 2n - 2. */
function cells(...numbers: number[]): Image<Uint16Array> {
  const data = new Uint16Array(48);
  for (const [i, label] of numbers.entries())
    for (const y of [1, 2, 3]) data.fill(label, y * 8 + 3 * i, y * 8 + 3 * i + 2);
  return { data, shape: [6, 8], axes: "yx" };
}

const nuclear = { channels: ["nuclear"] };
const names = (list: readonly { name: string }[]) => list.map(({ name }) => name);
const found = async (datasets: string[], options = nuclear) =>
  names((await findPairs(datasets, root, options)).pairs);

test("annotations beside images are known by their names", async () => {
  const beside = [
    ["a1.tif", "a1_masks.png", "labels"],
    ["a2.png", "a2_cp_masks.tif", "labels"],
    ["a3.tif", "a3_labels.tif", "labels"],
    ["a4.tif", "a4_seg.npy", "cellpose"],
    ["a5.tif", "a5_RoiSet.zip", "rois"],
    ["a6.tif", "RoiSet_a6.zip", "rois"],
    ["a7.tif", "a7.zip", "rois"],
    ["a10.tif", "a10.roi", "rois"],
  ];
  for (const [image, annotation] of beside) {
    put(image);
    put(annotation);
  }
  put("a4_cp_masks.tif");
  put("a1_preview.png");
  const { pairs } = await findPairs(["."], root, nuclear);
  expect(names(pairs)).toEqual(["a1", "a2", "a3", "a4", "a5", "a6", "a7", "a10"]);
  // Labels come first where there are labels as well.
  expect(pairs.map(({ annotation }) => annotation.kind)).toEqual(
    beside.map(([image, , kind]) => (image === "a4.tif" ? "labels" : kind)),
  );
});

test("what is missing or there twice is named", async () => {
  put("a.tif");
  put("a_masks.tif");
  put("b.tif");
  await expect(findPairs(["."], root, nuclear)).rejects.toThrow(/b\.tif: no labels of that name/);
  put("b_masks.tif");
  put("b.png");
  await expect(findPairs(["."], root, nuclear)).rejects.toThrow(
    /b\.png and .*b\.tif have one name/,
  );
  rmSync(join(root, "b.png"));
  put("b_labels.tif");
  const twice = findPairs(["."], root, nuclear);
  await expect(twice).rejects.toThrow(/b_labels\.tif and .*b_masks\.tif both say/);
  await expect(twice).rejects.toThrow(UsageError);
  await expect(findPairs(["nowhere"], root, nuclear)).rejects.toThrow(/nowhere: no such file/);
  put("empty/notes.txt", "text");
  await expect(findPairs(["empty"], root, nuclear)).rejects.toThrow("empty: no labelled images");
});

test("set folders lie at any depth; those that lack a channel or labels are said", async () => {
  for (const set of ["hela/set1", "hela/set2", "hela/set10"])
    for (const name of ["phase.tif", "nuclear.tif", "labels.tif", "edge.tif"])
      put(`${set}/${name}`);
  for (const name of ["nuclear.tif", "feature_0.png", "feature_1.png"]) put(`nuclei/${name}`);
  for (const name of ["phase.tif", "nuclear.tif"]) put(`raw/deep/set/${name}`);
  const both = { channels: ["phase", "nuclear"] };
  const { pairs, skipped } = await findPairs(["."], root, both);
  expect(names(pairs)).toEqual(["hela/set1", "hela/set2", "hela/set10"]);
  expect(pairs[0].images).toEqual(
    ["phase", "nuclear"].map((c) => join(root, `hela/set1/${c}.tif`)),
  );
  expect(pairs[0].annotation.kind).toBe("labels");
  expect(skipped).toEqual([
    { path: join(root, "nuclei"), why: "no phase.tif" },
    { path: join(root, "raw/deep/set"), why: "no labels.tif, interior.tif or RoiSet.zip" },
  ]);
  const nuclei = await findPairs(["."], root, nuclear);
  expect(names(nuclei.pairs)).toEqual(["hela/set1", "hela/set2", "hela/set10", "nuclei"]);
  expect(nuclei.pairs[3].annotation).toEqual({
    kind: "edge-interior",
    files: [join(root, "nuclei/feature_1.png")],
    edge: join(root, "nuclei/feature_0.png"),
  });
});

test("images of several datasets bear the dataset's name, and as much of its path as is needed", async () => {
  for (const set of ["x/train", "y/train", "z/more"]) {
    put(`${set}/images/a.tif`);
    put(`${set}/labels/a.tif`);
  }
  expect(await found(["x/train"])).toEqual(["a"]);
  expect(await found(["x/train", "z/more"])).toEqual(["train/a", "more/a"]);
  expect(await found(["x/train", "y/train"])).toEqual(["x/train/a", "y/train/a"]);
  await expect(found(["x/train", "x/../x/train"])).rejects.toThrow("given once");
});

test("channels in files of their own are put together by patterns", async () => {
  for (const name of ["phase_1", "nuclear_1", "phase_2", "nuclear_2", "phase_3"])
    put(`${name}.tif`, writeTiff(picture(name.length * 3 + Number(name.at(-1)))));
  for (const name of ["1_masks.tif", "phase_2_masks.tif"]) put(name, writeTiff(cells(1)));
  const options = {
    channels: ["phase", "nuclear"],
    patterns: { phase: "phase_*", nuclear: "nuclear_*" },
  };
  const { pairs, skipped } = await findPairs(["."], root, options);
  expect(names(pairs)).toEqual(["1", "2"]);
  expect(skipped).toEqual([
    { path: join(root, "phase_3.tif"), why: expect.stringContaining("has no nuclear file") },
  ]);
  const { sample } = await readSample(pairs[0], { kind: "none" }, options.channels);
  expect(sample.tensor.shape).toEqual([2, 6, 8]);
  expect([...sample.tensor.data.subarray(0, 48)]).toEqual([...picture(22).data]);
  expect([...sample.tensor.data.subarray(48)]).toEqual([...picture(28).data]);
});

test("images of equal pixels, or with the labels of the same several cells, are one field", async () => {
  const set = (name: string, image: Image, labels: Image) => {
    put(`${name}/nuclear.tif`, writeTiff(image));
    put(`${name}/labels.tif`, writeTiff(labels));
  };
  set("a", picture(1), cells(1, 2));
  set("b", picture(2), cells(1, 2));
  set("c", { ...picture(1), data: Float32Array.from(picture(1).data) }, cells(3, 4, 5));
  set("d", picture(4), cells(3, 4, 5));
  put("e/nuclear.tif", "no image");
  put("e/labels.tif", "no image");
  const { pairs } = await findPairs(["."], root, nuclear);
  expect(pairs.map(({ group }) => group)).toEqual(["a", "b", "a", "a", "e"]);
  expect(names(holdBack(pairs, ["d"], 1).heldBack)).toEqual(["a", "c", "d"]);
  expect(names(leaveOut(pairs, ["c", "e"]))).toEqual(["b"]);
});

test("the type of a cell is its interior's, or its image's folder's, or its dataset's", async () => {
  const mixed = "mixed/set1";
  put(`${mixed}/nuclear.tif`, writeTiff(picture(1)));
  put(`${mixed}/interior_round.tif`, writeTiff(cells(255)));
  put(`${mixed}/interior_flat.tif`, writeTiff(cells(0, 1)));
  put("flat/nuclear.tif", writeTiff(picture(2)));
  put("flat/labels.tif", writeTiff(cells(7)));
  const options = { ...nuclear, types: true };
  const { pairs } = await findPairs(["mixed", "flat"], root, options);
  expect(typesOf(pairs)).toEqual(["flat", "round"]);
  const read = async (i: number, types: string[]) =>
    (await readSample(pairs[i], { kind: "none" }, ["nuclear"], { types })).sample;
  const { labels, types } = await read(0, ["round", "flat"]);
  // Files come in the order of their names: flat before round.
  expect([labels.data[8], labels.data[11]]).toEqual([2, 1]);
  expect([...(types ?? [])].sort()).toEqual([
    [1, 1],
    [2, 0],
  ]);
  expect([...((await read(1, ["round", "flat"])).types ?? [])]).toEqual([[7, 1]]);
  await expect(read(1, ["round", "long"])).rejects.toThrow("must be one of round, long, is flat");
  const sorted = await findPairs(["."], root, options);
  expect(sorted.pairs.map(({ name, type }) => [name, type])).toEqual([
    ["flat", undefined],
    ["mixed/set1", undefined],
  ]);
});

test("the paper's numbered interiors are the types in order", async () => {
  put("set/nuclear.tif", writeTiff(picture(1)));
  put("set/feature_1.png", writePng(cells(255) as Image<Uint16Array>));
  put("set/feature_2.tif", writeTiff(cells(0, 65535)));
  const { pairs } = await findPairs(["."], root, { ...nuclear, types: true });
  const how = { types: ["nih3t3", "mcf10a"] };
  const { sample } = await readSample(pairs[0], { kind: "none" }, ["nuclear"], how);
  expect([...(sample.types ?? [])]).toEqual([
    [1, 0],
    [2, 1],
  ]);
});

test("an image's pixel size is handed on", async () => {
  put("a.tif", writeTiff(picture(1, { spacing: { y: 0.65, x: 0.65 } })));
  put("a_masks.tif", writeTiff(cells(1)));
  put("b.tif", writeTiff(picture(2)));
  put("b_masks.tif", writeTiff(cells(1)));
  const { pairs } = await findPairs(["."], root, nuclear);
  const sizes = pairs.map(
    async (pair) => (await readSample(pair, { kind: "none" }, ["nuclear"])).pixelSize,
  );
  expect(await Promise.all(sizes)).toEqual([expect.closeTo(0.65, 6), undefined]);
});

test("regions become labels of the image's size; those of several planes are refused", async () => {
  const region = (slice: number) => {
    const bytes = new Uint8Array(64);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, 0x496f7574);
    view.setInt16(4, 227);
    bytes[6] = 1;
    for (const [i, value] of [1, 2, 3, 5].entries()) view.setInt16(8 + 2 * i, value);
    view.setInt32(56, slice);
    return bytes;
  };
  put("a.tif", writeTiff(picture(1)));
  put("a.roi", region(1));
  put("b.tif", writeTiff(picture(2)));
  put("b.zip", writeModelZip({ "1.roi": region(1), "2.roi": region(2) }));
  const { pairs } = await findPairs(["."], root, nuclear);
  const read = (i: number) => readSample(pairs[i], { kind: "none" }, ["nuclear"]);
  const { labels } = (await read(0)).sample;
  expect([...labels.data].flatMap((label, i) => (label === 1 ? [i] : []))).toEqual([
    10, 11, 12, 18, 19, 20,
  ]);
  await expect(read(1)).rejects.toThrow(/b\.zip: must hold the regions of one plane/);
});

test("labels of another size than the image are refused by name", async () => {
  put("a.tif", writeTiff(picture(1)));
  put("a_masks.tif", writeTiff({ ...cells(1), shape: [8, 6] }));
  const { pairs } = await findPairs(["."], root, nuclear);
  await expect(readSample(pairs[0], { kind: "none" }, ["nuclear"])).rejects.toThrow(
    /a_masks\.tif: labels must be 6 x 8 like the image/,
  );
});

describeData("real datasets", () => {
  const paper = dataPath("deepcell2016/train");
  const count = (list: readonly { name: string }[]) => {
    const counts: Record<string, number> = {};
    for (const { name } of list) counts[name.split("/")[0]] = (counts[name.split("/")[0]] ?? 0) + 1;
    return counts;
  };

  test("the paper's training images are found as they lie", async () => {
    const { placed, skipped } = await placedIn(paper, { channels: ["phase", "nuclear"] });
    expect(count(placed)).toEqual({ "3t3": 3, hela: 5, mcf10a: 1, raw264: 3 });
    expect(skipped).toHaveLength(9 + 2 + 2);
    const [first] = placed.filter(({ name }) => name === "hela/set1");
    const pair = { ...first, group: "hela/set1" };
    const { sample } = await readSample(pair, { kind: "none" }, ["phase", "nuclear"]);
    expect(sample.tensor.shape[0]).toBe(2);
    expect(sample.labels.shape).toEqual(sample.tensor.shape.slice(1));
  });

  test("its nuclei share fields with each other and with the cytoplasm sets", async () => {
    const { pairs } = await findPairs([paper], root, nuclear);
    expect(count(pairs)).toEqual({ "3t3": 3, hela: 5, mcf10a: 1, nuclei: 9, raw264: 3 });
    const shared = pairs.filter(({ name, group }) => name !== group);
    expect(shared.map(({ name, group }) => [name, group])).toEqual([
      ["nuclei/set1", "hela/set1"],
      ["nuclei/set3", "hela/set1"],
      ["nuclei/set6", "3t3/set2"],
      ["nuclei/set9", "mcf10a/set1"],
    ]);
  });

  test("the shipped model's images are held back as they were", async () => {
    const card = readFileSync(`${await findModel("nuclei", process.cwd())}/README.md`, "utf8");
    const held = /^Held back: (.*)\.$/m.exec(card)?.[1].split(", ");
    const { pairs } = await findPairs([dataPath("dsb2018/train")], root, nuclear);
    expect(pairs).toHaveLength(447);
    expect(names(holdBack(pairs, 0.1, 1).heldBack)).toEqual(held);
  });
});
