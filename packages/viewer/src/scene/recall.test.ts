import { describe, expect, test } from "vitest";
import {
  addImage,
  addLabels,
  addPoints,
  addTracks,
  changeLayer,
  goTo,
  layerOf,
  recallScene,
  select,
  setCamera,
} from "./commands.js";
import { EMPTY_SCENE, type Scene } from "./scene.js";

const reader = (axes: string, shape: number[]) => ({
  axes,
  shape,
  type: "uint16" as const,
  levels: [],
  readRegion: () => Promise.reject(new Error("no pixels here")),
});

const movie = (): Scene =>
  addImage(EMPTY_SCENE, { source: "a", name: "movie", reader: reader("tyx", [5, 40, 60]) });

const ids = (scene: Scene) => scene.layers.map(({ id }) => id);

describe("coming back", () => {
  const saved = (): Scene => {
    const labelled = addLabels(movie(), { id: "l", name: "cells" });
    const tracked = addTracks(labelled, { id: "t", name: "tracks", labels: "l" });
    const looked = changeLayer(changeLayer(tracked, "l", { opacity: 0.2 }), "a/0", { gamma: 2 });
    return setCamera(goTo(select(looked, "a/0"), { t: 3 }), { zoom: 7 });
  };
  const size = { t: 5, z: 1, y: 40, x: 60 };

  test("layers that are there again look and lie as they did", () => {
    const now = addLabels(EMPTY_SCENE, { id: "l", name: "Labels", size });
    const image = { source: "b", name: "movie", reader: reader("tyx", [5, 40, 60]) };
    const back = recallScene(addImage(now, image), saved(), new Map([["a", "b"]]));
    expect(ids(back)).toEqual(["b/0", "l", "t"]);
    expect(layerOf(back, "l")).toMatchObject({ name: "cells", opacity: 0.2 });
    expect(layerOf(back, "b/0")).toMatchObject({ gamma: 2, source: "b" });
    expect([back.active, back.at.t, back.camera.zoom]).toEqual(["b/0", 3, 7]);
  });

  test("what did not come back is left out, what is new stays on top", () => {
    const now = addPoints(addLabels(EMPTY_SCENE, { id: "l", name: "cells", size }), {
      id: "p",
      name: "points",
    });
    const back = recallScene(now, saved(), new Map());
    expect(ids(back)).toEqual(["l", "t", "p"]);
    expect(back.active).toBe("p");
    expect(recallScene(EMPTY_SCENE, saved(), new Map())).toBe(EMPTY_SCENE);
  });

  test("an image that is opened later lies below the labels", () => {
    const labelled = addLabels(EMPTY_SCENE, { id: "l", name: "cells", size });
    const one = addImage(labelled, { source: "a", name: "a", reader: reader("yx", [4, 4]) });
    const two = addImage(one, { source: "b", name: "b", reader: reader("cyx", [2, 4, 4]) });
    expect(ids(two)).toEqual(["a/0", "b/0", "b/1", "l"]);
    expect(two.active).toBe("b/0");
  });
});
