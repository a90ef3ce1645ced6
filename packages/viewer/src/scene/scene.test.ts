import { describe, expect, test } from "vitest";
import * as commands from "./commands.js";
import {
  activeLabels,
  addImage,
  addLabels,
  addPoints,
  addTracks,
  changeLayer,
  changeTool,
  goTo,
  layerOf,
  moveLayer,
  nextFrame,
  panBy,
  play,
  removeLayer,
  select,
  selectNext,
  setCamera,
  setRegion,
  setSpacing,
  setTheme,
  setTool,
  showAlone,
  showScaleBar,
  step,
  stepBrush,
  stepLabel,
  swapLabel,
  toggleVisible,
  zoomBy,
} from "./commands.js";
import { EMPTY_SCENE, type ImageLayer, type Scene } from "./scene.js";
import { storeOf } from "./store.js";

const reader = (axes: string, shape: number[], channels?: string[]) => ({
  axes,
  shape,
  type: "uint16" as const,
  levels: [],
  spacing: { y: 0.5, x: 0.5 },
  ...(channels ? { channels } : {}),
  readRegion: () => Promise.reject(new Error("no pixels here")),
});

const movie = (): Scene =>
  addImage(EMPTY_SCENE, { source: "a", name: "movie", reader: reader("tyx", [5, 40, 60]) });

const ids = (scene: Scene) => scene.layers.map(({ id }) => id);

/** Everything in a scene may be looked at and nothing written to. */
function frozen<T>(value: T): T {
  if (typeof value === "object" && value !== null) {
    Object.freeze(value);
    Object.values(value).forEach(frozen);
  }
  return value;
}

