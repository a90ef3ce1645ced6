import { expect, test } from "vitest";
import { startQueue } from "./segment-queue.js";

const items = ["a", "b", "c"].map((name) => ({ name, files: [`${name}.tif`] }));

test("images are handed out in their order and told in it, whichever was done first", async () => {
  const queue = startQueue(items, () => false);
  const handed = [await queue.next(), await queue.next(), await queue.next(), await queue.next()];
  expect(handed.map((one) => one?.item.name)).toEqual(["a", "b", "c", undefined]);
  const told: string[] = [];
  queue.tell(1, () => told.push("b"));
  expect(told).toEqual([]);
  queue.tell(0, () => told.push("a"));
  expect(told).toEqual(["a", "b"]);
  queue.tell(2, () => told.push("c"));
  expect(told).toEqual(["a", "b", "c"]);
});

test("once it is over no image is handed out, and those begun are told", async () => {
  let isOver = false;
  const queue = startQueue(items, () => isOver);
  await queue.next();
  isOver = true;
  expect(await queue.next()).toBeUndefined();
  const told: string[] = [];
  queue.tell(0, () => told.push("a"));
  expect(told).toEqual(["a"]);
});
