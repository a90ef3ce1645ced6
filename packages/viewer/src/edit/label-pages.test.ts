import type { Labels, PyramidReader } from "@cellwright/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { changeBox } from "./change.js";
import { labelStoreOf, labelStoreOver } from "./label-source.js";
import { PAGE } from "./label-store.js";
import { wholePlane } from "./pages.js";
import { eachDifference, packRuns, unpackRuns } from "./runs.js";

const labelled = (
  height: number,
  width: number,
  value: (y: number, x: number) => number,
): Labels => ({
  data: Uint32Array.from({ length: height * width }, (_, i) =>
    value(Math.floor(i / width), i % width),
  ),
  shape: [height, width],
  axes: "yx",
});

test("runs give labels back, and tell of just the pixels in which two differ", () => {
  const plane = fc.array(fc.constantFrom(0, 0, 0, 7, 4294967295), { minLength: 60, maxLength: 60 });
  const box = { y: 1, x: 2, height: 4, width: 7 };
  fc.assert(
    fc.property(plane, plane, (a, b) => {
      const [one, other] = [Uint32Array.from(a), Uint32Array.from(b)];
      const [before, after] = [packRuns(one, 10, box), packRuns(other, 10, box)];
      const back = other.slice();
      unpackRuns(before, back, 10, box);
      const changed = one.slice();
      eachDifference(before, after, box, (y, x, length, from, to) => {
        for (let i = y * 10 + x; i < y * 10 + x + length; i++) {
          expect([one[i], other[i]]).toEqual([from, to]);
          expect(from).not.toBe(to);
          changed[i] = to;
        }
      });
      for (let i = 0; i < 60; i++) {
        const [y, x] = [Math.floor(i / 10), i % 10];
        const inside = y >= 1 && y < 5 && x >= 2 && x < 9;
        expect(back[i]).toBe(inside ? one[i] : other[i]);
        expect(changed[i]).toBe(inside ? other[i] : one[i]);
      }
    }),
  );
});

test("a store of many planes keeps few pages open, and loses nothing of what was written", () => {
  const size = { t: 4, z: 2, y: 600, x: 1100 };
  const value = (plane: number) => (y: number, x: number) =>
    (y + x) % 97 < 30 ? plane * 1000 + Math.floor(x / 50) + 1 : 0;
  const planes = Array.from({ length: 8 }, (_, n) => labelled(size.y, size.x, value(n)));
  const store = labelStoreOf(size, planes, { open: 3 });
  const ats = planes.map((_, n) => ({ t: n >> 1, z: n & 1 }));
  const box = { y: 500, x: 1000, height: 30, width: 40 };
  for (const at of ats)
    store.write(
      changeBox(store, at, box, (labels) => labels.fill(9)),
      "after",
    );
  for (const [n, at] of ats.entries()) {
    const { data } = store.readNow(at, wholePlane(size));
    for (let i = 0; i < data.length; i++) {
      const [y, x] = [Math.floor(i / size.x), i % size.x];
      const inside = y >= 500 && y < 530 && x >= 1000 && x < 1040;
      if (data[i] !== (inside ? 9 : value(n)(y, x))) expect([n, y, x]).toBe("as written");
    }
  }
  expect(store.largest).toBe(7022);
  expect(store.giveOut()).toBe(7023);
  expect(store.page({ t: 0, z: 0 }, 2, 0)).toBeUndefined();
  expect(store.labelAt({ t: 0, z: 0 }, 600, 0)).toBe(0);
});

