/**
 * The cells of a part of a plane: its pixels go to the worker, and the cells come among those that are there.
 *
 * @module
 */
import {
  type Box,
  type Image,
  type Labels,
  planScale,
  type ScaleChoice,
  zoomFor,
} from "@cellwright/core";
import { makeEdit, pagesOf } from "../edit/apply.js";
import { changeBox, replaced } from "../edit/change.js";
import type { Edit, PlaneAt } from "../edit/label-store.js";
import type { BenchTools, ModelInfo, SegmentRequest } from "./bench.js";
import { grown, holds } from "./crop.js";
import { placeCells } from "./place.js";
import { checkExtent, handOver, readChannels, type View } from "./planes.js";
import type { FindAnswer, FoundScales, LookInput } from "./protocol.js";
import { type Provisional, provisionalLayer } from "./provisional.js";
import { keepTypes } from "./types.js";

/** A run over some planes of an image. */
export interface Run {
  readonly tools: BenchTools;
  readonly request: SegmentRequest;
  readonly model: ModelInfo;
  readonly seeds?: ModelInfo;
  readonly view: View;
  readonly scale: ScaleChoice;
  /** What is wanted of each plane; undefined for all of it. */
  readonly box?: Box;
  /** Pixels of the model that it looks beyond a box. */
  readonly reach: number;
  /** Pixels of a whole plane that is too large to be read. */
  readonly sample: (names: readonly string[], at: PlaneAt) => Promise<Image>;
  readonly signal: AbortSignal;
}

/** What is wanted: a plane, or a box of it. */
interface Wanted {
  readonly at: PlaneAt;
  readonly box?: Box;
}

/** What is looked at: which pixels are read, and in which of them cells are looked for. */
interface Sight {
  readonly at: PlaneAt;
  readonly read: Box;
  readonly seen: Box;
}

/** Diameter of a cell in pixels, where nobody says it. */
const CELL = 50;
/** Cells may be so many times as long as a round one is wide. */
const LONG = 2;
/** The network sees a region smaller by so much: what was read around it does not do. */
const SMALLER = 0.8;

/** Finds the cells of a part and writes them into a layer; `before` is how the parts before it were looked at. */
export async function segmentPart(
  run: Run,
  layer: string,
  wanted: Wanted,
  before: FoundScales | undefined,
  tell: (share: number) => void,
): Promise<{ scales: FoundScales; edit?: Edit }> {
  const { tools, request, model, signal } = run;
  const { at, box } = wanted;
  const shown = provisionalLayer(tools.workspace, layer, request.into === undefined, at);
  try {
    const guess = zoomGuess(run);
    let sight = sightOf(run, wanted, guess);
    let { labels, scales, types } = await find(run, sight, before, shown, tell);
    if (box && scales.main.zoom < SMALLER * guess) {
      sight = sightOf(run, wanted, scales.main.zoom);
      ({ labels, scales, types } = await find(run, sight, scales, shown, tell));
    }
    signal.throwIfAborted();
    shown.clear();
    const { seen } = sight;
    const { placed, first } = await amid(run, layer, wanted, seen, labels);
    const edit = makeEdit(tools.workspace, layer, {
      name: `segment by ${model.name}`,
      pages: changeBox(pagesOf(tools.workspace, layer), at, seen, replaced(placed.data, seen)),
    });
    if (types) keepTypes(tools.workspace, layer, { at, found: labels, placed, first, types });
    return { scales, ...(edit && { edit }) };
  } finally {
    shown.end();
  }
}

/**
 * Around a box more is looked at, so that cells on its border are whole. Of planes that are not too large all is read:
 * cells, brightness and sizes are then as if the whole plane were segmented. Of larger ones so much more as the network looks.
 */
function sightOf(run: Run, { at, box }: Wanted, zoom: number): Sight {
  const { y: height, x: width } = run.view.size;
  const whole = { y: 0, x: 0, height, width };
  if (!box) return { at, read: whole, seen: whole };
  const { model, request, reach, tools } = run;
  const { budget } = tools;
  const cell = Math.ceil(LONG * (request.diameter ?? (model.diameter ?? CELL) / zoom));
  if (height * width <= budget.whole)
    return { at, read: whole, seen: grown(box, cell, height, width) };
  const seen = grown(box, cell + Math.ceil(reach / zoom), height, width);
  checkExtent(seen, budget);
  return { at, read: seen, seen };
}

async function find(
  run: Run,
  { at, read, seen }: Sight,
  before: FoundScales | undefined,
  shown: Provisional,
  tell: (share: number) => void,
): Promise<FindAnswer> {
  const { tools, request, model, seeds, view, scale, signal } = run;
  const isPiece = read.height < view.size.y || read.width < view.size.x;
  const lookBy = async ({ id, channels }: ModelInfo): Promise<LookInput> => ({
    model: tools.sourceOf(id),
    image: await readChannels(view, channels, at, read, signal),
    ...(isPiece && { sample: await run.sample(channels, at) }),
  });
  const main = await lookBy(model);
  const nuclei = seeds && (await lookBy(seeds));
  const { averageTurns, saturated, tile } = request;
  const isPart = seen.height < read.height || seen.width < read.width;
  const options = {
    scale,
    ...(before && { before }),
    ...(averageTurns && { averageTurns }),
    ...(saturated && { saturated }),
    ...(tile && { tile }),
    ...(isPart && { part: seen }),
    parts: shown.wanted(seen, tile),
  };
  return tools.client.ask(
    "find",
    { ...main, ...(nuclei && { seeds: nuclei }), options },
    {
      signal,
      transfer: handOver(main.image, nuclei?.image),
      onProgress: tell,
      onPart: (part) => shown.show(part, read),
    },
  );
}

/** What shall stand in `seen`: in a new layer the cells as they were found, else they come among those that are there. */
async function amid(
  { tools: { workspace }, request, view: { size }, signal, ...run }: Run,
  layer: string,
  { at, box }: Wanted,
  seen: Box,
  found: Labels,
): Promise<{ placed: Labels; first: number }> {
  if (!box && request.into === undefined) return { placed: found, first: 1 };
  const store = pagesOf(workspace, layer);
  const there = await store.read(at, seen, signal);
  const kept = (request.keep ?? []).filter((area) => area.at.t === at.t && area.at.z === at.z);
  // The cells of a region of a new layer begin with 1, whatever was shown on the way.
  const first = request.into === undefined && run.box ? 1 : store.largest + 1;
  const placed = placeCells(there, found, {
    first,
    wanted: (y, x) => {
      const [inY, inX] = [seen.y + y, seen.x + x];
      if (box && !holds(box, inY, inX)) return false;
      return !kept.some((area) => holds(area.box, inY, inX));
    },
    open: {
      top: seen.y > 0,
      left: seen.x > 0,
      bottom: seen.y + seen.height < size.y,
      right: seen.x + seen.width < size.x,
    },
  });
  return { placed, first };
}

/** How large the network will see the image, as far as that is known before it looks. */
function zoomGuess({ model, scale, view }: Run): number {
  const { spacing } = view.channels[0].reader;
  const { options } = planScale(model, scale, spacing ? { spacing } : {});
  if (options.diameter !== undefined) return zoomFor(options.diameter, model.diameter);
  if (options.pixelSize !== undefined && model.pixelSize !== undefined)
    return options.pixelSize / model.pixelSize;
  return 1;
}
