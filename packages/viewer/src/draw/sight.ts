/**
 * What the camera sees, in pixels of the screen as it is: rectangles by their edges, so that neighbours share theirs to
 * the last bit and neither gap nor overlap is between them.
 *
 * @module
 */
import type { Box } from "@cellwright/core";
import type { Camera } from "../scene/scene.js";

/** A rectangle, bottom and right just outside. */
export interface Edges {
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
}

/** The canvas and where its camera stands. */
export interface Sight {
  readonly camera: Camera;
  /** Pixels of the canvas. */
  readonly height: number;
  readonly width: number;
  /** Pixels of the canvas for one CSS pixel. */
  readonly ratio: number;
  /** Pixels of the canvas for one of the image. */
  readonly zoom: number;
}

/** A sight of a canvas of `height` x `width` of its pixels. */
export function sightOf(camera: Camera, height: number, width: number, ratio: number): Sight {
  return { camera, height, width, ratio, zoom: camera.zoom * ratio };
}

/** Gives the canvas as many pixels as the screen has for it, and looks at it. */
export function sizedSight(canvas: HTMLCanvasElement, camera: Camera): Sight {
  const ratio = devicePixelRatio;
  const width = Math.round(canvas.clientWidth * ratio);
  const height = Math.round(canvas.clientHeight * ratio);
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  return sightOf(camera, height, width, ratio);
}

/** Where a row of the image is on the canvas, from its top. */
export function canvasY({ camera, zoom, height }: Sight, y: number): number {
  return (y - camera.y) * zoom + height / 2;
}

/** Where a column of the image is on the canvas, from its left. */
export function canvasX({ camera, zoom, width }: Sight, x: number): number {
  return (x - camera.x) * zoom + width / 2;
}

/** The part of an image of this size that is seen, in its pixels; undefined for none. */
export function edgesSeen(
  sight: Sight,
  size: { readonly y: number; readonly x: number },
): Edges | undefined {
  const { camera, zoom } = sight;
  const [half, halfWidth] = [sight.height / 2 / zoom, sight.width / 2 / zoom];
  return overlap(
    { top: 0, left: 0, bottom: size.y, right: size.x },
    {
      top: camera.y - half,
      left: camera.x - halfWidth,
      bottom: camera.y + half,
      right: camera.x + halfWidth,
    },
  );
}

/** What two rectangles share; undefined for nothing. */
export function overlap(a: Edges, b: Edges): Edges | undefined {
  const top = Math.max(a.top, b.top);
  const left = Math.max(a.left, b.left);
  const bottom = Math.min(a.bottom, b.bottom);
  const right = Math.min(a.right, b.right);
  return bottom > top && right > left ? { top, left, bottom, right } : undefined;
}

/** The smallest rectangle around both. */
export function around(a: Edges | undefined, b: Edges): Edges {
  if (!a) return b;
  return {
    top: Math.min(a.top, b.top),
    left: Math.min(a.left, b.left),
    bottom: Math.max(a.bottom, b.bottom),
    right: Math.max(a.right, b.right),
  };
}

/** The edges of a box. */
export function edgesOf({ y, x, height, width }: Box): Edges {
  return { top: y, left: x, bottom: y + height, right: x + width };
}

/** Whole pixels of the canvas that edges in the image touch, with `margin` more around; undefined where outside. */
export function canvasEdges(sight: Sight, edges: Edges, margin = 0): Edges | undefined {
  return overlap(
    {
      top: Math.floor(canvasY(sight, edges.top) - margin),
      left: Math.floor(canvasX(sight, edges.left) - margin),
      bottom: Math.ceil(canvasY(sight, edges.bottom) + margin),
      right: Math.ceil(canvasX(sight, edges.right) + margin),
    },
    wholeCanvas(sight),
  );
}

/** Whether the canvas has as many pixels. */
export function sameSize(a: Sight, b: Sight): boolean {
  return a.height === b.height && a.width === b.width;
}

/** All of the canvas. */
export function wholeCanvas({ height, width }: Sight): Edges {
  return { top: 0, left: 0, bottom: height, right: width };
}

/** Edges in the image as the graphics card counts: left, bottom, right, top from -1 to 1. */
export function clipRectangle(
  sight: Sight,
  edges: Edges,
): readonly [number, number, number, number] {
  const across = (x: number) => (2 * canvasX(sight, x)) / sight.width - 1;
  const up = (y: number) => 1 - (2 * canvasY(sight, y)) / sight.height;
  return [across(edges.left), up(edges.bottom), across(edges.right), up(edges.top)];
}
