/**
 * One block of an image: its pixels with what is around them, the cells, and what of them others need.
 *
 * @module
 */
import {
  type Box,
  coreBox,
  cutOut,
  cutPieces,
  FormatError,
  growBox,
  type Image,
  type Labels,
  type Tensor,
} from "@cellwright/core";
import { type PartLook, segmentPlane, type Tools } from "../segment-image.js";
import type { JobInput } from "./input.js";
import { type PartArray, writePart } from "./part-file.js";
import { STEP } from "./plan-blocks.js";
import { type BlocksPlan, type ModelLook, unitPath } from "./plan-data.js";
import { readPixels } from "./plan-look.js";
import { thumbOf } from "./thumb.js";

/** What a process needs to do blocks. */
export interface BlockWork {
  readonly folder: string;
  readonly plan: BlocksPlan;
  readonly input: JobInput;
  readonly tools: Tools;
}

/** The network is given no more pixels at once: what bounds the memory of a process. */
const MOST = 1.15e6;
/** In no more pieces than these along a side. */
const PIECES = 32;

/** The pieces, of one size, in which the network sees least twice: that costs most of what blocks cost. */
function tileOf(seen: Box, { reach, main }: BlocksPlan): readonly [number, number] {
  const { zoom } = main.scale;
  const around = Math.ceil(2 * reach * zoom);
  const [height, width] = [seen.height, seen.width].map((n) => Math.ceil(n * zoom) + 1);
  let best = {
    tile: [Math.ceil(height / PIECES), Math.ceil(width / PIECES)] as const,
    cost: Infinity,
  };
  for (let rows = 1; rows <= PIECES; rows++)
    for (let columns = 1; columns <= PIECES; columns++) {
      const tile = [Math.ceil(height / rows), Math.ceil(width / columns)] as const;
      const pixels = (tile[0] + around) * (tile[1] + around);
      const cost = rows * columns * pixels;
      if (pixels <= MOST && cost < best.cost) best = { tile, cost };
    }
  return best.tile;
}

/** Does the `n`-th unit: reads it, finds its cells, writes its part. Answers how many pieces of cells it has. */
export async function segmentBlock(work: BlockWork, n: number): Promise<number> {
  const { folder, plan, input, tools } = work;
  const unit = plan.units[n];
  const { grid } = plan;
  const core = coreBox(grid, unit);
  await checkFiles(work, n, core);
  const seen = growBox(core, grid.halo, grid);
  const read = aligned(growBox(seen, plan.reach, grid));
  const raw = await readPixels(input, plan.planes[unit.plane], plan.channels, read, tools.channels);
  const record = { job: plan.job, unit: unitPath(plan, n), cells: 0 };
  if (isUniform(raw)) {
    await writePart(folder, record, {});
    return 0;
  }
  const { cells } = await segmentPlane(
    limited(raw, plan.most?.[unit.plane]),
    { ...tools, tile: tools.tile ?? tileOf(seen, plan) },
    undefined,
    () => {},
    {
      part: within(seen, read),
      place: { y: read.y, x: read.x, height: grid.height, width: grid.width },
      main: lookAt(plan.main, unit.plane),
      ...(plan.seeds && { seeds: lookAt(plan.seeds, unit.plane) }),
    },
  );
  const data = cutOut(cells.labels.data, read, seen);
  const labels = { data, shape: [seen.height, seen.width], axes: "yx" };
  const pieces = cutPieces(labels, seen, core, grid);
  const arrays: Record<string, PartArray> = {
    places: pieces.places,
    ...Object.fromEntries(Object.entries(pieces.bands)),
    labels: pieces.core,
    thumb: thumbOf(raw, read, core, pieces.core, grid),
    ...typesOf(tools, cells.maps, read, core, pieces.core, pieces.count),
  };
  await writePart(folder, { ...record, cells: pieces.count }, arrays);
  return pieces.count;
}

/** Throws {@link FormatError} where files that held pixels when the job was planned are gone. */
async function checkFiles({ plan, input }: BlockWork, n: number, core: Box): Promise<void> {
  const { plane, files } = plan.units[n];
  if (files === undefined || !input.files) return;
  const names = input.files.namesOf(plan.planes[plane], plan.channels, core);
  const there = await input.files.count(names);
  if (there < files)
    throw new FormatError(
      `has ${there} of the ${files} chunks that it had when the job was planned: ${names.length - there} of ${names.slice(0, 3).join(", ")}${names.length > 3 ? ", …" : ""} missing`,
    );
}

/** A box that begins at a step of the networks' pooling, so that they see the pixels as they would in the whole image. */
function aligned({ y, x, height, width }: Box): Box {
  const [top, left] = [y - (y % STEP), x - (x % STEP)];
  return { y: top, x: left, height: height + y - top, width: width + x - left };
}

function within(box: Box, around: Box): Box {
  return { ...box, y: box.y - around.y, x: box.x - around.x };
}

function lookAt({ choice, normalization }: ModelLook, plane: number): PartLook {
  return { choice, ...(normalization && { normalization: normalization[plane] }) };
}

function isUniform({ data, shape: [channels] }: Image): boolean {
  const area = data.length / channels;
  for (let c = 0; c < channels; c++)
    for (let i = c * area + 1; i < (c + 1) * area; i++)
      if (data[i] !== data[c * area]) return false;
  return true;
}

/** The pixels, none brighter than the most of its channel. */
function limited(image: Image, most: readonly number[] | undefined): Image {
  if (!most) return image;
  const data = image.data.slice();
  const area = data.length / most.length;
  for (let i = 0; i < data.length; i++) {
    const limit = most[Math.floor(i / area)];
    if (data[i] > limit) data[i] = limit;
  }
  return { ...image, data };
}

/** Of each piece, what the maps of the types of cells come to over its pixels. */
function typesOf(
  { main }: Tools,
  maps: Tensor | undefined,
  read: Box,
  core: Box,
  pieces: Uint32Array,
  count: number,
): { types?: Float64Array } {
  const types = main.card.types ?? [];
  if (!maps || types.length === 0) return {};
  const sums = new Float64Array(count * types.length);
  const area = read.height * read.width;
  for (const [k, type] of types.entries()) {
    const map = maps.data.subarray(main.card.maps.indexOf(type) * area);
    for (let row = 0, i = 0; row < core.height; row++) {
      const from = (core.y + row - read.y) * read.width + core.x - read.x;
      for (let x = 0; x < core.width; x++, i++)
        if (pieces[i] !== 0 && map[from + x] > 0)
          sums[(pieces[i] - 1) * types.length + k] += map[from + x];
    }
  }
  return { types: sums };
}

/** The labels of a block's core. */
export function coreLabels(data: Uint32Array, core: Box): Labels {
  return { data, shape: [core.height, core.width], axes: "yx" };
}
