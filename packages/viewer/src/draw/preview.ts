/**
 * What a tool is about to do, drawn over the scene while it is not done yet. In pixels of the image, as
 * {@link "camera"} counts them.
 *
 * @module
 */
import type { Place } from "./camera.js";

/** A shape over the scene. */
export type Preview =
  /** The brush. */
  | { readonly kind: "circle"; readonly y: number; readonly x: number; readonly radius: number }
  /** A stroke, or a polygon where it is closed. */
  | { readonly kind: "line"; readonly points: readonly Place[]; readonly closed?: boolean }
  /** A region. */
  | {
      readonly kind: "box";
      readonly y: number;
      readonly x: number;
      readonly height: number;
      readonly width: number;
    };
