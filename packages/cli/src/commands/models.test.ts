import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  floats,
  type Graph,
  type Model,
  referenceEngine,
  writeModelFiles,
  writeOnnx,
} from "@cellwright/core";
import { dataPath, describeData } from "@cellwright/testing";
import { afterEach, beforeEach, expect, test } from "vitest";
import { memoryContext } from "../memory-context.js";
import { sha256, writeModelFolder } from "../model-folder.js";
import { run } from "../program.js";

let cwd: string;
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), "cellwright-models-"));
});
afterEach(() => rm(cwd, { recursive: true }));

/** Runs `cellwright models …` in the test's folder. */
async function models(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  const context = memoryContext({ cwd });
  const code = await run(["models", ...argv], context);
  return { code, out: context.out(), err: context.err() };
}

/** One convolution over one channel. */
const graph: Graph = {
  inputs: [{ name: "in", shape: ["n", 1, "y", "x"] }],
  nodes: [
    {
      op: "Conv",
      inputs: ["in", "kernel"],
      outputs: ["out"],
      attributes: { kernel_shape: [3, 3], pads: [1, 1, 1, 1] },
    },
  ],
  outputs: [{ name: "out", shape: ["n", 2, "y", "x"] }],
  weights: {
    kernel: floats(
      Float32Array.from({ length: 18 }, (_, i) => Math.sin(i)),
      [2, 1, 3, 3],
    ),
  },
};

const model: Model = {
  name: "small model",
  description: "Finds nothing.",
  channels: ["nuclear"],
  maps: ["inside", "distance"],
  normalization: { kind: "none" },
  decoder: {
    kind: "watershed",
    threshold: 0.5,
    prominence: 0.12,
    minHeight: 0.3,
    smoothing: 1,
    minArea: 16,
  },
  graph,
};

async function writeModel(folder: string, shift = 0): Promise<void> {
  const testInput = floats(
    Float32Array.from({ length: 100 }, (_, i) => Math.cos(i)),
    [1, 1, 10, 10],
  );
  const program = await referenceEngine.load(graph);
  const { out } = await program.run({ in: testInput });
  const testOutput = floats(
    (out.data as Float32Array).map((value) => value + shift),
    out.shape,
  );
  const parts = { weights: writeOnnx(graph), testInput, testOutput, readme: "# Small\n", sha256 };
  await writeModelFolder(join(cwd, folder), await writeModelFiles(model, parts));
}

test("a folder of models is listed, a damaged one with what is wrong", async () => {
  await writeModel("a/one");
  await writeModel("a/two");
  await writeFile(
    join(cwd, "a/two/bioimageio.yaml"),
    "type: model\nformat_version: 0.5.7\nname: [",
  );
  const { code, out } = await models("list", "a");
  expect(code).toBe(0);
  expect(out).toMatch(/^one +nuclear: Finds nothing\.$/m);
  expect(out).toMatch(/^two +error: two\/bioimageio\.yaml is not plain YAML: .+$/m);
  const lines = (await models("list", "a", "--json")).out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(lines.filter((line) => !line.shipped)).toMatchObject([
    { name: "one", title: "small model", channels: ["nuclear"], decoder: "watershed" },
    { name: "two", error: expect.stringContaining("plain YAML") },
  ]);
});

test("a model is shown with what its network sees and costs", async () => {
  await writeModel("one");
  const { code, out } = await models("show", "./one");
  expect(code).toBe(0);
  expect(out).toContain("small model\nFinds nothing.\n");
  expect(out).toMatch(/^sees +3 pixels wide$/m);
  expect(out).toMatch(/^license +not stated$/m);
  const json = JSON.parse((await models("show", "one/bioimageio.yaml", "--json")).out);
  expect(json).toMatchObject({
    name: "small model",
    sha256: createHash("sha256").update(writeOnnx(graph)).digest("hex"),
    network: { layers: 1, parameters: 18, receptiveField: 3, multiplyAddsPerPixel: 18 },
  });
});

test("a model's test passes where it gives its makers' numbers, and exits with 1 where not", async () => {
  await writeModel("right");
  await writeModel("wrong", 0.1);
  for (const engine of ["onnx", "reference"]) {
    const right = await models("test", "right", "--engine", engine);
    expect(right.out).toMatch(
      /^right: passed on \w+: largest difference \S+, 0 of 200 numbers off/,
    );
    expect(right.code).toBe(0);
  }
  const wrong = await models("test", "wrong");
  expect(wrong.out).toMatch(
    /^wrong: failed on onnx: largest difference 0\.1, 200 of 200 numbers off/,
  );
  expect(wrong.code).toBe(1);
  const both = await models("test", "wrong", "nowhere", "right", "--json");
  expect(both.code).toBe(3);
  expect(
    both.out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line)),
  ).toMatchObject([
    { model: "wrong", passed: false },
    { model: "nowhere", passed: false, error: expect.stringContaining("no such model") },
    { model: "right", passed: true },
  ]);
});

test("an exported model is a package that tests and shows like its folder", async () => {
  await writeModel("one");
  const { code, out } = await models("export", "./one", "-o", "one.zip");
  expect([code, out]).toEqual([0, `${join(cwd, "one.zip")}\n`]);
  expect((await models("test", "one.zip")).out).toContain("passed");
  expect((await models("show", "one.zip")).out).toBe((await models("show", "one")).out);
  const again = await models("export", "one", "-o", "one.zip");
  expect(again.code).toBe(1);
  expect(again.err).toMatch(/one\.zip exists already/);
  const first = await readFile(join(cwd, "one.zip"));
  await models("export", "one", "-o", "one.zip", "--overwrite");
  expect((await readFile(join(cwd, "one.zip"))).equals(first)).toBe(true);
});

