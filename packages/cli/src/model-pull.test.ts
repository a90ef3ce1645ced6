import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  checkDecoder,
  floats,
  type Graph,
  type Model,
  readNpy,
  writeModelFiles,
  writeModelZip,
  writeNpy,
  writeOnnx,
} from "@cellwright/core";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { memoryContext } from "./memory-context.js";
import { sha256, writeModelFolder } from "./model-folder.js";
import { run } from "./program.js";

const graph: Graph = {
  inputs: [{ name: "in", shape: ["n", 3, "y", "x"] }],
  nodes: [{ op: "Identity", inputs: ["in"], outputs: ["out"], attributes: {} }],
  outputs: [{ name: "out", shape: ["n", 3, "y", "x"] }],
  weights: {},
};

const model: Model = {
  name: "passing model",
  description: "Gives what it is given.",
  channels: ["a", "b", "c"],
  maps: ["flow_y", "flow_x", "probability"],
  normalization: { kind: "none" },
  decoder: checkDecoder({ kind: "cellpose" }),
  graph,
};

const values = floats(
  Float32Array.from({ length: 300 }, (_, i) => Math.sin(i)),
  [1, 3, 10, 10],
);

async function filesOf(): Promise<Record<string, Uint8Array>> {
  return writeModelFiles(model, {
    weights: writeOnnx(graph),
    testInput: values,
    testOutput: values,
    readme: "# Passing\n",
    sha256,
  });
}

let cwd: string;
let server: Server;
let base: string;
/** What the server holds, and what was asked of it. */
let held: Record<string, Uint8Array>;
let asked: string[];

beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), "cellwright-pull-"));
  vi.stubEnv("XDG_CACHE_HOME", join(cwd, "cache"));
  held = {};
  asked = [];
  server = createServer((request, response) => {
    const path = (request.url ?? "").slice(1);
    asked.push(path);
    const bytes = held[path];
    if (path === "broken/rdf.yaml") response.writeHead(500).end();
    else if (bytes) response.end(bytes);
    else response.writeHead(404).end();
  });
  await new Promise<void>((done) => {
    server.listen(0, "127.0.0.1", done);
  });
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
afterEach(async () => {
  vi.unstubAllEnvs();
  server.close();
  await rm(cwd, { recursive: true });
});

async function models(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  const context = memoryContext({ cwd, env: process.env });
  const code = await run(["models", ...argv], context);
  return { code, out: context.out(), err: context.err() };
}

function serve(folder: string, files: Readonly<Record<string, Uint8Array>>): void {
  for (const [name, bytes] of Object.entries(files)) held[`${folder}/${name}`] = bytes;
}

test("a model is fetched by its name, once, and found by it afterwards", async () => {
  serve("some-shark/files", await filesOf());
  const first = await models("pull", "bioimage-io/some-shark", "--base", base);
  const folder = join(cwd, "cache/cellwright/models/some-shark");
  expect(first).toMatchObject({ code: 0, out: `${folder}\n` });
  expect((await readdir(folder)).sort()).toEqual(Object.keys(await filesOf()).sort());
  const count = asked.length;
  const again = await models("pull", "some-shark", "--base", base, "--json");
  expect(JSON.parse(again.out)).toEqual({ model: "some-shark", folder, cached: true });
  expect(asked).toHaveLength(count);
  expect((await models("test", "some-shark")).out).toMatch(/^some-shark: passed on onnx/);
  expect((await models("pull", "some-shark", "--base", base, "--overwrite")).code).toBe(0);
  expect(asked.length).toBeGreaterThan(count);
});

test("a package and a description are fetched by their addresses", async () => {
  const files = await filesOf();
  held["a/shark.zip"] = writeModelZip(files);
  serve("b/shark", files);
  for (const path of ["a/shark.zip", "b/shark/bioimageio.yaml", "b/shark"]) {
    const { code, out, err } = await models("pull", `${base}${path}`, "--json");
    expect(code, err).toBe(0);
    const { model: id, folder } = JSON.parse(out);
    expect(id).toMatch(/^shark-[0-9a-f]{8}$/);
    expect(await readFile(join(folder, "weights.onnx"))).toEqual(
      Buffer.from(files["weights.onnx"]),
    );
  }
  const own = await models("pull", `${base}a/shark.zip`, "-o", "mine");
  expect(own.out).toBe(`${join(cwd, "mine")}\n`);
});

