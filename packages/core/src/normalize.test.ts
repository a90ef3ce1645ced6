import { expect, test } from "vitest";
import { isCoreError } from "./errors.js";
import type { Image, Pixels } from "./image.js";
import { checkNormalization, type Normalization, normalize } from "./normalize.js";

const height = 5;
const width = 7;
const values = Array.from({ length: height * width }, (_, i) => ((i * 37) % 101) + 1);
const probes = [0, 3, 17, 34];

function plane(data: Pixels, shape: readonly number[] = [height, width]): Image {
  return { data, shape, axes: "yx" };
}

function probed(recipe: Normalization): number[] {
  const { data } = normalize(plane(Uint16Array.from(values)), recipe);
  return probes.map((i) => data[i]);
}

function expectClose(found: readonly number[], expected: readonly number[]): void {
  expect(found.length).toBe(expected.length);
  for (const [i, value] of expected.entries()) expect(found[i]).toBeCloseTo(value, 6);
}

// Expectations from numpy 1.x and scipy's uniform_filter(mode="reflect") on the same 5 x 7 image.
test.each([
  [3, [-0.6527777778, -0.6296296296, -0.4675925926, -0.0486111111]],
  [5, [-0.9775, -0.8658333333, -0.5891666667, -0.1166666667]],
  [15, [-1.0428703704, -0.8206481481, -0.5330555556, -0.0232407407]],
  [29, [-1.0080757035, -0.8069262782, -0.5354240983, -0.0727804201]],
])(
  "the 2016 recipe with a window of %i equals scipy, also where the window is wider than the image",
  (window, expected) => {
    expectClose(probed({ kind: "deepcell2016", window }), expected);
  },
);

test("percentile and zero-mean-unit-variance equal numpy", () => {
  expectClose(
    probed({ kind: "percentile", low: 1, high: 99.8 }),
    [-0.010326395, 0.0909127714, 0.2225236877, 0.4553737704],
  );
  expectClose(
    probed({ kind: "zero-mean-unit-variance" }),
    [-1.6625550723, -1.3230601625, -0.8817167799, -0.1008784875],
  );
  expect(probed({ kind: "none" })).toEqual(probes.map((i) => values[i]));
});

const recipes: readonly Normalization[] = [
  { kind: "none" },
  { kind: "percentile", low: 1, high: 99.8 },
  { kind: "zero-mean-unit-variance" },
  { kind: "deepcell2016", window: 5 },
];

test.each(recipes)(
  "$kind treats each channel by itself and leaves the image as it was",
  (recipe) => {
    const second = values.map((value) => 3 * value + 200);
    const data = Float32Array.from([...values, ...second]);
    const both = normalize(
      {
        data,
        shape: [2, height, width],
        axes: "cyx",
        spacing: { y: 0.65, x: 0.65 },
        channels: ["phase", "nuclear"],
      },
      recipe,
    );
    expect(both.shape).toEqual([2, height, width]);
    expect(both.axes).toBe("cyx");
    expect(both.spacing).toEqual({ y: 0.65, x: 0.65 });
    expect(both.channels).toEqual(["phase", "nuclear"]);
    const alone = normalize(plane(Float32Array.from(second)), recipe);
    expect([...both.data.subarray(height * width)]).toEqual([...alone.data]);
    expect([...data]).toEqual([...values, ...second]);
  },
);

test.each(recipes)("$kind gives the same tensor for every number type", (recipe) => {
  const expected = normalize(plane(Float64Array.from(values)), recipe);
  for (const type of [
    Uint8Array,
    Int8Array,
    Uint16Array,
    Int16Array,
    Uint32Array,
    Int32Array,
    Float32Array,
  ])
    expect(normalize(plane(type.from(values)), recipe)).toEqual(expected);
});

test.each(recipes)("$kind makes no NaN of images of one brightness, of any size", (recipe) => {
  for (const brightness of [0, 0.1, 7, -3, 1e30])
    for (const shape of [
      [1, 1],
      [1, 9],
      [4, 3],
    ]) {
      const data = new Float32Array(shape[0] * shape[1]).fill(brightness);
      const found = normalize(plane(data, shape), recipe).data;
      expect([...found]).toEqual([...(recipe.kind === "none" ? data : data.fill(0))]);
    }
});

