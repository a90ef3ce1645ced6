/**
 * A page that draws with the viewer's renderer what a test gives it.
 *
 * @module
 */
import { afterAll, afterEach, beforeAll, beforeEach, expect } from "vitest";
import { describePage, openSite, type Site, type Visit } from "./page.js";

/** Milliseconds to bundle a page and start a browser. */
const patience = 120_000;

/**
 * `describe` for tests that draw, each in a new page with {@link drawingProgram}'s `kit`; `visit` is the page of the test
 * that runs. `viewer` is the viewer's folder. After each test the page must have reported no error.
 */
export function describeDrawing(
  name: string,
  viewer: string,
  tests: (visit: () => Visit) => void,
): void {
  describePage(name, () => {
    let site: Site;
    let visit: Visit;

    beforeAll(async () => {
      site = await openSite({ root: viewer, program: drawingProgram(`${viewer}/src`) });
    }, patience);
    afterAll(() => site?.close());
    beforeEach(async () => {
      visit = await site.visit();
    });
    afterEach(async () => {
      expect(visit.problems).toEqual([]);
      await visit.page.close();
    });

    tests(() => visit);
  });
}

/** The page's program: a global `kit`. `source` is the folder of the viewer's sources. */
export function drawingProgram(source: string): string {
  const from = (path: string) => JSON.stringify(`${source}/${path}`);
  return `
import * as pixels from "@cellwright/testing/pixels";
import * as drawing from ${from("draw/renderer.ts")};
import * as camera from ${from("draw/camera.ts")};
import { EMPTY_SCENE } from ${from("scene/scene.ts")};
import { storeOf } from ${from("scene/store.ts")};

const defaults = {
  image: { colormap: "gray", limits: [0, 255], range: [0, 255], gamma: 1, channel: 0, source: "a" },
  labels: { style: "fill", contourWidth: 1, selectedOnly: false, colourSeed: 0 },
  tracks: { labels: "cells", tail: 10, head: 0, colourBy: "track", width: 3 },
  points: { size: 2, colour: "#ff8000" },
};
let canvas;
/** All of the image is in view at first. */
function open(layers, things, scene = {}, options = {}) {
  canvas?.remove();
  canvas = document.createElement("canvas");
  canvas.style.width = "100px";
  canvas.style.height = "80px";
  document.body.append(canvas);
  const workspace = {
    scene: storeOf({
      ...EMPTY_SCENE,
      theme: "dark",
      size: { t: 1, z: 1, y: 16, x: 20 },
      camera: { y: 8, x: 10, zoom: 5 },
      tool: { ...EMPTY_SCENE.tool, label: 0 },
      layers: layers.map((layer, i) => ({
        id: "layer " + i, name: "layer", visible: true, opacity: 1, blending: "translucent",
        ...defaults[layer.kind], ...layer,
      })),
      ...scene,
    }),
    jobs: storeOf([]),
    notices: storeOf([]),
    images: new Map(Object.entries(things.images ?? {}).map(([id, reader]) => [id, { reader, name: id }])),
    labels: new Map(Object.entries(things.labels ?? {})),
    lineages: new Map(Object.entries(things.lineages ?? {})),
    points: new Map(Object.entries(things.points ?? {})),
    history: { past: [], future: [], watch: () => () => undefined },
  };
  return { workspace, renderer: drawing.createRenderer(canvas, workspace, options) };
}
const gate = () => {
  let open;
  const opened = new Promise((resolve) => { open = resolve; });
  return { opened, open };
};
async function until(isSo) {
  for (let n = 0; n < 500; n++) {
    if (isSo()) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error("waited in vain for " + isSo);
}
function picture(renderer) {
  renderer.draw();
  const { height, width } = canvas;
  const gl = canvas.getContext("webgl2");
  const bytes = new Uint8Array(height * width * 4);
  gl.readPixels(0, 0, width, height, gl.RGBA, gl.UNSIGNED_BYTE, bytes);
  return Array.from({ length: height * width }, (_, i) => {
    const at = ((height - 1 - Math.floor(i / width)) * width + (i % width)) * 4;
    return [...bytes.subarray(at, at + 3)];
  });
}
globalThis.kit = { ...pixels, ...drawing, ...camera, open, gate, until, picture, canvas: () => canvas };
`;
}
