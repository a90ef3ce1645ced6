import { floats, seeded, unet } from "@cellwright/core";
import { expect, test } from "vitest";
import { UsageError } from "./context.js";
import { openEngine } from "./engine.js";

const network = unet({ inputs: 1, outputs: 2, widths: [3, 4] }, seeded(1));
const image = floats(
  new Float32Array(256).map((_, i) => Math.sin(i)),
  [1, 1, 16, 16],
);

test("where the native library does not load, WebAssembly gives the same maps and says so", async () => {
  const lines: string[] = [];
  const loadNative = () => Promise.reject(new Error("cannot open shared object file\nstack"));
  const options = { loadNative, warn: (line: string) => lines.push(line) };
  const web = await openEngine({ engine: "onnx", device: "cpu" }, options);
  expect(lines).toEqual([
    expect.stringMatching(/cannot open shared object file stack.*WebAssembly/),
  ]);
  const native = await openEngine({ engine: "onnx", device: "cpu" });
  expect([web.name, native.name]).toEqual(["onnx-web", "onnx"]);
  const [found, expected] = await Promise.all(
    [web, native].map(
      async (engine) => (await (await engine.load(network)).run({ image })).maps.data,
    ),
  );
  for (const [i, value] of expected.entries()) expect(found[i]).toBeCloseTo(Number(value), 5);
});

test("what cannot be is refused as wrong usage", async () => {
  await expect(openEngine({ engine: "onyx", device: "cpu" })).rejects.toThrow(UsageError);
  await expect(openEngine({ engine: "reference", device: "gpu" })).rejects.toThrow(
    /leave out --device gpu/,
  );
});

test("TensorFlow.js gives the same maps", async () => {
  const tfjs = await openEngine({ engine: "tfjs", device: "cpu", threads: 2 });
  const onnx = await openEngine({ engine: "onnx", device: "cpu" });
  expect(tfjs.name).toMatch(/^tfjs-(wasm|node)$/);
  const [found, expected] = await Promise.all(
    [tfjs, onnx].map(
      async (engine) => (await (await engine.load(network)).run({ image })).maps.data,
    ),
  );
  for (const [i, value] of expected.entries()) expect(found[i]).toBeCloseTo(Number(value), 5);
});
