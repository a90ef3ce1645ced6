import { readdirSync, readFileSync } from "node:fs";
import { kerasNetwork } from "@cellwright/core";
import { dataPath, describeData } from "@cellwright/testing";
import { expect, test } from "vitest";
import { readKerasArrays } from "./hdf5.js";

/** The first network's bytes of one of the paper's published ensembles. */
function bytesOf(name: string): Uint8Array {
  const folder = dataPath(`deepcell2016/networks/${name}`);
  return readFileSync(`${folder}/${readdirSync(folder).sort()[0]}`);
}

test("bytes that are no HDF5 file are refused", () => {
  expect(() => readKerasArrays(new TextEncoder().encode("not a network"))).toThrow(
    "must be an HDF5 file of a Keras network",
  );
  expect(() => readKerasArrays(new Uint8Array())).toThrow(
    "must be an HDF5 file of a Keras network",
  );
});

describeData("the published networks", () => {
  test("files of both generations are read and told apart", () => {
    expect(readKerasArrays(bytesOf("hela")).generation).toBe(2017);
    const { arrays, generation } = readKerasArrays(bytesOf("nuclear"));
    expect(generation).toBe(2016);
    expect(arrays.convolution2d_2_W.shape).toEqual([64, 64, 4, 4]);
    expect(arrays.dense_2_W.shape).toEqual([200, 3]);
    expect(Object.keys(arrays)).toHaveLength(7 * 2 + 2 * 2 + 8 * 4);
  });

  test("each becomes a network of its own channels and classes", () => {
    const shapes = ["nuclear", "hela", "3t3", "mcf10a", "coculture", "ecoli"].map((name) => {
      const { arrays } = readKerasArrays(bytesOf(name));
      const graph = kerasNetwork(arrays, { runningStd: "deviation" });
      return [name, graph.inputs[0].shape[1], graph.outputs[0].shape[1]];
    });
    expect(shapes).toEqual([
      ["nuclear", 1, 3],
      ["hela", 2, 3],
      ["3t3", 2, 3],
      ["mcf10a", 2, 3],
      ["coculture", 2, 4],
      ["ecoli", 1, 3],
    ]);
  });

  test("a file cut short is refused", () => {
    const bytes = bytesOf("nuclear");
    for (const part of [0.001, 0.1, 0.5, 0.95])
      expect(() => readKerasArrays(bytes.subarray(0, Math.floor(bytes.length * part)))).toThrow(
        "must be an HDF5 file of a Keras network",
      );
  });
});
