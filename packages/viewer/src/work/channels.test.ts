import { type Image, pyramidOf } from "@cellwright/core";
import { expect, test } from "vitest";
import { addImage, select } from "../scene/commands.js";
import { EMPTY_SCENE, type Scene } from "../scene/scene.js";
import type { ImageSource } from "../workspace.js";
import { guessChannels } from "./channels.js";

function opened(
  ...files: readonly (readonly [
    name: string,
    channels: readonly string[] | number,
    side?: number,
  ])[]
) {
  let scene: Scene = EMPTY_SCENE;
  const images = new Map<string, ImageSource>();
  for (const [name, channels, side = 8] of files) {
    const count = typeof channels === "number" ? channels : channels.length;
    const image: Image = {
      data: new Uint8Array(count * side * side),
      shape: [count, side, side],
      axes: "cyx",
      ...(typeof channels === "number" ? {} : { channels }),
    };
    const reader = pyramidOf(image);
    images.set(name, { reader, name });
    scene = addImage(scene, { source: name, name, reader });
  }
  return { scene, images };
}

test("channels are told by their own names, whatever their order", () => {
  const { scene, images } = opened(["a.tif", ["GFP", "nuclear", "Phase"]]);
  expect(guessChannels(scene, images, ["phase", "nuclear"])).toEqual({
    phase: "a.tif/2",
    nuclear: "a.tif/1",
  });
});

test("usual names of dyes and of light say what a channel shows", () => {
  const { scene, images } = opened(["a.tif", ["Brightfield", "DAPI"]]);
  expect(guessChannels(scene, images, ["nuclear", "phase"])).toEqual({
    nuclear: "a.tif/1",
    phase: "a.tif/0",
  });
});

test("two files of one size, named by what they show, are one image", () => {
  const { scene, images } = opened(["x_nuclei.tif", 1], ["x_phase.tif", 1], ["y_phase.tif", 1, 16]);
  const chosen = select(scene, "x_phase.tif/0");
  expect(guessChannels(chosen, images, ["phase", "nuclear"])).toEqual({
    phase: "x_phase.tif/0",
    nuclear: "x_nuclei.tif/0",
  });
});

test("without names order tells, where there are as many as wanted; else it is left to the user", () => {
  const two = opened(["a.tif", 2]);
  expect(guessChannels(two.scene, two.images, ["phase", "nuclear"])).toEqual({
    phase: "a.tif/0",
    nuclear: "a.tif/1",
  });
  const three = opened(["a.tif", 3]);
  expect(guessChannels(three.scene, three.images, ["phase", "nuclear"])).toEqual({});
});

test("a model of one channel looks at the selected layer, unless another says that it is the one", () => {
  const plain = opened(["a.tif", 3]);
  expect(guessChannels(select(plain.scene, "a.tif/2"), plain.images, ["nuclear"])).toEqual({
    nuclear: "a.tif/2",
  });
  const named = opened(["a.tif", ["phase", "Hoechst"]]);
  expect(guessChannels(select(named.scene, "a.tif/0"), named.images, ["nuclear"])).toEqual({
    nuclear: "a.tif/1",
  });
  expect(guessChannels(EMPTY_SCENE, new Map(), ["nuclear"])).toEqual({});
});
