/**
 * Segmenting in the page: pixels go to the worker plane by plane, cells come back into a labels layer.
 *
 * @module
 */
import {
  type Box,
  type Labels,
  planScale,
  type ScaleChoice,
  ShapeError,
  settledScale,
  zoomFor,
} from "@cellwright/core";
import { makeEdit, pagesOf, remember } from "../edit/apply.js";
import { changeBox, replaced } from "../edit/change.js";
import type { Edit, PlaneAt } from "../edit/label-store.js";
import { newLabelsLayer } from "../edit/layers.js";
import { regionBox, seenBox, within } from "./areas.js";
import type { BenchTools, ModelInfo, SegmentRequest } from "./bench.js";
import { grown, holds } from "./crop.js";
import { showJob } from "./job.js";
import { placeCells } from "./place.js";
import { checkExtent, handOver, readChannels, type View, viewOf } from "./planes.js";
import type { FindAnswer, FoundScales } from "./protocol.js";
import { dropLabels, type Provisional, provisionalLayer } from "./provisional.js";

/** A run over some planes of an image. */
interface Run {
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
  readonly signal: AbortSignal;
}

/** Diameter of a cell in pixels, where nobody says it. */
const CELL = 50;
/** The network sees a region smaller by so much: what was read around it does not do. */
const SMALLER = 0.8;

/** Segments what the request says; answers the id of the labels layer. */
export async function segmentInPage(tools: BenchTools, request: SegmentRequest): Promise<string> {
  const { workspace, shelf } = tools;
  const stop = new AbortController();
  const job = showJob(workspace, "Segment", () => stop.abort());
  try {
    job.tell(undefined, "reading the model");
    const model = await shelf.infoOf(request.model);
    const seeds = request.seeds === undefined ? undefined : await shelf.infoOf(request.seeds);
    const run = await plan(tools, request, model, seeds, stop.signal);
    const planes = planesOf(run);
    const layer =
      request.into ??
      newLabelsLayer(workspace, { name: `${run.view.name} · ${model.name}`, size: run.view.size });
    const edits: Edit[] = [];
    try {
      let scales: FoundScales | undefined;
      for (const [i, at] of planes.entries()) {
        const where = planes.length > 1 ? `plane ${i + 1} of ${planes.length}` : "finding cells";
        const tell = (share: number) => job.tell((i + share) / planes.length, where);
        tell(0);
        const done = await segmentPlane(run, layer, at, scales, tell);
        scales = settled(scales, done.scales);
        if (done.edit) edits.push(done.edit);
      }
    } catch (error) {
      // A layer that was made for cells that never came is of no use.
      if (request.into === undefined && edits.length === 0) dropLabels(workspace, layer);
      throw error;
    } finally {
      // What was done before an end that came early can be taken back too.
      remember(workspace, layer, ...edits);
    }
    return layer;
  } finally {
    job.end();
  }
}

async function plan(
  tools: BenchTools,
  request: SegmentRequest,
  model: ModelInfo,
  seeds: ModelInfo | undefined,
  signal: AbortSignal,
): Promise<Run> {
  const { workspace, client, options } = tools;
  const names = [...new Set([...model.channels, ...(seeds?.channels ?? [])])];
  const view = viewOf(workspace, names, request.channels);
  const { diameter, pixelSize, keepSize, where } = request;
  const scale = {
    ...(diameter !== undefined && { diameter }),
    ...(pixelSize !== undefined && { pixelSize }),
    ...(keepSize && { keep: true }),
  };
  const scene = workspace.scene.get();
  const { size } = view;
  const box =
    where === "whole"
      ? undefined
      : where === "region"
        ? regionBox(scene, size)
        : where === "view"
          ? seenBox(scene, options.view?.() ?? { height: size.y, width: size.x }, size)
          : within(where, size);
  if (request.into !== undefined) checkAlike(pagesOf(workspace, request.into).size, size);
  checkExtent(box ?? { y: 0, x: 0, height: size.y, width: size.x });
  const { reach } = box
    ? await client.ask("reach", tools.sourceOf(model.id), { signal })
    : { reach: 0 };
  return {
    tools,
    request,
    model,
    ...(seeds && { seeds }),
    view,
    scale,
    ...(box && { box }),
    reach,
    signal,
  };
}

