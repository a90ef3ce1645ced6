import { expect, test } from "vitest";
import { ensemble } from "./ensemble.js";
import { floats, type Graph, GraphBuilder } from "./network.js";
import { referenceEngine } from "./reference/engine.js";

/** A network that multiplies by one number and adds another. */
function line(factor: number, offset: number, channels = 1): Graph {
  const builder = new GraphBuilder();
  const product = builder.add("Mul", ["image", builder.scalar(factor)]);
  builder.add("Add", [product, builder.weight(floats([offset], [1]), "offset")], {}, "maps");
  const shape = ["n", channels, "y", "x"];
  return builder.build([{ name: "image", shape }], [{ name: "maps", shape }]);
}

test("an ensemble answers with the mean of its networks' answers", async () => {
  const graph = ensemble([line(1, 0), line(2, 10), line(6, 2)]);
  const program = await referenceEngine.load(graph);
  const { maps } = await program.run({ image: floats([1, 2], [1, 1, 1, 2]) });
  expect(maps).toEqual(floats([7, 10], [1, 1, 1, 2]));
  expect(graph.inputs).toEqual(line(1, 0).inputs);
});

test("an ensemble of one is that network", () => {
  const graph = line(1, 0);
  expect(ensemble([graph])).toBe(graph);
});

test("networks that do not go together are refused", () => {
  expect(() => ensemble([])).toThrow("at least one network");
  expect(() => ensemble([line(1, 0), line(1, 0, 2)])).toThrow(
    "must have the same inputs: network 1 has image [?,1,?,?], network 2 has image [?,2,?,?]",
  );
});
