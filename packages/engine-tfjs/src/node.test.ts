import { floats, seeded, UnsupportedError, unet } from "@cellwright/core";
import { MathBackendCPU } from "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import { afterEach, expect, test } from "vitest";
import { type Packages, tfjsBackends, tfjsEngine } from "./node.js";

const network = unet({ inputs: 1, outputs: 2, widths: [3, 4] }, seeded(1));
const image = floats(
  new Float32Array(256).map((_, i) => Math.sin(i)),
  [1, 1, 16, 16],
);

/** Stands for TensorFlow's library: its backend's name over plain JavaScript. */
function standIn(gpu: boolean): Packages {
  return {
    has: () => true,
    load: async () => {
      class Library extends MathBackendCPU {
        readonly isUsingGpuDevice = gpu;
      }
      tf.registerBackend("tensorflow", () => new Library());
      tf.copyRegisteredKernels("cpu", "tensorflow");
      return { default: tf };
    },
  };
}

const nothing: Packages = {
  has: () => false,
  load: () => Promise.reject(new Error("not reached")),
};

afterEach(() => {
  if (tf.findBackendFactory("tensorflow")) tf.removeBackend("tensorflow");
});

test("without TensorFlow's library it is WebAssembly, and what is asked for says what to install", async () => {
  expect(tfjsBackends(nothing)).toEqual(["wasm", "cpu"]);
  expect((await tfjsEngine({ packages: nothing })).name).toBe("tfjs-wasm");
  for (const wanted of [{ backend: "node-gpu" }, { device: "gpu" }] as const)
    await expect(tfjsEngine({ ...wanted, packages: nothing })).rejects.toThrow(
      /npm install @tensorflow\/tfjs-node-gpu/,
    );
  await expect(tfjsEngine({ backend: "node", packages: nothing })).rejects.toThrow(
    UnsupportedError,
  );
  await expect(tfjsEngine({ backend: "wasm", device: "gpu" })).rejects.toThrow(
    /"wasm" runs on the processor only/,
  );
});

test("where the library is installed it runs the network, by the names of a CommonJS package", async () => {
  const packages = standIn(false);
  expect(tfjsBackends(packages)).toEqual(["node-gpu", "node", "wasm", "cpu"]);
  const engine = await tfjsEngine({ packages });
  expect(engine.name).toBe("tfjs-node");
  const wasm = await tfjsEngine({ backend: "wasm" });
  const [found, expected] = await Promise.all(
    [engine, wasm].map(async (one) => (await (await one.load(network)).run({ image })).maps.data),
  );
  for (const [i, value] of expected.entries())
    expect(Number(found[i])).toBeCloseTo(Number(value), 5);
});

test("a library for graphics cards that sees none is no engine: it would compute on the processor", async () => {
  await expect(tfjsEngine({ device: "gpu", packages: standIn(false) })).rejects.toThrow(
    /finds no graphics processor/,
  );
  tf.removeBackend("tensorflow");
  expect((await tfjsEngine({ device: "gpu", packages: standIn(true) })).name).toBe("tfjs-node-gpu");
});

test("a library that does not load gives way to WebAssembly, with one line", async () => {
  const lines: string[] = [];
  const packages: Packages = {
    has: () => true,
    load: () => Promise.reject(new Error("libtensorflow.so.2: cannot open\nstack")),
  };
  const engine = await tfjsEngine({ packages, warn: (line) => lines.push(line) });
  expect(engine.name).toBe("tfjs-wasm");
  expect(lines).toEqual([
    "@tensorflow/tfjs-node does not load (libtensorflow.so.2: cannot open): WebAssembly instead, slower",
  ]);
});