test("an overview takes one pixel of each square and follows edits", () => {
  const size = { t: 1, z: 1, y: 700, x: 900 };
  const at = { t: 0, z: 0 };
  const store = labelStoreOf(size, [labelled(700, 900, (y, x) => y * 1000 + x + 1)]);
  const overview = () => store.overview(at, 8) as Labels;
  expect(overview().shape).toEqual([88, 113]);
  const expected = (y: number, x: number) =>
    Math.min(y * 8 + 4, 699) * 1000 + Math.min(x * 8 + 4, 899) + 1;
  expect([...overview().data]).toEqual([...labelled(88, 113, expected).data]);
  const box = { y: 500, x: 500, height: 40, width: 40 };
  store.write(
    changeBox(store, at, box, (labels) => labels.fill(5)),
    "after",
  );
  expect(overview().data[64 * 113 + 64]).toBe(5);
  expect(overview().data[61 * 113 + 64]).toBe(expected(61, 64));
});

test("a store over a reader reads pages as they are asked for, once, and edits lie on top", async () => {
  const [height, width] = [1500, 1300];
  const value = (y: number, x: number) => (x < 700 ? 0 : 1 + Math.floor(y / 100));
  const asked: string[] = [];
  const level = (scale: number) => ({
    height: Math.ceil(height / scale),
    width: Math.ceil(width / scale),
    scale: { y: scale, x: scale },
    tile: { height: PAGE, width: PAGE },
  });
  const reader: PyramidReader = {
    axes: "yx",
    shape: [height, width],
    type: "uint16",
    levels: [level(1), level(16)],
    readRegion: async ({ box, level = 0 }) => {
      asked.push(`${level}:${box.y},${box.x},${box.height},${box.width}`);
      const scale = level === 0 ? 1 : 16;
      const { data, ...rest } = labelled(box.height, box.width, (y, x) =>
        value((box.y + y) * scale, (box.x + x) * scale),
      );
      return { ...rest, data: Uint16Array.from(data) };
    },
  };
  const store = labelStoreOver(reader);
  const at = { t: 0, z: 0 };
  expect(store.page(at, 0, 1)).toBeUndefined();
  expect(() => store.readNow(at, { y: 0, x: 600, height: 4, width: 4 })).toThrow("loaded");
  await Promise.all([
    store.load(at, { y: 500, x: 1200, height: 30, width: 30 }),
    store.load(at, { y: 500, x: 1200, height: 30, width: 30 }),
  ]);
  expect(asked.sort()).toEqual(["0:0,1024,512,276", "0:512,1024,512,276"]);
  expect(store.labelAt(at, 505, 1250)).toBe(6);
  expect(store.cells.areaIn(0, 2)).toBe(276 * 100);
  expect(store.giveOut()).toBe(65536);
  expect(store.knows(0)).toBe(false);
  store.write(
    changeBox(store, at, { y: 505, x: 1250, height: 1, width: 1 }, (labels) => labels.fill(77)),
    "after",
  );
  expect(store.overview(at, 16)).toBeUndefined();
  await new Promise((done) => setTimeout(done));
  const overview = store.overview(at, 16) as Labels;
  expect(overview.shape).toEqual([94, 82]);
  expect(overview.data[0]).toBe(0);
  expect(overview.data[93 * 82 + 81]).toBe(15);
  await store.load(at, wholePlane(store.size));
  expect(store.knows(0)).toBe(true);
  expect(store.cells.areaIn(0, 6)).toBe(600 * 100 - 1);
  expect(store.labelAt(at, 505, 1250)).toBe(77);
  // Above all that was given out; of another store over the same, which is known whole, above its own cells.
  expect(store.giveOut()).toBe(65537);
  const whole = labelStoreOver(reader);
  expect(whole.boxOf?.(at, 6)).toBe("unknown");
  await whole.load(at, wholePlane(whole.size));
  expect(whole.giveOut()).toBe(16);
  expect(whole.boxOf?.(at, 6)).toEqual({ y: 500, x: 700, height: 100, width: 600 });
  expect(whole.boxOf?.(at, 99)).toBeUndefined();
  expect([...store.kept()].length).toBe(1);
  const stop = new AbortController();
  stop.abort();
  await expect(store.load(at, wholePlane(store.size), stop.signal)).rejects.toThrow("abort");
});
