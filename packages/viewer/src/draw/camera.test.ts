import { expect, test } from "vitest";
import { fitCamera, imagePlace, screenPlace } from "./camera.js";
import { canvasEdges, clipRectangle, edgesSeen, sightOf } from "./sight.js";

const view = { height: 80, width: 100 };

test("a place goes to the screen and comes back", () => {
  const camera = { y: 8, x: 10, zoom: 5 };
  expect(imagePlace(camera, view, { y: 0, x: 0 })).toEqual({ y: 0, x: 0 });
  expect(imagePlace(camera, view, { y: 80, x: 100 })).toEqual({ y: 16, x: 20 });
  for (const zoom of [0.01, 1, 33])
    for (const place of [
      { y: -3, x: 17.25 },
      { y: 1e5, x: 0.5 },
    ]) {
      const back = imagePlace(
        { ...camera, zoom },
        view,
        screenPlace({ ...camera, zoom }, view, place),
      );
      expect(back.y).toBeCloseTo(place.y, 6);
      expect(back.x).toBeCloseTo(place.x, 6);
    }
});

test("the camera that fits shows all of the image, its middle in the middle", () => {
  for (const size of [
    { y: 100, x: 1000 },
    { y: 70_000, x: 300 },
    { y: 1, x: 1 },
  ]) {
    const camera = fitCamera(size, view, 4);
    const first = screenPlace(camera, view, { y: 0, x: 0 });
    const last = screenPlace(camera, view, size);
    expect(Math.min(first.y, first.x)).toBeCloseTo(4, 9);
    expect(first.y + last.y).toBeCloseTo(view.height, 9);
    expect(first.x + last.x).toBeCloseTo(view.width, 9);
  }
});

test("what is seen ends at the image and at the canvas", () => {
  const sight = sightOf({ y: 8, x: 10, zoom: 5 }, 160, 200, 2);
  expect(sight.zoom).toBe(10);
  expect(edgesSeen(sight, { y: 16, x: 20 })).toEqual({ top: 0, left: 0, bottom: 16, right: 20 });
  expect(edgesSeen(sight, { y: 900, x: 12 })).toEqual({ top: 0, left: 0, bottom: 16, right: 12 });
  expect(
    edgesSeen({ ...sight, camera: { y: 99, x: 10, zoom: 5 } }, { y: 16, x: 20 }),
  ).toBeUndefined();
  expect(clipRectangle(sight, { top: 0, left: 0, bottom: 16, right: 20 })).toEqual([-1, -1, 1, 1]);
});

test("edges on the canvas are whole pixels around them", () => {
  const sight = sightOf({ y: 8, x: 10, zoom: 5 }, 80, 100, 1);
  const edges = { top: 1.5, left: 1.5, bottom: 2.5, right: 2.5 };
  expect(canvasEdges(sight, edges)).toEqual({ top: 7, left: 7, bottom: 13, right: 13 });
  expect(canvasEdges(sight, edges, 9)).toEqual({ top: 0, left: 0, bottom: 22, right: 22 });
  expect(canvasEdges(sight, { top: 50, left: 0, bottom: 51, right: 9 })).toBeUndefined();
});
