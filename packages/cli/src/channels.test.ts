import type { Image } from "@cellwright/core";
import { expect, test } from "vitest";
import { chooseChannels } from "./channels.js";

/** Channels of 1 x 2 pixels, each with values of its own. */
function image(count: number, channels?: string[]): Image {
  const data = Uint8Array.from({ length: count * 2 }, (_, i) => i);
  return { data, shape: [count, 1, 2], axes: "cyx", ...(channels && { channels }) };
}

const grey: Image = { data: new Uint8Array(2), shape: [1, 2], axes: "yx" };

test("one channel wanted of one there is needs no words", () => {
  expect(chooseChannels(grey, ["nuclear"])).toEqual([0]);
});

test("the user's choice goes first, by number or name", () => {
  const choice = (said: string) =>
    chooseChannels(image(3, ["BF", "DAPI", "GFP"]), ["nuclear"], { list: [said], named: {} });
  expect(choice("2")).toEqual([2]);
  expect(choice("dapi")).toEqual([1]);
  expect(() => choice("3")).toThrow('channel must be 0 to 2 (BF, DAPI, GFP), got "3"');
  expect(() => choice("-1")).toThrow(/channel must be/);
  expect(() => choice("")).toThrow(/channel must be/);
});

test("names in the file decide before their order", () => {
  expect(chooseChannels(image(2, ["Nuclear", "Phase"]), ["phase", "nuclear"])).toEqual([1, 0]);
});

test("as many channels as wanted are taken in order", () => {
  expect(chooseChannels(image(2), ["phase", "nuclear"])).toEqual([0, 1]);
});

test("what the model wants can be named one by one", () => {
  const named = { phase: "2", nuclear: "0" };
  expect(chooseChannels(image(3), ["phase", "nuclear"], { named })).toEqual([2, 0]);
});

test("where several could be meant, the user must say which", () => {
  expect(() => chooseChannels(image(2), ["nuclear"])).toThrow(/say which with --channel/);
  expect(() => chooseChannels(grey, ["phase", "nuclear"])).toThrow(/number of channels must be 2/);
});

test("a list must be as long as what is wanted", () => {
  expect(() => chooseChannels(image(3), ["nuclear"], { list: ["0", "1"], named: {} })).toThrow(
    /must name 1/,
  );
});

test("grey stored as colours is one channel, real colours are not", () => {
  const data = Uint8Array.from([5, 6, 5, 6, 5, 6, 255, 255]);
  expect(chooseChannels({ data, shape: [4, 1, 2], axes: "cyx" }, ["nuclear"])).toEqual([0]);
  data[3] = 7;
  expect(() => chooseChannels({ data, shape: [4, 1, 2], axes: "cyx" }, ["nuclear"])).toThrow();
});