test("percentiles that are equal give way to the darkest and brightest pixel", () => {
  const data = new Uint8Array(1000);
  data[5] = 200;
  const found = normalize(plane(data, [10, 100]), { kind: "percentile", low: 1, high: 99 });
  expect(found.data[5]).toBeCloseTo(1, 6);
  expect(found.data[6]).toBe(0);
});

test("a median of 0 is refused by the 2016 recipe with what to do about it", () => {
  const image: Image = {
    data: Uint8Array.of(0, 0, 9),
    shape: [1, 1, 3],
    axes: "cyx",
    channels: ["DAPI"],
  };
  expect(() => normalize(image, { kind: "deepcell2016", window: 3 })).toThrow(
    /the median of channel 0 \(DAPI\) must be above 0 .* \(add the camera's offset back.*, got 0$/,
  );
});

test("a part is as bright as in the whole it is a sample of, in any shape", () => {
  const whole = plane(Uint16Array.from(values));
  const [sample] = [{ ...whole, shape: [1, height * width] }];
  const rows = plane(whole.data.slice(2 * width, 4 * width), [2, width]);
  for (const recipe of [
    { kind: "percentile", low: 2, high: 98 },
    { kind: "zero-mean-unit-variance" },
    { kind: "none" },
  ] as const) {
    const expected = normalize(whole, recipe).data.subarray(2 * width, 4 * width);
    expect(normalize(rows, recipe, sample).data).toEqual(expected);
  }
  const paper = { kind: "deepcell2016", window: 3 } as const;
  const [alone, doubled] = [sample, { ...sample, data: sample.data.map((value) => 2 * value) }];
  const [one, two] = [alone, doubled].map((of) => normalize(rows, paper, of).data);
  for (const [i, value] of two.entries()) expect(value).toBeCloseTo(one[i] / 2, 6);
  const channels = { ...whole, data: whole.data.slice(0, 34), shape: [2, 1, 17], axes: "cyx" };
  expect(() => normalize(rows, paper, channels)).toThrow(
    "channels of the sample must be 1 like the image, got 2",
  );
});

test("pixels that are not numbers are counted and the first is named", () => {
  const data = Float32Array.from(values);
  data[2 * width + 3] = Number.NaN;
  data[4 * width] = Number.POSITIVE_INFINITY;
  for (const recipe of recipes)
    expect(() => normalize(plane(data), recipe)).toThrow(
      "image must be finite numbers everywhere, got 2 pixels that are not numbers (first at y 2, x 3)",
    );
});

test("images with other axes are refused", () => {
  const image: Image = { data: new Uint8Array(8), shape: [2, 2, 2], axes: "tyx" };
  expect(() => normalize(image, { kind: "none" })).toThrow(
    'image axes must be "yx" or "cyx", got "tyx"',
  );
});

test("recipes read from a file come back checked", () => {
  for (const recipe of recipes)
    expect(checkNormalization({ ...recipe, comment: "x" })).toEqual(recipe);
});

test.each([
  [undefined, "normalization must be an object with a kind, got undefined"],
  ["none", 'normalization must be an object with a kind, got "none"'],
  [
    {},
    "normalization.kind must be none, percentile, zero-mean-unit-variance or deepcell2016, got undefined",
  ],
  [
    { kind: "percentile", low: "1", high: 99 },
    'normalization.low must be a number from 0 to 100, got "1"',
  ],
  [
    { kind: "percentile", low: 5, high: 5 },
    "normalization.high must be a number above 5, to 100, got 5",
  ],
  [
    { kind: "deepcell2016", window: 4 },
    "normalization.window must be an odd whole number up to 9999, got 4",
  ],
  [
    { kind: "deepcell2016", window: 1e9 + 1 },
    "normalization.window must be an odd whole number up to 9999, got 1000000001",
  ],
])("the recipe %j is refused by field", (value, message) => {
  try {
    checkNormalization(value);
    expect.unreachable();
  } catch (error) {
    expect(isCoreError(error, "ModelError")).toBe(true);
    expect((error as Error).message).toBe(message);
  }
});