test("a model whose weights were tampered with is neither shown nor exported", async () => {
  await writeModel("one");
  await writeFile(join(cwd, "one/weights.onnx"), "tampered");
  for (const verb of ["show", "export"]) {
    const { code, err } = await models(verb, "one");
    expect(code).toBe(1);
    expect(err).toMatch(
      /^error: one\/weights\.onnx is not the file the model was made with: .*\n$/,
    );
  }
  expect(await readdir(cwd)).toEqual(["one"]);
});

test("what cannot be imported is one line that names the file", async () => {
  await writeFile(join(cwd, "a.h5"), "not a network");
  const { code, err } = await models("import", "a.h5", "-o", "m");
  expect(code).toBe(1);
  expect(err).toMatch(/^error: .*a\.h5: must be an HDF5 file of a Keras network.*\n$/);
  expect((await models("import", ".", "--running-std", "both")).code).toBe(2);
  expect((await models("import", "nowhere")).err).toMatch(/nowhere: no such file or folder/);
  expect(await readdir(cwd)).toEqual(["a.h5"]);
});

describeData("the networks published with the paper", () => {
  const network = (name: string) => dataPath(`deepcell2016/networks/${name}`);
  const description = async (folder: string) =>
    readFile(join(cwd, folder, "bioimageio.yaml"), "utf8");

  test("each ensemble becomes a model folder whose own test passes", async () => {
    const expected = {
      nuclear: { channels: ["nuclear"], decoder: "nuclei" },
      ecoli: { channels: ["phase"], decoder: "bacteria" },
      coculture: { channels: ["phase", "nuclear"], decoder: "cytoplasm" },
    };
    for (const [name, facts] of Object.entries(expected)) {
      const { code, out } = await models("import", network(name), "--json");
      expect(code).toBe(0);
      expect(JSON.parse(out)).toMatchObject({ folder: join(cwd, name), networks: 5, ...facts });
    }
    expect((await models("test", ...Object.keys(expected).map((name) => `./${name}`))).code).toBe(
      0,
    );
    expect(await description("ecoli")).toContain("scale: 0.13");
    expect(await description("coculture")).toContain("- interior_2");
  });

  test("the types of a co-culture's network have numbers, or the names that --types gives", async () => {
    const [file] = await readdir(network("coculture"));
    const one = join(network("coculture"), file);
    const typesOf = async (...argv: string[]) => {
      const { code, err } = await models("import", one, "-o", "m", "--overwrite", ...argv);
      expect({ code, err }).toMatchObject({ code: 0 });
      const card = JSON.parse((await models("show", "./m", "--json")).out);
      return { maps: card.maps, types: card.types };
    };
    expect(await typesOf()).toEqual({
      maps: ["edge", "interior_1", "interior_2", "background"],
      types: ["interior_1", "interior_2"],
    });
    expect(await typesOf("--types", "nih3t3, mcf10a")).toEqual({
      maps: ["edge", "nih3t3", "mcf10a", "background"],
      types: ["nih3t3", "mcf10a"],
    });
    const { code, err } = await models("import", one, "-o", "n", "--types", "nih3t3");
    expect({ code, err }).toEqual({
      code: 2,
      err: expect.stringMatching(/--types must name the network's 2 types of cells, got nih3t3/),
    });
  });

  test("without -o the model lies at its name, and a second import needs --overwrite", async () => {
    const { code, out } = await models("import", network("hela"));
    expect([code, out]).toEqual([0, `${join(cwd, "hela")}\n`]);
    expect(await readdir(join(cwd, "hela"))).toEqual(
      ["README.md", "bioimageio.yaml", "test_input.npy", "test_output.npy", "weights.onnx"].sort(),
    );
    expect((await models("import", network("hela"))).err).toMatch(
      /hela exists already: .*--overwrite/,
    );
    expect((await models("import", network("hela"), "--overwrite")).code).toBe(0);
    expect((await models("test", "hela")).code).toBe(0);
  });

  test("files are read by their generation, or as they are told to", async () => {
    const one = async (name: string, file: number, ...more: string[]) => {
      const files = (await readdir(network(name))).sort();
      const { err } = await models(
        "import",
        join(network(name), files[file]),
        "-o",
        "m",
        "--overwrite",
        ...more,
      );
      return /running_std read as (.*)\n/.exec(err)?.[1];
    };
    expect(await one("nuclear", 0)).toBe("deviation");
    const right = await readFile(join(cwd, "m/test_output.npy"));
    expect(await one("hela", 0)).toBe("variance");
    expect(await one("nuclear", 0, "--running-std", "variance")).toBe("variance");
    expect((await readFile(join(cwd, "m/test_output.npy"))).equals(right)).toBe(false);
    expect(await description("m")).toContain("running_std read as variance");
  });

  test("what the network cannot say can be said: name, decoder, channels, pixel size", async () => {
    const { code } = await models(
      ...["import", network("ecoli"), "-o", "mine", "--name", "my bacteria"],
      ...["--channels", "fluo", "--pixel-size", "0.1", "--decoder", "nuclei"],
    );
    expect(code).toBe(0);
    const card = JSON.parse((await models("show", "mine", "--json")).out);
    expect(card).toMatchObject({
      name: "my bacteria",
      channels: ["fluo"],
      pixelSize: 0.1,
      decoder: { kind: "nuclei" },
    });
    const wrong = await models("import", network("ecoli"), "-o", "x", "--channels", "a,b");
    expect(wrong.code).toBe(2);
    expect(wrong.err).toMatch(/--channels must name the network's 1 channels, got a, b/);
  });
});
