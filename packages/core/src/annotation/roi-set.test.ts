import { zipSync } from "fflate";
import { expect, test } from "vitest";
import { bytesSource } from "../source.js";
import { labelsFromRois, readRois } from "./roi-set.js";

/** What ImageJ writes, from its own description of the header. */
interface Fields {
  type: number;
  /** top, left, bottom, right */
  bounds?: number[];
  /** x, y, x, y, … from the image's corner */
  points?: number[];
  fine?: number[];
  fineBounds?: number[];
  shape?: number[];
  subtype?: number;
  arc?: number;
  slice?: number;
  stack?: number[];
  title?: string;
}

function encode(fields: Fields): Uint8Array {
  const { type, bounds = [0, 0, 0, 0], points = [], fine = [], shape = [], title = "" } = fields;
  const at = 64 + 2 * points.length + 4 * fine.length + 4 * shape.length;
  const bytes = new Uint8Array(at + 64 + 2 * title.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0x496f7574);
  view.setInt16(4, 227);
  view.setUint8(6, type);
  for (const [i, value] of bounds.entries()) view.setInt16(8 + 2 * i, value);
  view.setUint16(16, points.length / 2);
  for (const [i, value] of (fields.fineBounds ?? []).entries()) view.setFloat32(18 + 4 * i, value);
  view.setInt32(36, shape.length);
  view.setInt16(48, fields.subtype ?? 0);
  view.setInt16(50, fine.length > 0 || fields.fineBounds ? 128 : 0);
  view.setInt16(54, fields.arc ?? 0);
  view.setInt32(56, fields.slice ?? 0);
  view.setInt32(60, at);
  const count = points.length / 2;
  for (let i = 0; i < count; i++) {
    view.setInt16(64 + 2 * i, points[2 * i] - bounds[1]);
    view.setInt16(64 + 2 * (count + i), points[2 * i + 1] - bounds[0]);
    if (fine.length === 0) continue;
    view.setFloat32(64 + 4 * (count + i), fine[2 * i]);
    view.setFloat32(64 + 4 * (2 * count + i), fine[2 * i + 1]);
  }
  for (const [i, value] of shape.entries()) view.setFloat32(64 + 4 * i, value);
  for (const [i, value] of (fields.stack ?? []).entries()) view.setInt32(at + 4 + 4 * i, value);
  view.setInt32(at + 16, at + 64);
  view.setInt32(at + 20, title.length);
  for (let i = 0; i < title.length; i++) view.setUint16(at + 64 + 2 * i, title.charCodeAt(i));
  return bytes;
}

const read = (bytes: Uint8Array, name = "a.roi") => readRois(bytesSource(name, bytes));
async function drawn(fields: Fields | Fields[], height = 8, width = 10): Promise<string[]> {
  const all = Array.isArray(fields) ? fields : [fields];
  const rois = (await Promise.all(all.map((one) => read(encode(one))))).flat();
  const { data } = labelsFromRois(rois, height, width);
  return Array.from({ length: height }, (_, y) =>
    [...data.subarray(y * width, (y + 1) * width)].map((label) => label || ".").join(""),
  );
}

test("rectangles, polygons and traced regions cover the pixels whose centres lie inside", async () => {
  expect(await drawn({ type: 1, bounds: [1, 2, 3, 6] }, 4)).toEqual([
    "..........",
    "..1111....",
    "..1111....",
    "..........",
  ]);
  // A right triangle: on the long side the centres at x = y count, as ImageJ has it for left sides.
  const triangle = { bounds: [0, 0, 4, 4], points: [0, 0, 4, 4, 0, 4] };
  const expected = ["..........", "1.........", "11........", "111......."];
  for (const type of [0, 7, 8]) expect(await drawn({ type, ...triangle }, 4)).toEqual(expected);
  const ell = [2, 0, 4, 0, 4, 2, 6, 2, 6, 3, 2, 3];
  expect(await drawn({ type: 8, bounds: [0, 2, 3, 6], points: ell }, 3)).toEqual([
    "..11......",
    "..11......",
    "..1111....",
  ]);
});

test("ovals are round", async () => {
  expect(await drawn({ type: 2, bounds: [1, 1, 7, 9] })).toEqual([
    "..........",
    "...1111...",
    "..111111..",
    ".11111111.",
    ".11111111.",
    "..111111..",
    "...1111...",
    "..........",
  ]);
  const { data } = labelsFromRois(
    await read(encode({ type: 2, bounds: [10, 10, 110, 110] })),
    120,
    120,
  );
  for (let y = 0; y < 120; y++)
    for (let x = 0; x < 120; x++) {
      const inside = (x + 0.5 - 60) ** 2 + (y + 0.5 - 60) ** 2 < 2500;
      if (Math.abs((x + 0.5 - 60) ** 2 + (y + 0.5 - 60) ** 2 - 2500) > 1)
        expect(data[y * 120 + x], `${y} ${x}`).toBe(inside ? 1 : 0);
    }
});

test("fine coordinates count where there are any", async () => {
  const points = [1, 0, 4, 0, 4, 3, 1, 3];
  const fine = [1.6, 0.4, 4.4, 0.4, 4.4, 2.6, 1.6, 2.6];
  expect(await drawn({ type: 0, bounds: [0, 1, 3, 4], points, fine }, 3)).toEqual([
    "..11......",
    "..11......",
    "..11......",
  ]);
  const fineBounds = [1.6, 0.6, 3, 2];
  expect(await drawn({ type: 1, bounds: [0, 1, 3, 5], fineBounds }, 4)).toEqual([
    "..........",
    "..111.....",
    "..111.....",
    "..........",
  ]);
});

