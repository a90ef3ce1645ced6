/**
 * Points, the region and what a tool is about to do, as lines over the scene.
 *
 * @module
 */
import type { Point } from "../workspace.js";
import type { Place } from "./camera.js";
import { type Colour, type Lines, lineList } from "./lines.js";
import type { Preview } from "./preview.js";
import type { Edges } from "./sight.js";

const white: Colour = [255, 255, 255, 255];

/** The points of a frame, as discs. */
export function pointDiscs(
  points: readonly Point[],
  at: { readonly t: number; readonly z: number },
  colour: Colour,
  origin: Place,
): Lines {
  const lines = lineList(origin);
  for (const { t, z, y, x } of points) if (t === at.t && z === at.z) lines.add(y, x, y, x, colour);
  return lines.take();
}

/** A shape as lines. */
export function previewLines(preview: Preview, origin: Place): Lines {
  const lines = lineList(origin);
  const corners = cornersOf(preview);
  for (let i = 1; i < corners.length; i++) {
    const [from, to] = [corners[i - 1], corners[i]];
    lines.add(from.y, from.x, to.y, to.x, white);
  }
  if (corners.length === 1)
    lines.add(corners[0].y, corners[0].x, corners[0].y, corners[0].x, white);
  return lines.take();
}

/** What a shape reaches over, in pixels of the image; undefined for one of nothing. */
export function previewEdges(preview: Preview): Edges | undefined {
  const corners = cornersOf(preview);
  if (corners.length === 0) return undefined;
  let [top, left, bottom, right] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { y, x } of corners) {
    top = Math.min(top, y);
    left = Math.min(left, x);
    bottom = Math.max(bottom, y);
    right = Math.max(right, x);
  }
  return { top, left, bottom, right };
}

function cornersOf(preview: Preview): readonly Place[] {
  switch (preview.kind) {
    case "line": {
      const { points, closed } = preview;
      return closed && points.length > 2 ? [...points, points[0]] : points;
    }
    case "box": {
      const [bottom, right] = [preview.y + preview.height, preview.x + preview.width];
      const { y, x } = preview;
      return [
        { y, x },
        { y, x: right },
        { y: bottom, x: right },
        { y: bottom, x },
        { y, x },
      ];
    }
    case "circle":
      return Array.from({ length: 65 }, (_, i) => ({
        y: preview.y + preview.radius * Math.sin((i / 32) * Math.PI),
        x: preview.x + preview.radius * Math.cos((i / 32) * Math.PI),
      }));
  }
}
