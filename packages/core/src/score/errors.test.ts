import { expect, test } from "vitest";
import type { Labels } from "../image.js";
import { findErrors } from "./errors.js";

function labels(...rows: readonly string[]): Labels {
  const data = Uint32Array.from(rows.join(""), (digit) => Number(digit));
  return { data, shape: [rows.length, rows[0].length], axes: "yx" };
}

test("splits, merges, missed and spurious cells are told apart", () => {
  const truth = labels(
    "11111111000", // found in two pieces
    "22220333300", // grown together
    "44440000000", // missed
    "00000005555", // found as it is
  );
  const found = labels(
    "66667777000", //
    "88888888800",
    "00000000009", // made up
    "00000005555",
  );
  expect(findErrors(truth, found)).toEqual({
    splits: [{ label: 1, others: [6, 7] }],
    merges: [{ label: 8, others: [2, 3] }],
    missed: [4],
    spurious: [9],
  });
  expect(findErrors(found, truth)).toEqual({
    splits: [{ label: 8, others: [2, 3] }],
    merges: [{ label: 1, others: [6, 7] }],
    missed: [9],
    spurious: [4],
  });
});

test("a crumb beside a well found cell is no split until crumbs are counted", () => {
  const truth = labels("11111111111111111111");
  const found = labels("22222222222222222203");
  expect(findErrors(truth, found).splits).toEqual([]);
  expect(findErrors(truth, found, { leastShare: 0.05 }).splits).toEqual([
    { label: 1, others: [2, 3] },
  ]);
});

test("a found cell that lies half over each of two true cells is no piece of either", () => {
  const { splits, merges } = findErrors(labels("11112222"), labels("33444455"));
  expect(splits).toEqual([]);
  expect(merges).toEqual([]);
});

test("equal labels have no errors", () => {
  const same = labels("1102", "1102", "0333");
  expect(findErrors(same, same)).toEqual({ splits: [], merges: [], missed: [], spurious: [] });
});

test("a share outside 0 to 1 is refused", () => {
  const one = labels("1");
  expect(() => findErrors(one, one, { leastShare: 0 })).toThrow(
    "leastShare must be above 0, to 1, got 0",
  );
});
