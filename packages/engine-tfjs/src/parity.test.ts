import { onnxEngine } from "@cellwright/engine-onnx/node";
import { parityOperators, testOperators, testShippedModels } from "@cellwright/testing";
import { describe, expect, test } from "vitest";
import { tfjsEngine } from "./node.js";
import { tfjsOperators } from "./program.js";

describe("WebAssembly", () => {
  const open = () => tfjsEngine({ backend: "wasm" });
  testOperators(open);
  testShippedModels(open);
});

describe("plain JavaScript", () => {
  const open = () => tfjsEngine({ backend: "cpu" });
  testOperators(open, { seeds: [31] });
  testShippedModels(open, { names: ["bacteria-phase", "nuclei"] });
});

describe("ONNX Runtime passes the same", () => {
  const open = () => onnxEngine({ threads: 1 });
  testOperators(open);
  testShippedModels(open);
});

test("every operator there is has been compared", () => {
  expect(tfjsOperators).toEqual(parityOperators);
});
