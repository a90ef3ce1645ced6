/**
 * The cells of a plane, as the command line finds them: the same plan of scale, the same call of core's `findCells`.
 *
 * @module
 */
import {
  type Box,
  cellTypes,
  findCells,
  type Image,
  indexLabels,
  type Labels,
  labelsAt,
  lengthOf,
  planeOf,
  planScale,
  resampleLabels,
  runClassical,
  type Scale,
  type SegmentOptions,
  ShapeError,
  saturate,
  scaleOf,
  stackChannels,
  type Tensor,
  type TypedMaps,
} from "@cellwright/core";
import { crop } from "./crop.js";
import type {
  FindAnswer,
  FindInput,
  FindOptions,
  FindPart,
  FoundTypes,
  LookInput,
} from "./protocol.js";
import type { Task } from "./task.js";

/** Finds the cells of a plane; first the nuclei that they grow from, where they do. */
export async function findPlane(input: FindInput, task: Task<FindPart>): Promise<FindAnswer> {
  const { options, seeds } = input;
  const half = seeds ? 0.5 : 1;
  const { diameter: _, ...seedScale } = options.scale;
  const nuclei =
    seeds &&
    (await look(seeds, task, {
      ...options,
      scale: seedScale,
      before: options.before?.seeds,
      from: 0,
      share: half,
    }));
  const cells = await look(input, task, {
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
    labels: options.part ? crop(cells.labels, options.part) : cells.labels,
    scales: { main: cells.scale, ...(nuclei && { seeds: nuclei.scale }) },
    ...(cells.types && { types: cells.types }),
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

/** What a look finds. */
interface Looked extends Omit<FindAnswer, "scales"> {
  readonly scale: Scale;
}

async function look(input: LookInput, task: Task<FindPart>, options: LookOptions): Promise<Looked> {
  if (input.model.kind === "method") return lookByMethod(input, options);
  const { model, program } = await task.held.open(input.model);
  const { from, share, onPart, seeds, tile, averageTurns, saturated, part } = options;
  if (model.decoder.kind === "cytoplasm" && !seeds)
    throw new ShapeError("seeds", `a model of nuclei for ${model.name}`, "none");
  const plane = floatChannels(input.image, model.channels);
  const sample = input.sample && floatChannels(input.sample, model.channels);
  const plan = planScale(model, options.scale, plane, options.before);
  const [height, width] = plane.shape.slice(1);
  const grows = model.decoder.kind === "cytoplasm";
  const wanted: SegmentOptions = {
    ...plan.options,
    ...(tile && { tile }),
    ...(averageTurns && { averageTurns }),
    ...(saturated && { saturated }),
    ...(seeds && { seeds }),
    ...(part && { part }),
    ...(sample && { sample }),
    keepMaps: model.types !== undefined,
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
  const { labels, maps } = found;
  const scale = scaleOf(found, plan);
  if (!model.types || !maps) return { labels, scale };
  return { labels, scale, types: typesOf(labels, maps, model.types, model) };
}

/** A classical method: nothing is rescaled for it, and it looks at the whole of what it is given. */
function lookByMethod({ model, image }: LookInput, { scale, saturated = 0 }: LookOptions): Looked {
  const { diameter } = scale;
  const sized = diameter === undefined ? {} : { diameter };
  const plane = planeOf(saturate(image, saturated), image.axes.includes("c") ? { c: 0 } : {});
  const from = diameter === undefined ? "none" : "diameter";
  return {
    labels: runClassical(model.name, plane, sized),
    scale: { zoom: 1, from, ...sized },
  };
}

function typesOf(
  labels: Labels,
  maps: Tensor,
  names: readonly string[],
  model: TypedMaps,
): FoundTypes {
  const { type, type_probability: probability } = cellTypes(labels, maps, model);
  return {
    names,
    labels: indexLabels(labels).numbers,
    type: Int8Array.from(type as readonly string[], (name) => names.indexOf(name)),
    probability: Float32Array.from(probability as Float64Array),
  };
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