function checkAlike(labels: View["size"], image: View["size"]): void {
  const text = ({ t, z, y, x }: View["size"]) => `${y} x ${x} in ${t} x ${z} planes`;
  if (text(labels) !== text(image)) throw new ShapeError("labels layer", text(image), text(labels));
}

function planesOf({ tools, request, view: { size } }: Run): PlaneAt[] {
  const { t, z } = tools.workspace.scene.get().at;
  if (request.planes !== "all") return [{ t: Math.min(t, size.t - 1), z: Math.min(z, size.z - 1) }];
  return Array.from({ length: size.t * size.z }, (_, n) => ({
    t: Math.floor(n / size.z),
    z: n % size.z,
  }));
}

/** A stack is looked at as its first plane was, or as the first on which cells could be found. */
function settled(before: FoundScales | undefined, now: FoundScales): FoundScales {
  return {
    main: settledScale(before?.main, now.main),
    ...(now.seeds && { seeds: settledScale(before?.seeds, now.seeds) }),
  };
}

async function segmentPlane(
  run: Run,
  layer: string,
  at: PlaneAt,
  before: FoundScales | undefined,
  tell: (share: number) => void,
): Promise<{ scales: FoundScales; edit?: Edit }> {
  const { tools, request, model, view, box, signal } = run;
  const whole = { y: 0, x: 0, height: view.size.y, width: view.size.x };
  const shown = provisionalLayer(tools.workspace, layer, request.into === undefined, at);
  try {
    let seen = box ? grown(box, marginAt(run, zoomGuess(run)), whole.height, whole.width) : whole;
    let { labels, scales } = await find(run, at, seen, before, shown, tell);
    if (box && scales.main.zoom < SMALLER * zoomGuess(run)) {
      seen = grown(box, marginAt(run, scales.main.zoom), whole.height, whole.width);
      checkExtent(seen);
      ({ labels, scales } = await find(run, at, seen, scales, shown, tell));
    }
    signal.throwIfAborted();
    shown.clear();
    const wanted = await amid(run, layer, at, seen, labels);
    const store = pagesOf(tools.workspace, layer);
    const edit = makeEdit(tools.workspace, layer, {
      name: `segment by ${model.name}`,
      pages: changeBox(store, at, seen, replaced(wanted.data, seen)),
    });
    return { scales, ...(edit && { edit }) };
  } finally {
    shown.end();
  }
}

async function find(
  { tools, request, model, seeds, view, scale, signal }: Run,
  at: PlaneAt,
  box: Box,
  before: FoundScales | undefined,
  shown: Provisional,
  tell: (share: number) => void,
): Promise<FindAnswer> {
  const image = await readChannels(view, model.channels, at, box, signal);
  const nuclei = seeds && (await readChannels(view, seeds.channels, at, box, signal));
  const { averageTurns, saturated, tile } = request;
  const options = {
    scale,
    ...(before && { before }),
    ...(averageTurns && { averageTurns }),
    ...(saturated && { saturated }),
    ...(tile && { tile }),
    parts: shown.wanted(box, tile),
  };
  return tools.client.ask(
    "find",
    {
      model: tools.sourceOf(model.id),
      image,
      ...(seeds && nuclei && { seeds: { model: tools.sourceOf(seeds.id), image: nuclei } }),
      options,
    },
    {
      signal,
      transfer: handOver(image, nuclei),
      onProgress: tell,
      onPart: (part) => shown.show(part, box),
    },
  );
}

/** What shall stand in `seen`: in a new layer the cells as they were found, else they come among those that are there. */
async function amid(
  { tools: { workspace }, request, view: { size }, box, signal }: Run,
  layer: string,
  at: PlaneAt,
  seen: Box,
  found: Labels,
): Promise<Labels> {
  if (!box && request.into === undefined) return found;
  const store = pagesOf(workspace, layer);
  const there = await store.read(at, seen, signal);
  const kept = (request.keep ?? []).filter((area) => area.at.t === at.t && area.at.z === at.z);
  return placeCells(there, found, {
    first: request.into === undefined ? 1 : store.largest + 1,
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

/** Pixels around a box that the network must see with it: as far as it looks, and a cell. */
function marginAt({ reach, model, request }: Run, zoom: number): number {
  const cell = request.diameter ?? (model.diameter ?? CELL) / zoom;
  return Math.ceil(reach / zoom + cell);
}
