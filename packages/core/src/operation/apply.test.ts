import { expect, test } from "vitest";
import { applyOperations } from "./apply.js";
import type { ModelOperation, NamedTensor } from "./operation.js";

const axes = ["batch", "channel", "y", "x"];
/** Two channels of 2 x 2: 0 1 2 3 and 10 20 30 40. */
const tensor: NamedTensor = {
  data: Float32Array.of(0, 1, 2, 3, 10, 20, 30, 40),
  shape: [1, 2, 2, 2],
  axes,
};
const done = (operations: ModelOperation[], references = {}) =>
  Array.from(applyOperations(tensor, operations, references).data, (x) => Number(x.toFixed(4)));
const eps = 1e-6;

// The expected numbers are worked out by hand (percentile, mean, std) by bioimage.io's formulas.
test("numbers by value, for all or along an axis", () => {
  expect(done([{ id: "binarize", threshold: [2] }])).toEqual([0, 0, 0, 1, 1, 1, 1, 1]);
  expect(done([{ id: "binarize", threshold: [0, 20], axis: "channel" }])).toEqual([
    0, 1, 1, 1, 0, 0, 1, 1,
  ]);
  expect(done([{ id: "scale_linear", gain: [2], offset: [1, -1], axis: "channel" }])).toEqual([
    1, 3, 5, 7, 19, 39, 59, 79,
  ]);
  expect(
    done([{ id: "fixed_zero_mean_unit_variance", mean: [1, 20], std: [1, 10], axis: "channel" }]),
  ).toEqual([-1, 0, 1, 2, -1, 0, 1, 2]);
  expect(done([{ id: "clip", min: 1, max: 20 }])).toEqual([1, 1, 2, 3, 10, 20, 20, 20]);
  expect(
    done([
      { id: "scale_linear", gain: [-1], offset: [0.5] },
      { id: "ensure_dtype", type: "uint8" },
    ]),
  ).toEqual([0, 0, 255, 254, 247, 237, 227, 217]);
});

test("sigmoid and softmax", () => {
  const small = { data: Float32Array.of(0, 1, 0, 2), shape: [1, 2, 2, 1], axes };
  const sigmoid = applyOperations(small, [{ id: "sigmoid" }]).data;
  expect(sigmoid[1]).toBeCloseTo(0.7310586, 6);
  const softmax = applyOperations(small, [{ id: "softmax", axis: "channel" }]).data;
  expect(softmax[0]).toBeCloseTo(0.5, 6);
  expect(softmax[1]).toBeCloseTo(0.2689414, 6);
  expect(softmax[3]).toBeCloseTo(0.7310586, 6);
});

test("statistics of each channel, of all, and of another tensor", () => {
  const plane = { axes: ["y", "x"], eps };
  expect(done([{ id: "zero_mean_unit_variance", ...plane }])).toEqual([
    -1.3416, -0.4472, 0.4472, 1.3416, -1.3416, -0.4472, 0.4472, 1.3416,
  ]);
  expect(done([{ id: "scale_range", minPercentile: 0, maxPercentile: 50, ...plane }])).toEqual([
    0, 0.6667, 1.3333, 2, 0, 0.6667, 1.3333, 2,
  ]);
  expect(done([{ id: "scale_range", minPercentile: 0, maxPercentile: 100, eps }])).toEqual([
    0, 0.025, 0.05, 0.075, 0.25, 0.5, 0.75, 1,
  ]);
  const other = { data: Float32Array.of(0, 10), shape: [1, 1, 2, 1], axes };
  const [least, most] = [0, 100];
  expect(
    done(
      [{ id: "scale_range", minPercentile: least, maxPercentile: most, eps, reference: "raw" }],
      {
        raw: other,
      },
    ),
  ).toEqual([0, 0.1, 0.2, 0.3, 1, 2, 3, 4]);
  // Mean 13.25, deviation 14.1841 become mean 5, deviation 5.
  expect(
    done([{ id: "scale_mean_variance", eps, reference: "raw" }], { raw: other })[0],
  ).toBeCloseTo(5 - (5 * 13.25) / 14.184058, 3);
});

test("percentiles to clip at are numbers that occur", () => {
  expect(done([{ id: "clip", minPercentile: 30, maxPercentile: 70, axes: ["y", "x"] }])).toEqual([
    1, 1, 2, 2, 20, 20, 30, 30,
  ]);
});

test("statistics of a sample count for the part that is cut out of it", () => {
  const part = { data: tensor.data.filter((_, i) => i % 4 === 0), shape: [1, 2, 1, 1], axes };
  const operations: ModelOperation[] = [
    { id: "scale_linear", gain: [2], offset: [0] },
    { id: "zero_mean_unit_variance", axes: ["y", "x"], eps },
  ];
  const { data } = applyOperations(part, operations, {}, tensor);
  const whole = applyOperations(tensor, operations).data;
  expect(Array.from(data)).toEqual([whole[0], whole[4]]);
});

test("axes and tensors that are not there are named", () => {
  expect(() => done([{ id: "softmax", axis: "time" }])).toThrow(
    /axis must be one of batch, channel/,
  );
  expect(() => done([{ id: "scale_mean_variance", eps, reference: "raw" }])).toThrow(
    'an operation looks at the tensor "raw": there is none',
  );
  expect(() => done([{ id: "binarize", threshold: [1, 2, 3], axis: "channel" }])).toThrow(
    /must be 2, one a step of channel, got 3/,
  );
});
