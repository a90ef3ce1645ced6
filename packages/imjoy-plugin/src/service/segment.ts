/**
 * `segment`: from an image of a caller to cells, plane by plane.
 *
 * @module
 */
import {
  countRows,
  type Image,
  type Labels,
  labelPlanes,
  measure,
  type Scale,
  settledScale,
  stackTables,
  type Table,
} from "@cellwright/core";
import {
  countCells,
  LABELS_AS,
  type LabelsAs,
  type Outlines,
  outlinesOf,
  writeColumns,
  writeLabels,
} from "./answers.js";
import type { Call } from "./call.js";
import { pickChannels, readPlane } from "./channels.js";
import { wrong } from "./fault.js";
import type { FoundScales, ServiceHost } from "./host.js";
import type { Fields } from "./read.js";
import { type Given, planesOf, readSource, SOURCE_FIELDS } from "./source.js";
import type { NdArray } from "./wire.js";

/** What `segment` can answer beside the labels. */
export const OUTPUTS = ["labels", "polygons", "table"] as const;

/** Names of the options of `segment`. */
export const SEGMENT_FIELDS: readonly string[] = [
  "model",
  "seeds",
  "channels",
  "diameter",
  "keep_size",
  "average_turns",
  "saturated",
  "tile",
  "labels",
  "outputs",
  "show",
  "request_id",
  "on_progress",
  ...SOURCE_FIELDS,
];

/** What `segment` answers. */
export interface Segmented extends Partial<Outlines> {
  readonly request_id: string;
  /** 0 is background, every cell of a plane has a number of its own; the image's shape without channels. */
  readonly labels?: NdArray;
  /** Cells in all planes. */
  readonly count: number;
  /** A letter for each axis of the labels. */
  readonly axes: string;
  /** The numbers of the cells, a row a cell; with `t` and `z` where there are several planes. */
  readonly table?: Readonly<Record<string, readonly (number | string)[]>>;
  /** The model's id. */
  readonly model: string;
  /** How the model looked at the image. */
  readonly scale: Scale;
  readonly seconds: number;
}

/** Cells of an image, before they are written for a caller. */
export interface FoundCells {
  readonly given: Given;
  readonly labels: Image<Uint32Array>;
  readonly scales: FoundScales;
  readonly model: string;
}

/** Finds the cells of all planes of an image. */
export async function findIn(
  given: Given,
  options: Fields,
  host: ServiceHost,
  call: Call,
): Promise<FoundCells> {
  const id = options.text("model", 256) ?? "nuclei";
  call.tell(0, "reading the model");
  const model = await host.model(id);
  const seedsId = options.text("seeds", 256);
  if (model.needs_seeds && seedsId === undefined)
    throw wrong("options.seeds", `a model of nuclei, as cells of ${id} grow from those`, "nothing");
  const seeds = seedsId === undefined ? undefined : await host.model(seedsId);
  const names = [...new Set([...model.channels, ...(seeds?.channels ?? [])])];
  const { reader } = given;
  const channels = pickChannels(reader, names, options.any("channels"));
  const planes = planesOf(reader);
  const [height, width] = reader.shape.slice(-2);
  const data = new Uint32Array(planes.length * height * width);
  const choice = scaleOf(options);
  let scales: FoundScales | undefined;
  for (const [i, index] of planes.entries()) {
    const image = await readPlane(reader, index, channels, names, call.signal);
    const message = planes.length > 1 ? `plane ${i + 1} of ${planes.length}` : "finding cells";
    const question = {
      ...choice,
      model: id,
      ...(seedsId !== undefined && { seeds: seedsId }),
      image,
      channels: names,
      ...(scales && { before: scales }),
    };
    const found = await host.find(question, {
      signal: call.signal,
      onProgress: (share) => call.tell((i + share) / planes.length, message),
    });
    scales = settled(scales, found.scales);
    data.set(found.labels.data, i * height * width);
  }
  const axes = [...reader.axes].filter((axis) => axis !== "c").join("");
  const spacing = reader.spacing && { spacing: reader.spacing };
  const labels = { data, shape: [...given.plain.shape], axes, ...spacing };
  return { given, labels, scales: scales ?? { main: { zoom: 1, from: "none" } }, model: id };
}