describe("layers", () => {
  test("an image of one channel is a grey layer with the range of its type", () => {
    const scene = movie();
    expect(scene.layers).toHaveLength(1);
    expect(scene.layers[0]).toMatchObject({
      name: "movie",
      colormap: "gray",
      limits: [0, 65535],
      blending: "translucent",
    });
    expect(scene.size).toEqual({ t: 5, z: 1, y: 40, x: 60 });
    expect(scene.spacing).toEqual({ y: 0.5, x: 0.5 });
    expect(scene.active).toBe("a/0");
  });

  test("each channel is a layer, named and coloured, laid over the others", () => {
    const scene = addImage(EMPTY_SCENE, {
      source: "a",
      name: "field",
      reader: reader("cyx", [3, 4, 4], ["phase", "nuclear", "actin"]),
      colormaps: ["gray"],
    });
    const layers = scene.layers as ImageLayer[];
    expect(layers.map(({ name }) => name)).toEqual([
      "field · phase",
      "field · nuclear",
      "field · actin",
    ]);
    expect(layers.map(({ channel }) => channel)).toEqual([0, 1, 2]);
    expect(layers[0].colormap).toBe("gray");
    expect(new Set(layers.map(({ colormap }) => colormap)).size).toBe(3);
    expect(layers.every(({ blending }) => blending === "additive")).toBe(true);
  });

  test("the scene is as large as the largest of its images, and the first one's spacing stands", () => {
    const other = { ...reader("zyx", [7, 100, 20]), spacing: { y: 9, z: 2 } };
    const scene = addImage(movie(), { source: "b", name: "stack", reader: other });
    expect(scene.size).toEqual({ t: 5, z: 7, y: 100, x: 60 });
    expect(scene.spacing).toEqual({ y: 0.5, x: 0.5, z: 2 });
  });

  test("an id is never used twice", () => {
    const image = { source: "a", name: "again", reader: reader("yx", [4, 4]) };
    expect(() => addImage(movie(), image)).toThrow(/id of a new layer/);
  });

  test("tracks lie right above their labels, and go with them", () => {
    const labelled = addPoints(addLabels(movie(), { id: "l", name: "cells" }), {
      id: "p",
      name: "points",
    });
    const scene = addTracks(labelled, { id: "t", name: "tracks", labels: "l" });
    expect(ids(scene)).toEqual(["a/0", "l", "t", "p"]);
    expect(scene.active).toBe("p");
    expect(ids(removeLayer(scene, "l"))).toEqual(["a/0", "p"]);
    expect(() => addTracks(scene, { id: "u", name: "u", labels: "p" })).toThrow(/labels layer/);
  });

  test("removing the selected layer selects the one below; removing the last selects none", () => {
    const scene = addLabels(movie(), { id: "l", name: "cells" });
    const one = removeLayer(scene, "l");
    expect(one.active).toBe("a/0");
    expect("active" in removeLayer(one, "a/0")).toBe(false);
    expect(removeLayer(select(scene, "a/0"), "l").active).toBe("a/0");
    expect(() => removeLayer(one, "l")).toThrow(/one of the scene/);
  });

  test("layers are moved within the list", () => {
    const scene = addPoints(addLabels(movie(), { id: "l", name: "cells" }), {
      id: "p",
      name: "points",
    });
    expect(ids(moveLayer(scene, "a/0", 1))).toEqual(["l", "a/0", "p"]);
    expect(ids(moveLayer(scene, "p", -5))).toEqual(["p", "a/0", "l"]);
    expect(moveLayer(scene, "p", 99)).toBe(scene);
  });

  test("the selection walks up and down and stops at the ends", () => {
    const scene = addLabels(movie(), { id: "l", name: "cells" });
    expect(selectNext(scene, 1)).toBe(scene);
    expect(selectNext(scene, -1).active).toBe("a/0");
    expect(selectNext(selectNext(scene, -1), -1).active).toBe("a/0");
  });

  test("a look is changed, checked, and the same look is the same scene", () => {
    const scene = movie();
    expect(layerOf(changeLayer(scene, "a/0", { gamma: 2 }), "a/0")).toMatchObject({ gamma: 2 });
    expect(changeLayer(scene, "a/0", { gamma: 1 })).toBe(scene);
    for (const patch of [
      { opacity: 1.1 },
      { gamma: 0 },
      { limits: [5, 2] as const },
      { limits: [0, Number.NaN] as const },
      { blending: "burn" as never },
      { name: "" },
      { contourWidth: 3 },
      { id: "z" } as never,
      { labels: "l" } as never,
      JSON.parse('{"__proto__": {"visible": false}}'),
    ])
      expect(() => changeLayer(scene, "a/0", patch)).toThrow();
  });

  test("one layer is shown alone, and all again", () => {
    const scene = addLabels(movie(), { id: "l", name: "cells" });
    const visible = (of: Scene) => of.layers.map((layer) => layer.visible);
    expect(visible(showAlone(scene, "l"))).toEqual([false, true]);
    expect(visible(showAlone(showAlone(scene, "l"), "l"))).toEqual([true, true]);
    expect(visible(toggleVisible(scene, "a/0"))).toEqual([false, true]);
  });

  test("tools work on the selected labels, or those of the selected tracks, else the topmost seen", () => {
    const two = addLabels(addLabels(movie(), { id: "l", name: "l" }), { id: "m", name: "m" });
    const scene = addTracks(two, { id: "t", name: "t", labels: "l" });
    expect(activeLabels(movie())).toBeUndefined();
    expect(activeLabels(select(scene, "l"))?.id).toBe("l");
    expect(activeLabels(select(scene, "t"))?.id).toBe("l");
    expect(activeLabels(select(scene, "a/0"))?.id).toBe("m");
    expect(activeLabels(toggleVisible(select(scene, "a/0"), "m"))?.id).toBe("l");
  });
});

describe("time and depth", () => {
  test("steps stop at the ends; a movie that plays begins again", () => {
    const scene = movie();
    expect(step(scene, "t", 2).at).toEqual({ t: 2, z: 0 });
    expect(step(scene, "t", 99).at.t).toBe(4);
    expect(step(scene, "z", 1)).toBe(scene);
    expect(nextFrame(goTo(scene, { t: 4 })).at.t).toBe(0);
    expect(() => goTo(scene, { t: Number.NaN })).toThrow(/a number/);
  });

  test("a scene of one frame does not play", () => {
    expect(play(movie(), 10).playing).toBe(10);
    expect(play(EMPTY_SCENE, 10)).toBe(EMPTY_SCENE);
    expect(() => play(movie(), 1e6)).toThrow(/frames a second/);
  });

  test("a smaller size brings the place within it", () => {
    const scene = commands.resize(goTo(movie(), { t: 4 }), { t: 2, z: 1, y: 40, x: 60 });
    expect(scene.at.t).toBe(1);
    expect(() => commands.resize(scene, { t: 0, z: 1, y: 1, x: 1 })).toThrow(/along t/);
  });
});

