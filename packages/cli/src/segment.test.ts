import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import {
  bytesSource,
  readImage,
  referenceEngine,
  writeNpy,
  writePng,
  writeTiff,
} from "@cellwright/core";
import {
  commandFolder,
  type SpotOptions,
  spotDecoder,
  spotFiles,
  squares,
} from "@cellwright/testing";
import { beforeAll, expect, test } from "vitest";
import { memoryContext, openEngine, run } from "./index.js";
import type { MemoryContext } from "./memory-context.js";
import { writeModelFolder } from "./model-folder.js";

const here = commandFolder<MemoryContext>({
  run,
  context: (changes) => memoryContext({ openEngine: async () => referenceEngine, ...changes }),
});
const { cellwright, put } = here;
const spots = join(here.root, "spots");

const writeSpotModel = async (folder: string, options: SpotOptions = {}) =>
  writeModelFolder(folder, await spotFiles(basename(folder), options));

const segment = (...argv: string[]) =>
  cellwright(["segment", "-o", "out", "--model", spots, ...argv]);
const outputs = () => here.list("out");
const text = (name: string) => here.text(join("out", name));
const jsonOf = (name: string) => JSON.parse(text(name));
const read = (name: string) => readImage(bytesSource(name, here.bytes(join("out", name))));

beforeAll(() => writeSpotModel(spots));