function scaleOf(options: Fields) {
  const diameter = options.number("diameter", 1, 10_000);
  const pixelSize = options.number("pixel_size", 1e-6, 1e6);
  const saturated = options.number("saturated", 0, 50);
  const tile = options.integer("tile", 32, 16_384);
  return {
    scale: {
      ...(diameter !== undefined && { diameter }),
      ...(pixelSize !== undefined && { pixelSize }),
      ...(options.flag("keep_size") && { keep: true }),
    },
    ...(options.flag("average_turns") && { averageTurns: true }),
    ...(saturated !== undefined && { saturated }),
    ...(tile !== undefined && { tile }),
  };
}

/** A stack is looked at as its first plane was, or as the first on which cells could be found. */
function settled(before: FoundScales | undefined, now: FoundScales): FoundScales {
  return {
    main: settledScale(before?.main, now.main),
    ...(now.seeds && { seeds: settledScale(before?.seeds, now.seeds) }),
  };
}

/** The verb. */
export async function segmentVerb(
  source: unknown,
  options: Fields,
  host: ServiceHost,
  call: Call,
): Promise<Segmented> {
  options.only(SEGMENT_FIELDS);
  const outputs = options.words("outputs", OUTPUTS) ?? ["labels"];
  const as: LabelsAs = options.word("labels", LABELS_AS) ?? "auto";
  const start = performance.now();
  call.tell(0, "reading the image");
  const found = await findIn(
    await readSource(source, options, host, call.signal),
    options,
    host,
    call,
  );
  const { labels, given, scales, model } = found;
  if (options.flag("show") ?? true) {
    const stage = host.stage(call.caller);
    await stage.open(given);
    await stage.setLabels(labels, `${given.name} · ${model}`);
  }
  const planes = labelPlanes(labels).map(({ labels: plane }) => plane);
  return {
    request_id: call.id,
    ...(outputs.includes("labels") && { labels: writeLabels(labels, as, labels.shape, call.wire) }),
    count: countCells(planes),
    axes: labels.axes,
    ...(outputs.includes("polygons") && outlinesOf(labels)),
    ...(outputs.includes("table") && {
      table: writeColumns(await tableOf(labels, given, call.signal)),
    }),
    model,
    scale: scales.main,
    seconds: (performance.now() - start) / 1000,
  };
}

/** The numbers of all cells; brightness where there is an image. */
export async function tableOf(
  labels: Image<Uint32Array>,
  image: Pick<Given, "reader"> | undefined,
  signal: AbortSignal,
): Promise<Table> {
  const tables: Table[] = [];
  for (const { labels: plane, t, z } of labelPlanes(labels)) {
    signal.throwIfAborted();
    const index = { ...(t !== undefined && { t }), ...(z !== undefined && { z }) };
    const numbers = measure(plane, image && (await allChannels(image, index, plane, signal)));
    const level = (value: number) => new Float64Array(countRows(numbers)).fill(value);
    tables.push({
      ...(t !== undefined && { t: level(t) }),
      ...(z !== undefined && { z: level(z) }),
      ...numbers,
    });
  }
  return stackTables(tables);
}

async function allChannels(
  { reader }: Pick<Given, "reader">,
  index: Readonly<Record<string, number>>,
  plane: Labels,
  signal: AbortSignal,
): Promise<Image> {
  const at = reader.axes.indexOf("c");
  const count = at < 0 ? 1 : reader.shape[at];
  const all = Array.from({ length: count }, (_, c) => c);
  const known = Object.fromEntries(
    Object.entries(index).filter(([axis]) => reader.axes.includes(axis)),
  );
  const image = await readPlane(reader, known, all, reader.channels ?? all.map(String), signal);
  const [height, width] = image.shape.slice(-2);
  if (height !== plane.shape[0] || width !== plane.shape[1])
    throw wrong("image", `of the labels' size, ${plane.shape.join(" x ")}`, `${height} x ${width}`);
  return image;
}
