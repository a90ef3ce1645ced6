/**
 * The 2016 paper's annotations, an image of the cells' edges and one or more of their interiors → labels and types.
 *
 * @module
 */
import { numberComponents } from "../components.js";
import { ShapeError } from "../errors.js";
import { type Image, type Labels, lengthOf, planeOf } from "../image.js";
import { removeSmall } from "../labels.js";

/** Options of {@link labelsFromInteriors}. */
export interface InteriorOptions {
  /** Where the edges are: those pixels belong to no interior. */
  readonly edge?: Image;
  /** Pieces of fewer pixels are specks of the pencil; default 5. */
  readonly minArea?: number;
}

/** Cells and, where there are several interiors, which of them each label comes from (0, 1, …). */
export interface TypedLabels {
  readonly labels: Labels;
  readonly types?: ReadonlyMap<number, number>;
}

/**
 * Labels are the pieces of each interior (pixels above 0) that hang together side by side; of several interiors each is
 * a type of cells, and a pixel in two of them belongs to the first. Images are `"yx"`, or `"cyx"` where any colour
 * counts, all of one size: throws {@link ShapeError} otherwise.
 */
export function labelsFromInteriors(
  interiors: readonly Image[],
  options: InteriorOptions = {},
): TypedLabels {
  if (interiors.length === 0) throw new ShapeError("interiors", "at least one image", "none");
  const [height, width] = interiors[0].shape.slice(-2);
  const data = new Uint32Array(height * width);
  const piece = new Uint32Array(height * width);
  const edge = options.edge && maskOf(options.edge, "edge", height, width);
  const owners: number[] = [];
  for (const [type, interior] of interiors.entries()) {
    const mask = maskOf(interior, `interior ${type + 1}`, height, width);
    for (let i = 0; i < mask.length; i++) if (edge?.[i] || data[i] !== 0) mask[i] = 0;
    const count = numberComponents(mask, height, width, 4, piece);
    const before = owners.length;
    for (let i = 0; i < mask.length; i++) if (mask[i] !== 0) data[i] = before + piece[i];
    for (let i = 0; i < count; i++) owners.push(type);
  }
  const labels = removeSmall({ data, shape: [height, width], axes: "yx" }, options.minArea ?? 5);
  if (interiors.length === 1) return { labels };
  const left = new Set(labels.data);
  const types = owners.flatMap((type, i): [number, number][] =>
    left.has(i + 1) ? [[i + 1, type]] : [],
  );
  return { labels, types: new Map(types) };
}

/** 1 where any colour of an image is above 0; a fourth channel is how opaque it is and says nothing. */
function maskOf(image: Image, what: string, height: number, width: number): Uint8Array {
  const size = image.shape.slice(-2);
  if (!/^c?yx$/.test(image.axes) || size[0] !== height || size[1] !== width)
    throw new ShapeError(
      what,
      `"yx" or "cyx" of ${height} x ${width}`,
      `"${image.axes}" of ${image.shape.join(" x ")}`,
    );
  const mask = new Uint8Array(height * width);
  const colours = lengthOf(image, "c") === 4 ? 3 : lengthOf(image, "c");
  for (let c = 0; c < colours; c++) {
    const { data } = image.axes === "yx" ? image : planeOf(image, { c });
    for (let i = 0; i < mask.length; i++) if (data[i] > 0) mask[i] = 1;
  }
  return mask;
}