test("composites have holes, and several pieces", async () => {
  const square = (left: number, top: number, size: number) => [
    ...[0, left, top, 1, left + size, top, 1, left + size, top + size, 1, left, top + size],
    4,
  ];
  const shape = [...square(0, 0, 5), ...square(1, 1, 3), ...square(7, 1, 2)];
  expect(await drawn({ type: 1, bounds: [0, 0, 5, 9], shape }, 5)).toEqual([
    "11111.....",
    "1...1..11.",
    "1...1..11.",
    "1...1.....",
    "11111.....",
  ]);
  // A quarter of a circle of radius 8 as one cubic curve.
  const bow = [0, 0, 0, 1, 8, 0, 3, 8, 4.418, 4.418, 8, 0, 8, 4];
  const round = await drawn({ type: 1, bounds: [0, 0, 8, 8], shape: bow }, 8, 8);
  for (let y = 0; y < 8; y++)
    for (let x = 0; x < 8; x++)
      if (Math.abs(Math.hypot(x + 0.5, y + 0.5) - 8) > 0.05)
        expect(round[y][x] === "1", `${y} ${x}`).toBe(Math.hypot(x + 0.5, y + 0.5) < 8);
});

test("earlier regions keep their pixels, and regions may reach over the border", async () => {
  expect(
    await drawn(
      [
        { type: 1, bounds: [-3, -2, 2, 4] },
        { type: 1, bounds: [1, 2, 99, 99] },
      ],
      3,
    ),
  ).toEqual(["1111......", "1111222222", "..22222222"]);
  const outside = await read(encode({ type: 1, bounds: [50, 0, 60, 9], title: "cell 7" }));
  expect(() => labelsFromRois(outside, 8, 10)).toThrow(
    'region "cell 7" must be within the image of 8 x 10, got y 50 to 60, x 0 to 9',
  );
});

test("a set is read in its order, with names and places in a stack", async () => {
  const zip = zipSync({
    "0002.roi": encode({ type: 1, bounds: [0, 0, 2, 2], slice: 3 }),
    "what? a:name.roi": encode({
      type: 1,
      bounds: [0, 4, 2, 6],
      title: "Zelle ä",
      stack: [1, 2, 5],
    }),
    "__MACOSX/._0002.roi": new Uint8Array(3),
    "notes.txt": new Uint8Array(3),
  });
  expect((await read(zip, "RoiSet.zip")).map(({ name, position }) => [name, position])).toEqual([
    ["0002", { channel: 0, slice: 3, frame: 0 }],
    ["Zelle ä", { channel: 1, slice: 2, frame: 5 }],
  ]);
});

test("what has no inside is refused by its name", async () => {
  const points = [0, 0, 4, 0, 4, 3];
  for (const [fields, what] of [
    [{ type: 3 }, "line"],
    [{ type: 4, points }, "freehand line"],
    [{ type: 5, points }, "polyline"],
    [{ type: 9, points }, "angle"],
    [{ type: 10, points }, "point"],
    [{ type: 1, subtype: 1 }, "text"],
    [{ type: 1, arc: 5 }, "rounded rectangle"],
    [{ type: 77 }, "region of the unknown type 77"],
  ] as const)
    await expect(
      read(zipSync({ "x.roi": encode({ ...fields, title: "mark" } as Fields) }), "s.zip"),
    ).rejects.toThrow(new RegExp(`^s\\.zip/x\\.roi: region "mark" must be .*, is a ${what}: `));
});

test("damaged files are refused by name: cut off, endless, no numbers, no regions", async () => {
  const good = encode({ type: 0, bounds: [0, 0, 4, 4], points: [0, 0, 4, 4, 0, 4] });
  for (let length = 0; length < 76; length++)
    await expect(read(good.slice(0, length)), `${length}`).rejects.toThrow(/^a\.roi: is /);
  const huge = good.slice();
  new DataView(huge.buffer).setUint16(16, 65535);
  await expect(read(huge)).rejects.toThrow("a.roi: is cut off: must have 262204 bytes");
  const composite = encode({ type: 1, shape: [0, 1, 1, 1, 2, 2, 4] });
  new DataView(composite.buffer).setInt32(36, 2 ** 31 - 1);
  await expect(read(composite)).rejects.toThrow("a.roi: is cut off");
  await expect(read(encode({ type: 1, shape: [9, 1, 1] }))).rejects.toThrow("damaged composite");
  await expect(read(encode({ type: 1, shape: [0, NaN, 1] }))).rejects.toThrow("has NaN at byte 68");
  await expect(read(zipSync({ "a.txt": good }), "s.zip")).rejects.toThrow(
    "s.zip must hold ImageJ regions (.roi files), holds none",
  );
});

test("a region made to keep us busy for ever is refused", async () => {
  const points = Array.from({ length: 20_000 }, (_, i) => [i % 9, i % 2 === 0 ? 0 : 9000]).flat();
  const jagged = await read(encode({ type: 0, bounds: [0, 0, 9000, 9], points }));
  expect(() => labelsFromRois(jagged, 9000, 10)).toThrow(
    "must cross the rows of the image at most",
  );
  const [whole] = await read(encode({ type: 1, bounds: [0, 0, 9, 9] }));
  expect(() => labelsFromRois(new Array(1000).fill(whole), 9, 9)).toThrow(
    "cover it at most 64 times",
  );
});
