import { floats, type Graph } from "@cellwright/core";
import { expect, test } from "vitest";
import { fuseRectifiers, RECTIFIED } from "./fuse.js";

const conv = (from: string, to: string) => ({
  op: "Conv",
  inputs: [from, "w"],
  outputs: [to],
  attributes: {},
});
const relu = (from: string, to: string) => ({
  op: "Relu",
  inputs: [from],
  outputs: [to],
  attributes: {},
});
const graph = (nodes: Graph["nodes"], ...outputs: string[]): Graph => ({
  inputs: [{ name: "x", shape: ["n", 1, "y", "x"] }],
  nodes,
  outputs: outputs.map((name) => ({ name, shape: [] })),
  weights: { w: floats([1], [1, 1, 1, 1]) },
});

test("a convolution takes the rectifier after it along", () => {
  expect(fuseRectifiers(graph([conv("x", "a"), relu("a", "b"), conv("b", "c")], "c"))).toEqual([
    { ...conv("x", "b"), op: RECTIFIED },
    conv("b", "c"),
  ]);
});

test("not where somebody else reads what comes before the rectifier", () => {
  const twice = [conv("x", "a"), relu("a", "b"), conv("a", "c")];
  expect(fuseRectifiers(graph(twice, "b", "c"))).toEqual(twice);
  const shown = [conv("x", "a"), relu("a", "b")];
  expect(fuseRectifiers(graph(shown, "a", "b"))).toEqual(shown);
});