test("nothing is kept of a model that is not as promised", async () => {
  const files = await filesOf();
  const other = files["weights.onnx"].slice();
  other[other.length - 3] ^= 1;
  serve("spoilt/files", { ...files, "weights.onnx": other });
  const spoilt = await models("pull", "spoilt", "--base", base);
  expect(spoilt.code).toBe(1);
  expect(spoilt.err).toMatch(/weights\.onnx is not the file the model was made with/);
  held["z.zip"] = writeModelZip(files);
  const wrong = await models("pull", `${base}z.zip`, "--sha256", "0".repeat(64));
  expect(wrong.err).toMatch(/z\.zip is not the file promised: --sha256 is 000000000000…/);
  expect(
    (await models("pull", `${base}z.zip`, "--sha256", sha256(held["z.zip"]), "-o", "right")).code,
  ).toBe(0);
  const { "weights.onnx": _, ...without } = files;
  serve("lacking/files", without);
  expect((await models("pull", "lacking", "--base", base)).err).toMatch(
    /weights\.onnx: there is no such file/,
  );
  const left = await readdir(join(cwd, "cache"), { recursive: true }).catch(() => []);
  expect(left.filter((path) => /spoilt|lacking/.test(path))).toEqual([]);
});

test("what cannot be fetched says why", async () => {
  expect((await models("pull", "../x")).code).toBe(2);
  expect((await models("pull", "shark", "--base", "ftp://a")).code).toBe(2);
  expect((await models("pull", `${base}no.zip`)).err).toMatch(/no\.zip: there is no such file/);
  expect((await models("pull", `${base}broken`)).err).toMatch(/its server answers 500/);
  expect((await models("pull", "shark", "--base", "http://127.0.0.1:9/")).err).toMatch(
    /its server does not answer/,
  );
  expect((await models("test", "https://example.org/m.zip")).out).toMatch(
    /fetched only when asked: cellwright models pull https:/,
  );
});

test("models are in order, or it is told what is not", async () => {
  await writeModelFolder(join(cwd, "good"), { ...(await filesOf()) });
  const files = await filesOf();
  const text = new TextDecoder()
    .decode(files["bioimageio.yaml"])
    .replace("axis_id: y", "axis_id: z");
  await writeModelFolder(join(cwd, "bad"), {
    ...files,
    "bioimageio.yaml": new TextEncoder().encode(text),
  });
  const { code, out } = await models("validate", "./good", "./bad");
  expect(code).toBe(3);
  expect(out).toMatch(/^\.\/good: in order\n {2}warning license: license is missing/);
  expect(out).toMatch(
    /\.\/bad: not in order\n(.*\n)* {2}error outputs\[0\]\.axes\[2\]\.size: there is no other axis z/,
  );
  const shipped = await models("validate", "nuclei", "bacteria-phase", "--json");
  for (const line of shipped.out.trim().split("\n"))
    expect(JSON.parse(line)).toMatchObject({ valid: true, problems: [] });
  const bad = await models("export", "./bad");
  expect(bad.err).toMatch(/there is no other axis z/);
});

test("a network of a later operator set runs by its own file", async () => {
  const weights = writeOnnx(graph).slice();
  weights[weights.length - 1] = 18;
  await writeModelFolder(
    join(cwd, "later"),
    await writeModelFiles(model, {
      weights,
      testInput: values,
      testOutput: values,
      readme: "# Later\n",
      sha256,
    }),
  );
  expect((await models("test", "./later")).out).toMatch(/^\.\/later: passed on onnx/);
  expect((await models("test", "./later", "--engine", "reference")).out).toMatch(
    /needs ONNX Runtime/,
  );
  expect((await models("show", "./later")).code).toBe(0);
  const image = floats(
    Float32Array.from({ length: 3 * 70 * 90 }, (_, i) => i % 251),
    [3, 70, 90],
  );
  await writeFile(join(cwd, "image.npy"), writeNpy(image));
  const { code, err, out } = await models("run", "./later", "image.npy");
  expect(code, err).toBe(0);
  expect(out).toBe(`${join(cwd, "image_maps.npy")}\n`);
  const maps = readNpy(new Uint8Array(await readFile(join(cwd, "image_maps.npy"))));
  expect(maps.shape).toEqual([3, 70, 90]);
  expect(Buffer.from(maps.data.buffer).equals(Buffer.from(image.data.buffer))).toBe(true);
  expect((await models("run", "./later", "image.npy")).err).toMatch(/exists already/);
  expect((await models("run", "./later", "image.npy", "-o", "a.png")).code).toBe(2);
});
