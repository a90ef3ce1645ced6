/**
 * The cells of a plane, as the command line finds them: the same plan of scale, the same call of core's `findCells`.
 *
 * @module
 */
import {
  type Box,
  findCells,
  type Image,
  type Labels,
  labelsAt,
  lengthOf,
  planeOf,
  planScale,
  resampleLabels,
  type Scale,
  type SegmentOptions,
  ShapeError,
  scaleOf,
  stackChannels,
  type Tensor,
} from "@cellwright/core";
import type { HeldModel } from "./held.js";
import type { FindAnswer, FindInput, FindOptions, FindPart } from "./protocol.js";
import type { Task } from "./task.js";

/** Finds the cells of a plane; first the nuclei that they grow from, where they do. */
export async function findPlane(input: FindInput, task: Task<FindPart>): Promise<FindAnswer> {
  const { options, seeds } = input;
  const half = seeds ? 0.5 : 1;
  const { diameter: _, ...seedScale } = options.scale;
  const nuclei =
    seeds &&
    (await look(await task.held.open(seeds.model), seeds.image, task, {
      ...options,
      scale: seedScale,
      before: options.before?.seeds,
      from: 0,
      share: half,
    }));
  const main = await task.held.open(input.model);
  if (main.model.decoder.kind === "cytoplasm" && !nuclei)
    throw new ShapeError("seeds", `a model of nuclei for ${main.model.name}`, "none");
  const cells = await look(main, input.image, task, {
    ...options,
    before: options.before?.main,
    from: 1 - half,
    share: half,
    ...(nuclei && { seeds: nuclei.labels }),
    ...(options.parts && {
      onPart: (part: FindPart) => task.part(part, [part.labels.data.buffer]),
    }),
  });
  return {
    labels: cells.labels,
    scales: { main: cells.scale, ...(nuclei && { seeds: nuclei.scale }) },
  };
}

/** How a model looks at a plane, and whom it tells. */
interface LookOptions extends Omit<FindOptions, "before"> {
  readonly before?: Scale;
  readonly seeds?: Labels;
  /** Where on the whole way this look begins, and which share of it it is. */
  readonly from: number;
  readonly share: number;
  readonly onPart?: (part: FindPart) => void;
}

async function look(
  { model, program }: HeldModel,
  image: Image,
  task: Task<FindPart>,
  options: LookOptions,
): Promise<{ labels: Labels; scale: Scale }> {
  const { from, share, onPart, seeds, tile, averageTurns, saturated } = options;
  const plane = floatChannels(image, model.channels);
  const plan = planScale(model, options.scale, plane, options.before);
  const [height, width] = plane.shape.slice(1);
  const grows = model.decoder.kind === "cytoplasm";
  const wanted: SegmentOptions = {
    ...plan.options,
    ...(tile && { tile }),
    ...(averageTurns && { averageTurns }),
    ...(saturated && { saturated }),
    ...(seeds && { seeds }),
    signal: task.signal,
    onProgress: (done, total) => task.progress(from + (share * done) / total),
    ...(onPart && {
      onTile: (box, maps) => {
        const part = partOf(box, maps, height, width);
        const { height: rows, width: columns } = part.box;
        const labels = grows
          ? insideOf(part.maps, model.maps.indexOf("interior"), rows, columns)
          : labelsAt(part.maps, model.decoder, rows, columns);
        onPart({ box: part.box, labels });
      },
    }),
  };
  const found = await findCells(plane, model, program, wanted);
  return { labels: found.labels, scale: scaleOf(found, plan) };
}

/** The channels of an image `"cyx"` as the command line hands them to a model. */
function floatChannels(image: Image, channels: readonly string[]): Tensor {
  const count = lengthOf(image, "c");
  const planes = Array.from({ length: count }, (_, c) =>
    planeOf(image, image.axes.includes("c") ? { c } : {}),
  );
  return stackChannels(planes, count === channels.length ? channels : undefined);
}

/** Where the map of the insides of cells is more than a half, as one label: cells that need the whole image are not told apart. */
function insideOf(maps: Tensor, map: number, height: number, width: number): Labels {
  const [, rows, columns] = maps.shape;
  const area = rows * columns;
  const plane = maps.data.subarray(Math.max(0, map) * area, (Math.max(0, map) + 1) * area);
  const inside = { data: Uint32Array.from(plane, (share) => (share > 0.5 ? 1 : 0)) };
  return resampleLabels({ ...inside, shape: [rows, columns], axes: "yx" }, height, width);
}

/** A box of maps, and where it lies on an image of `height` x `width` pixels. */
function partOf(
  { y, x, height: rows, width: columns }: Box,
  maps: Tensor,
  height: number,
  width: number,
): { box: Box; maps: Tensor } {
  const [classes, mapRows, mapColumns] = maps.shape;
  const data = new Float32Array(classes * rows * columns);
  for (let c = 0; c < classes; c++)
    for (let r = 0; r < rows; r++) {
      const at = (c * mapRows + y + r) * mapColumns + x;
      data.set(maps.data.subarray(at, at + columns), (c * rows + r) * columns);
    }
  const [down, along] = [height / mapRows, width / mapColumns];
  const top = Math.round(y * down);
  const left = Math.round(x * along);
  const box = {
    y: top,
    x: left,
    height: Math.max(1, Math.round((y + rows) * down) - top),
    width: Math.max(1, Math.round((x + columns) * along) - left),
  };
  return { box, maps: { data, shape: [classes, rows, columns], axes: "cyx" } };
}