test("an image gives labels, a table and a report, and nothing else", async () => {
  put("a.tif", writeTiff(squares(3)));
  const { code, out, err } = await segment("a.tif");
  expect({ code, out }).toEqual({ code: 0, out: `${join("out", "a_masks.tif")}\n` });
  expect(err).toMatch(/^a\.tif: 3 cells, .*\n1 image done; 3 cells in/);
  expect(outputs()).toEqual(["a.json", "a_cells.csv", "a_masks.tif"]);
  const labels = await read("a_masks.tif");
  expect(labels.data).toBeInstanceOf(Uint16Array);
  expect(labels.shape).toEqual([24, 64]);
  expect(new Set(labels.data)).toEqual(new Set([0, 1, 2, 3]));
  const table = text("a_cells.csv").trim().split("\r\n");
  expect(table).toHaveLength(4);
  expect(table[0]).toMatch(/^label,area,/);
  const report = jsonOf("a.json");
  expect(report).toMatchObject({
    model: { name: "spots", sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
    cells: 3,
    outputs: ["a_masks.tif", "a_cells.csv"],
    input: [{ name: "a.tif" }],
  });
  expect(Object.keys(report.seconds)).toEqual(["read", "segment", "measure", "write"]);
});

test("nothing found is an all-zero file and a table of no rows", async () => {
  put("black.png", writePng(squares(0)));
  const { code } = await segment("black.png");
  expect(code).toBe(0);
  expect(new Set((await read("black_masks.tif")).data)).toEqual(new Set([0]));
  expect(text("black_cells.csv").trim().split("\n")).toHaveLength(1);
});

test("labels come as TIFF and PNG with the same numbers, and a preview in colour", async () => {
  put("a.tif", writeTiff(squares(2)));
  const { code } = await segment("a.tif", "--format", "tif,png", "--preview");
  expect(code).toBe(0);
  const [tif, png] = await Promise.all(["tif", "png"].map((ending) => read(`a_masks.${ending}`)));
  expect([...png.data]).toEqual([...tif.data]);
  const preview = await read("a_preview.png");
  expect(preview.shape).toEqual([3, 24, 64]);
  expect(
    [...preview.data.slice(0, 64)].some((value, i) => value !== preview.data[i + 24 * 64]),
  ).toBe(false);
  expect(new Set(preview.data).size).toBeGreaterThan(3);
});

test("every plane of a movie is segmented, and the table says which", async () => {
  const [one, two] = [squares(1), squares(2)];
  const data = Uint8Array.from([...one.data, ...two.data]);
  put("movie.tif", writeTiff({ data, shape: [2, 24, 64], axes: "tyx" }));
  const { code } = await segment("movie.tif");
  expect(code).toBe(0);
  expect(jsonOf("movie.json").cells).toBe(3);
  const labels = await read("movie_masks.tif");
  expect(labels).toMatchObject({ axes: "tyx", shape: [2, 24, 64] });
  expect(Math.max(...labels.data.subarray(0, 24 * 64))).toBe(1);
  const rows = text("movie_cells.csv").trim().split("\r\n");
  expect(rows.map((row) => row.split(",").slice(0, 2).join())).toEqual([
    "t,label",
    "0,1",
    "1,1",
    "1,2",
  ]);
});

test("bad files are named in one line each, and the others are done", async () => {
  const good = writeTiff(squares(1));
  put("in/good.tif", good);
  put("in/short.tif", good.subarray(0, Math.floor(0.8 * good.length)));
  put("in/text.tif", "this is a text\n");
  put("in/none.tif", "");
  const nan = Float32Array.from(squares(1).data);
  nan[7] = Number.NaN;
  put("in/nan.tif", writeTiff({ data: nan, shape: [24, 64], axes: "yx" }));
  put("in/tiny.tif", writeTiff({ data: Uint8Array.of(9), shape: [1, 1], axes: "yx" }));
  mkdirSync(join(here.cwd, "empty"));
  const { code, err } = await segment("in", "empty", "gone.tif");
  expect(code).toBe(3);
  const errors = err.split("\n").filter((line) => line.startsWith("error: "));
  for (const name of [
    "in/short.tif",
    "in/text.tif",
    "in/none.tif",
    "in/nan.tif",
    "empty",
    "gone.tif",
  ])
    expect(errors.filter((line) => line.startsWith(`error: ${name}`))).toHaveLength(1);
  expect(errors).toHaveLength(6);
  expect(err).not.toMatch(/\n\s+at /);
  expect(outputs().filter((name) => name.endsWith("_masks.tif"))).toEqual([
    "good_masks.tif",
    "tiny_masks.tif",
  ]);
});

test("when nothing can be done, the exit code is 1", async () => {
  put("text.tif", "no image");
  mkdirSync(join(here.cwd, "empty"));
  expect((await segment("text.tif")).code).toBe(1);
  const { code, err } = await segment("empty");
  expect({ code, err }).toMatchObject({
    code: 1,
    err: expect.stringMatching(/^error: empty: no images in this folder/),
  });
});

test("--on-error stop leaves the rest undone", async () => {
  put("a.tif", "no image");
  put("b.tif", writeTiff(squares(1)));
  const { code, err } = await segment("a.tif", "b.tif", "--on-error", "stop");
  expect(code).toBe(1);
  expect(err).toMatch(/1 failed, 1 not begun/);
});

test("a model with a missing weight is one line that names it, and no output", async () => {
  const broken = join(here.cwd, "broken");
  await writeSpotModel(broken);
  rmSync(join(broken, "weights.onnx"));
  put("a.tif", writeTiff(squares(1)));
  const { code, err } = await cellwright(["segment", "a.tif", "-o", "out", "--model", broken]);
  expect(code).toBe(1);
  expect(err.trim().split("\n")).toHaveLength(1);
  expect(err).toContain("weights.onnx");
  expect(existsSync(join(here.cwd, "out"))).toBe(false);
});

test("--debug adds the stack", async () => {
  put("a.tif", writeTiff(squares(1)));
  const { err } = await cellwright([
    "--debug",
    "segment",
    "a.tif",
    "-o",
    "out",
    "--model",
    "./no-model",
  ]);
  expect(err).toMatch(/^error: .*no-model.*\n[\s\S]*\n\s+at /);
});

test("outputs that are there are kept unless told otherwise", async () => {
  put("a.tif", writeTiff(squares(1)));
  put("out/a_masks.tif", "precious");
  const refused = await segment("a.tif");
  expect(refused.code).toBe(1);
  expect(refused.err).toMatch(/a_masks\.tif is there already: use --overwrite/);
  expect(text("a_masks.tif")).toBe("precious");
  expect((await segment("a.tif", "--overwrite")).code).toBe(0);
  expect((await read("a_masks.tif")).shape).toEqual([24, 64]);
});

test("--resume leaves out what is done, and does what changed or is missing", async () => {
  put("a.tif", writeTiff(squares(1)));
  put("b.tif", writeTiff(squares(2)));
  await segment("a.tif", "b.tif");
  const before = text("a.json");
  put("out/b.json", JSON.stringify({ ...jsonOf("b.json"), begun: true }));
  const second = await segment("a.tif", "b.tif", "--resume");
  expect(second.code).toBe(0);
  expect(second.err).toMatch(/a\.tif: done before\nb\.tif: 2 cells/);
  expect(text("a.json")).toBe(before);
  rmSync(join(here.cwd, "out", "a_cells.csv"));
  expect((await segment("a.tif", "--resume")).err).toMatch(/a\.tif: 1 cell,/);
  put("a.tif", writeTiff(squares(3)));
  expect((await segment("a.tif", "--resume")).err).toMatch(/a\.tif: 3 cells,/);
});

test("--resume refuses to mix results of different models or options", async () => {
  put("a.tif", writeTiff(squares(1)));
  await segment("a.tif");
  const other = await segment("a.tif", "--resume", "--format", "npy");
  expect(other).toMatchObject({
    code: 1,
    err: expect.stringMatching(/another --format: use --overwrite/),
  });
});

test("--resume refuses to mix results of one network read in different ways", async () => {
  const model = join(here.cwd, "model");
  const argv = ["segment", "a.tif", "-o", "out", "--model", model];
  put("a.tif", writeTiff(squares(1)));
  await writeSpotModel(model, { pixelSize: 1 });
  await cellwright(argv);
  expect(jsonOf("a.json").model).toMatchObject({
    name: "model",
    channels: ["nuclear"],
    normalization: { kind: "none" },
    decoder: spotDecoder,
    pixelSize: 1,
  });
  expect((await cellwright([...argv, "--resume"])).err).toMatch(/a\.tif: done before/);
  const changes: [string, SpotOptions][] = [
    ["decoder", { decoder: { ...spotDecoder, threshold: 0.6 }, pixelSize: 1 }],
    ["normalization", { normalization: { kind: "percentile", low: 1, high: 99 }, pixelSize: 1 }],
    ["channels", { channels: ["phase"], pixelSize: 1 }],
    ["pixelSize", { pixelSize: 2 }],
    ["pixelSize", {}],
  ];
  for (const [what, change] of changes) {
    rmSync(model, { recursive: true });
    await writeSpotModel(model, change);
    const { code, err } = await cellwright([...argv, "--resume"]);
    expect(err).toContain(`another model (model with another ${what}): use --overwrite`);
    expect(code).toBe(1);
  }
});

test("brightness is measured with all digits of the image", async () => {
  const data = Float64Array.from(squares(1).data, (value) => value * 1.001);
  put("a.npy", writeNpy({ data, shape: [24, 64] }));
  expect((await segment("a.npy")).code).toBe(0);
  const [names, cell] = text("a_cells.csv")
    .split("\r\n")
    .map((line) => line.split(","));
  expect(Number(cell[names.indexOf("intensity_max")])).toBe(200 * 1.001);
});

test("two files for one output name are refused before any work", async () => {
  put("a.tif", writeTiff(squares(1)));
  put("a.png", writePng(squares(1)));
  const { code, err } = await segment(".");
  expect(code).toBe(2);
  expect(err).toMatch(/a\.png and a\.tif would both be written/);
  expect(existsSync(join(here.cwd, "out"))).toBe(false);
});

test("folders of folders keep their places in the output", async () => {
  put("in/x/a.tif", writeTiff(squares(1)));
  put("in/y/a.tif", writeTiff(squares(2)));
  expect((await segment("in", "--recursive")).code).toBe(0);
  expect((await read(join("y", "a_masks.tif"))).shape).toEqual([24, 64]);
  expect(existsSync(join(here.cwd, "out", "x", "a.json"))).toBe(true);
});

test("--json writes one object a line: start, each file, summary", async () => {
  put("a.tif", writeTiff(squares(2)));
  put("b.tif", "no image");
  const { code, out } = await segment("a.tif", "b.tif", "--json", "--quiet");
  expect(code).toBe(3);
  const events = out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(events.map(({ type, status }) => [type, status])).toEqual([
    ["start", undefined],
    ["file", "done"],
    ["file", "failed"],
    ["summary", undefined],
  ]);
  expect(events[0]).toMatchObject({ model: { name: "spots" }, images: 2 });
  expect(events[1]).toMatchObject({ input: "a.tif", cells: 2 });
  expect(events[2].error).toMatchObject({
    kind: "FormatError",
    message: expect.stringContaining("b.tif"),
  });
  expect(events[3]).toMatchObject({ done: 1, failed: 1, skipped: 0, cells: 2, interrupted: false });
});

test("--quiet says nothing but errors", async () => {
  put("a.tif", writeTiff(squares(1)));
  put("b.tif", "no image");
  const { err } = await segment("a.tif", "b.tif", "--quiet");
  expect(err.trim().split("\n")).toEqual([expect.stringMatching(/^error: b\.tif/)]);
});

test("Ctrl-C finishes the current file and leaves the others", async () => {
  for (const name of ["a", "b", "c"]) put(`${name}.tif`, writeTiff(squares(1)));
  const stop = new AbortController();
  const { code, out, err } = await cellwright(
    ["segment", "a.tif", "b.tif", "c.tif", "-o", "out", "--model", spots, "--json"],
    {
      signal: stop.signal,
      openEngine: async () => ({
        name: "interrupting",
        load: async (graph) => {
          const program = await referenceEngine.load(graph);
          let runs = 0;
          return {
            ...program,
            run: (inputs) => {
              if (++runs === 2) stop.abort();
              return program.run(inputs);
            },
          };
        },
      }),
    },
  );
  expect(code).toBe(130);
  expect(err).toMatch(/1 not begun.*\nthe same command with --resume does the rest\n$/);
  expect(outputs().filter((name) => name.endsWith(".json"))).toEqual(["a.json", "b.json"]);
  expect(JSON.parse(out.trim().split("\n").at(-1) as string)).toMatchObject({
    interrupted: true,
    done: 2,
  });
});

test("ONNX Runtime, threads and tiles give the labels that the reference engine gives", async () => {
  put("a.tif", writeTiff(squares(8)));
  await segment("a.tif");
  const expected = (await read("a_masks.tif")).data;
  const argv = ["segment", "a.tif", "-o", "out", "--model", spots, "--overwrite"];
  for (const more of [[], ["--threads", "1", "--tile", "16"]]) {
    expect(
      (await cellwright([...argv, ...more], { openEngine: (choice) => openEngine(choice) })).code,
    ).toBe(0);
    expect((await read("a_masks.tif")).data).toEqual(expected);
  }
  const gpu = await cellwright([...argv, "--engine", "reference", "--device", "gpu"], {
    openEngine,
  });
  expect(gpu).toMatchObject({ code: 2, err: expect.stringMatching(/leave out --device gpu/) });
});

test("a bar is drawn on a terminal, and not under CI", async () => {
  put("a.tif", writeTiff(squares(1)));
  const argv = ["segment", "a.tif", "-o", "out", "--model", spots, "--overwrite"];
  expect((await cellwright(argv, { isTTY: true })).err).toMatch(/\[ +\] 0\/1 {2}a\.tif/);
  expect((await cellwright(argv, { isTTY: true, env: { CI: "true" } })).err).not.toContain("[");
});

test("channels are picked by number or name, and must be named where several could be meant", async () => {
  const dark = squares(0).data;
  const data = Uint8Array.from([...dark, ...squares(2).data]);
  put("a.tif", writeTiff({ data, shape: [2, 24, 64], axes: "cyx" }));
  const unclear = await segment("a.tif");
  expect(unclear).toMatchObject({
    code: 1,
    err: expect.stringMatching(/say which with --channel/),
  });
  await segment("a.tif", "--channel", "1");
  expect(jsonOf("a.json").cells).toBe(2);
  await segment("a.tif", "--nuclear", "0", "--overwrite");
  expect(jsonOf("a.json").cells).toBe(0);
});

test("two channels in two files are paired by name, and what has no partner is named", async () => {
  const both = join(here.cwd, "both");
  await writeSpotModel(both, { channels: ["phase", "nuclear"] });
  put("in/s1_phase.tif", writeTiff(squares(0)));
  put("in/s1_nuclear.tif", writeTiff(squares(4)));
  put("in/s2_phase.tif", writeTiff(squares(0)));
  const { code, err } = await cellwright([
    ...["segment", "in", "-o", "out", "--model", both],
    ...["--phase", "*phase*", "--nuclear", "*nuclear*"],
  ]);
  expect(code).toBe(3);
  expect(err).toMatch(/error: in\/s2_phase\.tif: has no nuclear file/);
  expect(jsonOf("s1.json")).toMatchObject({
    cells: 4,
    input: [{ name: "s1_phase.tif" }, { name: "s1_nuclear.tif" }],
  });
});

test("a cytoplasm model grows the nuclei that another model finds", async () => {
  const cells = join(here.cwd, "cells");
  await writeSpotModel(cells, {
    channels: ["phase"],
    maps: ["edge", "interior", "background"],
    decoder: { kind: "cytoplasm", iterations: 4, smoothing: 0 },
  });
  const nuclei = squares(2);
  for (const at of [0, 1]) for (let x = 2; x < 7; x++) nuclei.data[2 * 64 + 8 * at + x] = 0;
  put("in/7_phase.tif", writeTiff(squares(3)));
  put("in/7_nuclear.tif", writeTiff(nuclei));
  const patterns = ["--phase", "*phase*", "--nuclear", "*nuclear*"];
  const argv = ["segment", "in", "-o", "out", "--model", cells];
  const none = await cellwright([...argv, "--phase", "*phase*"]);
  expect(none).toMatchObject({ code: 2, err: expect.stringMatching(/--seeds/) });
  const { code, err } = await cellwright([...argv, ...patterns, "--seeds", spots]);
  expect({ code, err }).toMatchObject({ code: 0 });
  expect(jsonOf("7.json")).toMatchObject({ cells: 2, seeds: { name: "spots" } });
  const labels = (await read("7_masks.tif")).data;
  expect([labels[3 * 64 + 4], labels[3 * 64 + 12], labels[3 * 64 + 20]]).toEqual([1, 2, 0]);
  expect(labels[2 * 64 + 4]).toBe(1);
});

test.skipIf(process.getuid?.() === 0)("a folder that may not be written to is named", async () => {
  put("a.tif", writeTiff(squares(1)));
  mkdirSync(join(here.cwd, "out"), { mode: 0o555 });
  const { code, err } = await segment("a.tif");
  expect(code).toBe(1);
  expect(err).toMatch(/error: .*out.*permission denied/);
});

test("an output folder that cannot be is one line", async () => {
  put("a.tif", writeTiff(squares(1)));
  put("out", "a file");
  const { code, err } = await segment("a.tif");
  expect(code).toBe(1);
  expect(err).toMatch(/^error: .*out: exists already and is not a folder\n$/);
});

test("an output that cannot be written is named, its report stays unfinished, and the others are done", async () => {
  for (const name of ["a", "b"]) put(`${name}.tif`, writeTiff(squares(1)));
  put("out/a_cells.csv/taken.txt", "");
  const { code, err } = await segment("a.tif", "b.tif", "--overwrite");
  expect(code).toBe(3);
  expect(err).toMatch(/error: a\.tif: .*a_cells\.csv: is a folder/);
  const whole = ["b.json", "b_cells.csv", "b_masks.tif"];
  expect(outputs()).toEqual(["a.json", "a_cells.csv", "a_masks.tif", ...whole]);
  // What is left says of itself that it is not whole, so that --resume may finish it.
  expect(jsonOf("a.json")).toMatchObject({ begun: true });
  expect(jsonOf("a.json").cells).toBeUndefined();
});

test("what this version cannot do is said before any work", async () => {
  put("a.tif", writeTiff(squares(1)));
  const wrong: [RegExp, ...string[]][] = [
    [/There is onnx, tfjs, reference/, "--engine", "caffe"],
    [/does not say which diameter it knows: leave out --diameter/, "--diameter", "30"],
    [/does not say which pixel size it knows: leave out/, "--pixel-size", "2"],
    [/--no-rescale or --pixel-size, not both/, "--no-rescale", "--pixel-size", "2"],
    [/There is tif, ome-zarr, png, .*; not "jpg"/, "--format", "jpg"],
    [/cannot be used with option/, "--overwrite", "--resume"],
    [/whole number from 1 up/, "--threads", "0"],
    [/--phase has no use here/, "--phase", "1"],
    [/not both/, "--channel", "0", "--nuclear", "1"],
    [/unknown option '--chanel'[\s\S]*Did you mean --channel/, "--chanel", "1"],
  ];
  for (const [message, ...argv] of wrong) {
    const { code, err } = await segment("a.tif", ...argv);
    expect(err).toMatch(message);
    expect(code).toBe(2);
  }
  expect(existsSync(join(here.cwd, "out"))).toBe(false);
});

test("--resume never replaces files that segment has not written", async () => {
  put("a.tif", writeTiff(squares(3)));
  put("out/a_masks.tif", "drawn by hand");
  const { code, err } = await segment("a.tif", "--resume");
  expect(code).toBe(1);
  expect(err).toContain("a_masks.tif is there already");
  expect(text("a_masks.tif")).toBe("drawn by hand");
  expect(outputs()).toEqual(["a_masks.tif"]);
});

test("--resume goes on where writing was cut short", async () => {
  put("a.tif", writeTiff(squares(3)));
  await segment("a.tif");
  const masks = readFileSync(join(here.cwd, "out", "a_masks.tif"));
  put("out/a.json", JSON.stringify({ ...jsonOf("a.json"), begun: true }));
  put("out/a_masks.tif", "half");
  rmSync(join(here.cwd, "out", "a_cells.csv"));
  const { code } = await segment("a.tif", "--resume");
  expect(code).toBe(0);
  expect(readFileSync(join(here.cwd, "out", "a_masks.tif")).equals(masks)).toBe(true);
  expect(jsonOf("a.json").begun).toBeUndefined();
});

test("an output that cannot be encoded leaves no other behind", async () => {
  const one = squares(2);
  const data = Uint8Array.from([...one.data, ...one.data]);
  put("movie.tif", writeTiff({ data, shape: [2, ...one.shape], axes: "tyx" }));
  const { code } = await segment("movie.tif", "--format", "tif,png");
  expect(code).toBe(1);
  expect(existsSync(join(here.cwd, "out")) ? outputs() : []).toEqual([]);
});
