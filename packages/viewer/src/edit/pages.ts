/**
 * The grid of pages under a plane of labels: which pages a box touches, and where in each.
 *
 * @module
 */
import { type Box, sharedBox } from "@cellwright/core";
import { type LabelStore, PAGE, type PlaneAt } from "./label-store.js";

/** The part of a box that lies in one page. */
export interface Piece {
  readonly row: number;
  readonly column: number;
  /** Within the page. */
  readonly inPage: Box;
  /** The same in pixels of the image. */
  readonly inImage: Box;
}

/** How many steps labels have along each axis. */
export type StoreSize = LabelStore["size"];

/** What of a box lies within a plane; height or width 0 where nothing does. */
export function clipBox(size: Pick<StoreSize, "y" | "x">, box: Box): Box {
  const y = Math.min(Math.max(0, box.y), size.y);
  const x = Math.min(Math.max(0, box.x), size.x);
  return {
    y,
    x,
    height: Math.max(0, Math.min(size.y, box.y + box.height) - y),
    width: Math.max(0, Math.min(size.x, box.x + box.width) - x),
  };
}

/** The pages that a box touches, row by row; what of it lies outside the plane is left out. */
export function piecesOf(size: Pick<StoreSize, "y" | "x">, wanted: Box): Piece[] {
  const box = clipBox(size, wanted);
  const pieces: Piece[] = [];
  if (box.height === 0 || box.width === 0) return pieces;
  const lastRow = Math.floor((box.y + box.height - 1) / PAGE);
  const lastColumn = Math.floor((box.x + box.width - 1) / PAGE);
  for (let row = Math.floor(box.y / PAGE); row <= lastRow; row++)
    for (let column = Math.floor(box.x / PAGE); column <= lastColumn; column++) {
      const page = { y: row * PAGE, x: column * PAGE, height: PAGE, width: PAGE };
      // All of these pages meet the box.
      const inImage = sharedBox(box, page) as Box;
      const inPage = { ...inImage, y: inImage.y - row * PAGE, x: inImage.x - column * PAGE };
      pieces.push({ row, column, inPage, inImage });
    }
  return pieces;
}

/** The number of a plane: planes of a frame follow each other. */
export function planeNumber(size: StoreSize, at: PlaneAt): number {
  return at.t * size.z + at.z;
}

/** Pages across and down a plane. */
export function gridOf(size: StoreSize): { readonly rows: number; readonly columns: number } {
  return { rows: Math.ceil(size.y / PAGE), columns: Math.ceil(size.x / PAGE) };
}

/** A plane as a box. */
export function wholePlane(size: Pick<StoreSize, "y" | "x">): Box {
  return { y: 0, x: 0, height: size.y, width: size.x };
}
