import { expect, test } from "vitest";
import { holding } from "./held.js";

const made: string[] = [];
const make = (value: string) => async () => {
  made.push(value);
  return value;
};

test("what was made is held up to so many bytes; what was not asked for the longest goes first", async () => {
  const held = holding<string>(5, (value) => value.length);
  for (const key of ["aa", "bb", "aa", "c", "dd", "aa", "bb"]) await held.get(key, make(key));
  expect(made).toEqual(["aa", "bb", "c", "dd", "bb"]);
  expect(await held.get("longer", make("longer"))).toBe("longer");
  expect(held.bytes).toBeLessThanOrEqual(5);
});

test("asked for twice at once it is made once; a failure is made again", async () => {
  const held = holding<number>(10, () => 1);
  let count = 0;
  const slow = async () => {
    await Promise.resolve();
    return ++count;
  };
  expect(await Promise.all([held.get("a", slow), held.get("a", slow)])).toEqual([1, 1]);
  await expect(held.get("b", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(await held.get("b", slow)).toBe(2);
});