describe("view", () => {
  test("zooming about a place leaves it where it is on the screen", () => {
    const scene = setCamera(movie(), { y: 20, x: 30, zoom: 2 });
    const zoomed = zoomBy(scene, 4, { y: 5, x: 50 });
    const onScreen = ({ camera }: Scene) => [
      (5 - camera.y) * camera.zoom,
      (50 - camera.x) * camera.zoom,
    ];
    expect(zoomed.camera.zoom).toBe(8);
    expect(onScreen(zoomed)).toEqual(onScreen(scene));
    expect(zoomBy(scene, 1e9).camera.zoom).toBe(commands.ZOOM_RANGE[1]);
    expect(() => setCamera(scene, { zoom: 0 })).toThrow(/zoom above 0/);
  });

  test("panning goes by pixels of the screen", () => {
    const scene = panBy(setCamera(movie(), { y: 20, x: 30, zoom: 2 }), 4, -6);
    expect(scene.camera).toEqual({ y: 22, x: 27, zoom: 2 });
  });

  test("a region is whole pixels within the image, however it was drawn", () => {
    expect(setRegion(movie(), [30.5, 10.2, -20, 100]).region).toEqual([10, 10, 21, 50]);
    expect("region" in setRegion(movie(), [-9, -9, 5, 5])).toBe(false);
    expect("region" in setRegion(setRegion(movie(), [1, 1, 5, 5]))).toBe(false);
  });

  test("theme, scale bar and spacing", () => {
    expect(setTheme(movie(), "light").theme).toBe("light");
    expect(() => setTheme(movie(), "pink" as never)).toThrow(/theme/);
    expect(showScaleBar(movie(), false).scaleBar).toBe(false);
    expect(setSpacing(movie(), { t: 60, x: 0 }).spacing).toEqual({ y: 0.5, t: 60 });
  });
});

describe("tools", () => {
  test("brush and label stay within what they can be", () => {
    const scene = movie();
    expect(setTool(scene, "paint").tool.name).toBe("paint");
    expect(setTool(scene, "pan")).toBe(scene);
    expect(() => setTool(scene, "hammer" as never)).toThrow(/tool/);
    expect(changeTool(scene, { brush: 1e9 }).tool.brush).toBe(400);
    expect(stepBrush(changeTool(scene, { brush: 1 }), -1).tool.brush).toBe(1);
    expect(stepBrush(changeTool(scene, { brush: 100 }), 1).tool.brush).toBe(110);
    expect(stepLabel(changeTool(scene, { label: 0 }), -1).tool.label).toBe(0);
    expect(changeTool(scene, { label: 2 ** 40 }).tool.label).toBe(0xffff_ffff);
    expect(swapLabel(swapLabel(changeTool(scene, { label: 7 }), 7), 7).tool.label).toBe(7);
  });
});

test("commands write to nothing that they are given", () => {
  const scene = frozen(
    addTracks(addLabels(movie(), { id: "l", name: "cells" }), { id: "t", name: "t", labels: "l" }),
  );
  frozen(addPoints(scene, { id: "p", name: "p" }));
  frozen(removeLayer(moveLayer(changeLayer(scene, "l", { opacity: 0.1 }), "l", 0), "a/0"));
  frozen(setRegion(zoomBy(stepBrush(play(step(scene, "t", 1), 5), 1), 2), [0, 0, 3, 3]));
  expect(JSON.parse(JSON.stringify(scene))).toEqual(scene);
});

test("a store tells of replacements alone", () => {
  const store = storeOf(movie());
  const seen: number[] = [];
  const stop = store.watch((scene, before) => seen.push(before.at.t, scene.at.t));
  store.update((scene) => step(scene, "t", 1));
  store.update((scene) => step(scene, "z", 1));
  stop();
  store.update((scene) => step(scene, "t", 1));
  expect(seen).toEqual([0, 1]);
});
