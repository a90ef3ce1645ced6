/**
 * Segmenting in the page: pixels go to the worker plane by plane, cells come back into a labels layer.
 *
 * @module
 */
import { type Box, ShapeError, settledScale } from "@cellwright/core";
import { pagesOf, remember } from "../edit/apply.js";
import type { Edit, PlaneAt } from "../edit/label-store.js";
import { newLabelsLayer } from "../edit/layers.js";
import { regionBox, seenBox, within } from "./areas.js";
import type { BenchTools, ModelInfo, SegmentRequest } from "./bench.js";
import { showJob } from "./job.js";
import { type Budget, checkExtent, type View, viewOf } from "./planes.js";
import type { FoundScales } from "./protocol.js";
import { dropLabels } from "./provisional.js";
import { readSample } from "./sample.js";
import { type Run, segmentPart } from "./segment-part.js";

/** Planes of more pixels are segmented in parts alone: 32768 x 32768. */
const LARGEST = 2 ** 30;

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
    const parts = partsOf(run);
    const layer =
      request.into ??
      newLabelsLayer(workspace, { name: `${run.view.name} · ${model.name}`, size: run.view.size });
    const edits: Edit[] = [];
    try {
      let scales: FoundScales | undefined;
      for (const [i, { at, box, name }] of parts.entries()) {
        const tell = (share: number) => job.tell((i + share) / parts.length, name);
        // Before the first tile the model is loaded and the cells' size is looked at: nobody knows how long that takes.
        if (i > 0) tell(0);
        else job.tell(undefined, name);
        const done = await segmentPart(run, layer, { at, ...(box && { box }) }, scales, tell);
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
  const { workspace, client, options, budget } = tools;
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
  if (box) checkExtent(box, budget);
  else checkLargest(size);
  const { reach } = isCut(size, budget, box)
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
    sample: remembered((names, at) => readSample(view, names, at, signal)),
    signal,
  };
}

/** Whether a plane is looked at in pieces. */
function isCut({ y, x }: View["size"], { most }: Budget, box: Box | undefined): boolean {
  return box !== undefined || y * x > most;
}

function checkLargest({ y, x }: View["size"]): void {
  if (y * x > LARGEST)
    throw new ShapeError(
      "image to be segmented as a whole",
      "at most 32768 x 32768 pixels: zoom in and segment the view, or draw a region",
      `${y} x ${x}`,
    );
}

/** The same, read once for all pieces of a plane. */
function remembered(read: Run["sample"]): Run["sample"] {
  let [last, sample]: [string, ReturnType<Run["sample"]> | undefined] = ["", undefined];
  return (names, at) => {
    const key = JSON.stringify([names, at.t, at.z]);
    if (!sample || key !== last) [last, sample] = [key, read(names, at)];
    return sample;
  };
}

function checkAlike(labels: View["size"], image: View["size"]): void {
  const text = ({ t, z, y, x }: View["size"]) => `${y} x ${x} in ${t} x ${z} planes`;
  if (text(labels) !== text(image)) throw new ShapeError("labels layer", text(image), text(labels));
}

/** A piece of the work. */
interface Part {
  readonly at: PlaneAt;
  /** What of the plane; all of it where there is none. */
  readonly box?: Box;
  /** As the list of jobs has it. */
  readonly name: string;
}

/** Plane by plane; planes that are too large for one go, block by block. */
function partsOf({ tools, request, view: { size }, box }: Run): Part[] {
  const { t, z } = tools.workspace.scene.get().at;
  const here = { t: Math.min(t, size.t - 1), z: Math.min(z, size.z - 1) };
  const all = Array.from({ length: size.t * size.z }, (_, n) => ({
    t: Math.floor(n / size.z),
    z: n % size.z,
  }));
  const planes = request.planes === "all" ? all : [here];
  const boxes = box || !isCut(size, tools.budget, box) ? [box] : blocksOf(size, tools.budget);
  return planes.flatMap((at, i) =>
    boxes.map((box, k) => {
      const plane = planes.length > 1 ? `plane ${i + 1} of ${planes.length}` : "";
      const block = boxes.length > 1 ? `block ${k + 1} of ${boxes.length}` : "";
      const name = [plane, block].filter(Boolean).join(", ") || "finding cells";
      return { at, ...(box && { box }), name };
    }),
  );
}

function blocksOf({ y, x }: View["size"], { block }: Budget): Box[] {
  const starts = (length: number) =>
    Array.from({ length: Math.ceil(length / block) }, (_, i) => i * block);
  return starts(y).flatMap((top) =>
    starts(x).map((left) => ({
      y: top,
      x: left,
      height: Math.min(block, y - top),
      width: Math.min(block, x - left),
    })),
  );
}

/** A stack is looked at as its first plane was, or as the first on which cells could be found. */
function settled(before: FoundScales | undefined, now: FoundScales): FoundScales {
  return {
    main: settledScale(before?.main, now.main),
    ...(now.seeds && { seeds: settledScale(before?.seeds, now.seeds) }),
  };
}
