import { seeded, shuffled } from "@cellwright/core";
import { expect, test } from "vitest";
import { fold, holdBack, leaveOut } from "./train-split.js";

/** 20 images; b1 and b2 show one field, and so do c1, c2 and c3. */
const pairs = [
  ...Array.from({ length: 15 }, (_, i) => ({ name: `hela/set${i}`, group: `hela/set${i}` })),
  ...["b1", "b2"].map((name) => ({ name, group: "b" })),
  ...["c1", "c2", "c3"].map((name) => ({ name, group: "c" })),
];
const names = (list: readonly { name: string }[]) => list.map(({ name }) => name);
const fields = (list: readonly { group: string }[]) => new Set(list.map(({ group }) => group));

test("without shared fields the images held back are the first of the shuffled list", () => {
  const single = Array.from({ length: 37 }, (_, i) => ({ name: `${i}` }));
  for (const seed of [1, 2, 3]) {
    const first = shuffled(single, seeded(seed, 0x5e1d)).slice(0, 4);
    expect(new Set(names(holdBack(single, 0.1, seed).heldBack))).toEqual(new Set(names(first)));
  }
});

test("no split parts images of one field, and every image is on one side", () => {
  const splits = Array.from({ length: 30 }, (_, seed) => holdBack(pairs, 0.3, seed));
  splits.push(...[0, 1, 2, 3].map((i) => fold(pairs, 4, i, 1)));
  for (const { training, heldBack } of splits) {
    expect([...training, ...heldBack]).toHaveLength(pairs.length);
    expect(heldBack.length).toBeGreaterThan(0);
    for (const field of fields(heldBack)) expect(fields(training)).not.toContain(field);
  }
});

test("something is always left to learn from", () => {
  expect(holdBack(pairs.slice(15), 0.99, 1).training).not.toHaveLength(0);
  expect(() => holdBack(pairs.slice(17), 0.5, 1)).toThrow("found 3 of 1");
  expect(holdBack(pairs.slice(17), 0, 1)).toEqual({ training: pairs.slice(17), heldBack: [] });
  expect(() => holdBack(pairs, ["*"], 1)).toThrow("must leave an image");
});

test("each image is held back in one fold, and folds are of about one size", () => {
  const parts = [0, 1, 2].map((i) => names(fold(pairs, 3, i, 5).heldBack));
  expect(parts.flat().sort()).toEqual(names(pairs).sort());
  expect(parts.map((part) => part.length).sort()).toEqual([6, 7, 7]);
  expect(names(fold(pairs, 3, 0, 6).heldBack)).not.toEqual(parts[0]);
  expect(() => fold(pairs, 18, 0, 1)).toThrow("must be from 2 to the 17 different fields");
  expect(() => fold(pairs, 3, 3, 1)).toThrow("from 0 to 2, got 3");
});

test("images are left out by name, folder or pattern, with all of their field", () => {
  expect(names(leaveOut(pairs, ["hela", "b1"]))).toEqual(["c1", "c2", "c3"]);
  expect(names(leaveOut(pairs, ["*/set1"]))).toEqual(names(pairs).filter((n) => n !== "hela/set1"));
  expect(leaveOut(pairs, ["hela/set1?"])).toHaveLength(15);
  expect(() => leaveOut(pairs, ["hella/*"])).toThrow(
    '--leave-out: "hella/*" names none of the images (hela/set0, hela/set1, hela/set2, … c3)',
  );
});

test("images held back may be named", () => {
  expect(names(holdBack(pairs, ["hela/set3", "c2"], 1).heldBack)).toEqual([
    "hela/set3",
    "c1",
    "c2",
    "c3",
  ]);
});
