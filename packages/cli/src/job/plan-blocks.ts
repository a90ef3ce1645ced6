/**
 * Plans a job over the blocks of one image: how it is cut, at which size and brightness the models see it.
 *
 * @module
 */
import { coreBox, type Decoder, gridSize, growBox, type Image, lengthOf } from "@cellwright/core";
import { chooseChannels } from "../channels.js";
import type { PlanOptions } from "../commands/plan.js";
import { type Context, UsageError } from "../context.js";
import { planesOf } from "../planes.js";
import type { Finder } from "../segment-finder.js";
import type { Tools } from "../segment-image.js";
import { recipeOf } from "../segment-plan.js";
import { type Looked, lookAtPlane } from "./brightness.js";
import type { JobInput } from "./input.js";
import type { BlocksHead, BlockUnit, ModelLook, PlannedOptions } from "./plan-data.js";
import { lookBy, readPixels, refuseWhole } from "./plan-look.js";

/** Blocks begin at multiples of so many pixels, so that chunks of labels and pooling steps fit into them. */
export const STEP = 64;
/** Cells may be so many times as long as a round one is wide. */
const LONG = 2;
/** Diameter in pixels of a cell, where nobody says it. */
const CELL = 50;
/** The least halo. */
const LEAST = 32;

/** What is known before: the image, the models, and what the user said. */
export interface BlockPlanning {
  readonly path: string;
  readonly input: JobInput;
  readonly tools: Tools;
  readonly options: PlanOptions;
  readonly planned: PlannedOptions;
}

/** The plan of an image; `blocks` are all that there are, those without pixels too. */
export async function planBlocks(
  { path, input, tools, options, planned }: BlockPlanning,
  context: Context,
): Promise<{ head: BlocksHead; units: BlockUnit[]; blocks: number }> {
  refuseWhole(tools);
  const { reader, files } = input;
  const channels = await channelsOfInput(input, tools);
  const planes = planesOf({ ...reader, data: new Uint8Array(0) });
  const stored = await files?.list();
  const looks: Looked[] = [];
  for (const index of planes) {
    const asked = { channels, planes: planes.length, signal: context.signal };
    looks.push(await lookAtPlane(input, index, { ...asked, ...(stored && { stored }) }));
  }
  const ends = looks.map((look) => look.channels.map((each) => each.end(tools.saturated)));
  const spreads = ends.map((plane) => plane.map(({ spread }) => spread));
  const seen = { input, channels, planes, looks, spreads, tools };
  const { diameter: _, ...seedScale } = tools.scale;
  const seeds = tools.seeds && (await lookBy(tools.seeds, seedScale, seen));
  const main = await lookBy(tools.main, tools.scale, seen);
  const halo = haloOf(options.halo, main, tools.main);
  const grid = {
    height: lengthOf(reader, "y"),
    width: lengthOf(reader, "x"),
    block: blockOf(options.block, halo),
    halo,
  };
  const zooms = [main, seeds].flatMap((look) => look?.scale.zoom ?? []);
  const reaches = [tools.main, tools.seeds].flatMap((finder) => finder?.reach ?? []);
  const { axes, shape, type, spacing, channels: names } = reader;
  const head: BlocksHead = {
    kind: "blocks",
    input: path,
    fingerprint: input.fingerprint,
    image: { axes, shape, type, ...(spacing && { spacing }), ...(names && { channels: names }) },
    ...{ channels, planes, grid, main },
    reach: Math.ceil(Math.max(0, ...reaches) / Math.min(...zooms)) + 2,
    ...(seeds && { seeds }),
    ...(tools.saturated && { most: ends.map((plane) => plane.map(({ most }) => most as number)) }),
    brightness: {
      pixels: looks.reduce((sum, { pixels }) => sum + pixels, 0),
      sampled: looks.some(({ sampled }) => sampled),
    },
    recipe: recipeOf({ ...planned, output: "", onError: "continue" }, tools),
    options: planned,
  };
  const { rows, columns } = gridSize(grid);
  return {
    head,
    units: unitsOf(head, input, stored, options.missing === "fail"),
    blocks: rows * columns * planes.length,
  };
}

/** The numbers of the channels that the models want. Whether colours are grey is told from the middle of the image. */
async function channelsOfInput(input: JobInput, { channels, choice }: Tools): Promise<number[]> {
  const { reader } = input;
  const { axes, shape, channels: names } = reader;
  const count = lengthOf(reader, "c");
  if (axes !== "cyx") {
    const none = { data: new Uint8Array(0), axes, shape, ...(names && { channels: names }) };
    return chooseChannels(none, channels, choice);
  }
  const along = (length: number) => ({
    at: Math.max(0, (length - 1024) >> 1),
    side: Math.min(1024, length),
  });
  const [y, x] = [along(lengthOf(reader, "y")), along(lengthOf(reader, "x"))];
  const box = { y: y.at, x: x.at, height: y.side, width: x.side };
  const all = Array.from({ length: count }, (_, c) => c);
  const few = count <= 4 ? await readPixels(input, {}, all, box, all.map(String)) : undefined;
  const image: Image = few
    ? { ...few, channels: names ?? [] }
    : { data: new Uint8Array(0), axes, shape, ...(names && { channels: names }) };
  return chooseChannels(image, channels, choice);
}

function blockOf(asked: number | undefined, halo: number): number {
  const block = asked ?? 2048;
  if (block % STEP !== 0)
    throw new UsageError(`--block must be a multiple of ${STEP} pixels, is ${block}`);
  if (block < halo)
    throw new UsageError(
      `--block must be at least as wide as the ${halo} pixels around it (--halo), is ${block}`,
    );
  return block;
}

/** So wide that every cell that reaches over a border is seen whole from both sides. */
function haloOf(asked: number | undefined, { scale }: ModelLook, finder: Finder): number {
  const own = finder.card.diameter;
  const known = scale.diameter ?? (own === undefined ? undefined : own / scale.zoom);
  if (asked !== undefined) {
    if (asked < (known ?? 0))
      throw new UsageError(
        `--halo must be at least as wide as a cell, about ${Math.ceil(known ?? 0)} pixels, is ${asked}`,
      );
    return asked;
  }
  const diameter = known ?? CELL / scale.zoom;
  const decoder: Decoder | undefined = finder.recipe.decoder;
  const grown = decoder?.kind === "cytoplasm" ? decoder.iterations / scale.zoom : 0;
  const wanted = Math.max(LEAST, LONG * diameter, diameter + grown);
  return 16 * Math.ceil(wanted / 16);
}

/** The blocks, row by row, of each plane; where no file holds a pixel of what a block sees, there is nothing to do. */
function unitsOf(
  { grid, planes, channels }: BlocksHead,
  { files }: JobInput,
  stored: ReadonlySet<string> | undefined,
  whole: boolean,
): BlockUnit[] {
  const { rows, columns } = gridSize(grid);
  const units: BlockUnit[] = [];
  for (const plane of planes.keys())
    for (let row = 0; row < rows; row++)
      for (let column = 0; column < columns; column++) {
        const core = coreBox(grid, { row, column });
        if (!files || !stored) {
          units.push({ plane, row, column });
          continue;
        }
        const there = (name: string) => stored.has(name);
        const seen = files.namesOf(planes[plane], channels, growBox(core, grid.halo, grid));
        if (!whole && !seen.some(there)) continue;
        const own = files.namesOf(planes[plane], channels, core);
        units.push({ plane, row, column, files: whole ? own.length : own.filter(there).length });
      }
  return units;
}
