/**
 * Which arrays of a Zarr hierarchy hold the pixels, and what their axes mean: OME-Zarr 0.4 and 0.5, or a plain array.
 *
 * @module
 */
import { strFromU8 } from "fflate";
import type { open, root } from "zarrita";
import { FormatError, isCoreError } from "../errors.js";
import { type Fields, fieldsOf } from "./json-fields.js";
import {
  axesOf,
  axesOfPlain,
  type ChannelLooks,
  looksOf,
  spacingOf,
  type ZarrAxis,
} from "./ome-zarr-axes.js";
import { areHalves } from "./zarr-half.js";
import { readNode, type ZarrNode } from "./zarr-node.js";
import { type AnyZarrArray, takeAsHalves } from "./zarr-read.js";
import { checkZarrPath, type ZarrStore } from "./zarr-store.js";

/** What zarrita gives: it is loaded when the first hierarchy is opened. */
export interface Zarrita {
  readonly open: typeof open;
  readonly root: typeof root;
}

/** The pixels of an image, in one or more resolutions. */
export interface FoundArrays {
  /** The path of the group, or of the array where there is no group; empty for the root. */
  readonly path: string;
  /** Its name in the metadata, where it has one. */
  readonly name?: string;
  readonly isLabels: boolean;
  /** Full resolution first. */
  readonly arrays: readonly AnyZarrArray[];
  /** One an axis of the arrays, in the order `t c z y x`. */
  readonly axes: readonly ZarrAxis[];
  /** Micrometres for z, y and x, seconds for t; only what is known. */
  readonly spacing: Readonly<Record<string, number>>;
  readonly looks: ChannelLooks;
  /** The paths of the labels that belong to the image. */
  readonly labels: readonly string[];
}

/** Groups that lead to groups; a store that answers everything alike would lead on for ever. */
const deepest = 4;

/** More resolutions than this of an image are none. */
const mostLevels = 32;

/** Where to look, and with what. */
export interface FindOptions {
  readonly store: ZarrStore;
  readonly zarrita: Zarrita;
  /** `"labels"`: of an image with labels its only labels. */
  readonly shows: "labels" | "images";
}

/** Finds the arrays in the hierarchy below `path`. */
export async function findArrays(
  options: FindOptions,
  path: string,
  depth = 0,
): Promise<FoundArrays> {
  if (depth > deepest) throw new FormatError("has groups in groups without an image in them");
  const node = await readNode(options.store, path);
  if (!node)
    throw new FormatError(
      path === "" ? "is not a Zarr: there are no metadata" : `has no Zarr at ${path}`,
    );
  if (node.kind === "array") return plainArray(options, node);
  const ome = fieldsOf(node.attributes.ome ?? node.attributes);
  const image = firstOf(ome.multiscales);
  if (!image) return findArrays(options, below(path, groupBelow(ome, node)), depth + 1);
  const isLabels = "image-label" in ome;
  const labels = isLabels ? [] : await labelsOf(options.store, node);
  if (options.shows === "labels" && labels.length > 0) {
    if (labels.length > 1) throw severalLabels(labels);
    return findArrays({ ...options, shows: "images" }, labels[0], depth + 1);
  }
  const datasets = listOf(image.datasets).slice(0, mostLevels);
  const paths = datasets.map(({ path: name }) => {
    if (typeof name !== "string")
      throw new FormatError("must name its arrays in multiscales (datasets, path), does not");
    return below(path, checkZarrPath(name));
  });
  if (paths.length === 0)
    throw new FormatError("must name its arrays in multiscales (datasets, path), does not");
  const arrays = await Promise.all(paths.map((each, i) => openLevel(options, node, each, i)));
  const [full] = arrays as [AnyZarrArray];
  const axes = axesOf(image.axes, full.shape.length);
  const at = axes.indexOf("c");
  return {
    path,
    ...(typeof image.name === "string" && image.name !== "" && { name: image.name }),
    isLabels,
    arrays: arrays.filter((array) => array !== undefined),
    axes,
    spacing: spacingOf(axes, image, datasets[0]),
    looks: looksOf(ome.omero, at < 0 ? 1 : full.shape[at]),
    labels,
  };
}

/** The array of a resolution. A coarser one that is not there or cannot be read is done without. */
async function openLevel(
  options: FindOptions,
  node: ZarrNode,
  path: string,
  level: number,
): Promise<AnyZarrArray | undefined> {
  try {
    return await openArray(options, node, path);
  } catch (error) {
    if (level > 0 && isCoreError(error)) return undefined;
    throw error;
  }
}

async function openArray(
  { store, zarrita }: FindOptions,
  { version }: Pick<ZarrNode, "version">,
  path: string,
): Promise<AnyZarrArray> {
  const meta = `/${below(path, version === 3 ? "zarr.json" : ".zarray")}` as const;
  const told = await store.get(meta);
  if (!told) throw new FormatError(`has no array at ${path === "" ? "its root" : path}`);
  // Zarrita's stores take an AbortSignal, of which ours is a part.
  const location = zarrita.root(store as never).resolve(path);
  const opened =
    version === 3
      ? zarrita.open.v3(location, { kind: "array" })
      : zarrita.open.v2(location, { kind: "array" });
  const array = (await opened) as AnyZarrArray;
  return areHalves(fieldsOf(JSON.parse(strFromU8(told)))) ? takeAsHalves(array) : array;
}

async function plainArray(options: FindOptions, node: ZarrNode): Promise<FoundArrays> {
  const { path } = node;
  const array = await openArray(options, node, path);
  const axes = axesOfPlain(array.shape.length, array.dimensionNames);
  const isLabels = /(^|\/)labels\//.test(path);
  return { path, isLabels, arrays: [array], axes, spacing: {}, looks: {}, labels: [] };
}

/** The group to go on with where one is no image itself. */
function groupBelow(ome: Fields, { path }: ZarrNode): string {
  // Bio-Formats writes the images of a file side by side, from 0 on.
  if (typeof ome["bioformats2raw.layout"] === "number") return "0";
  const labels = namesOf(ome.labels);
  if (labels.length > 1) throw severalLabels(labels.map((name) => below(path, name)));
  if (labels.length === 1) return labels[0];
  const [well] = listOf(fieldsOf(ome.plate).wells);
  const [field] = listOf(fieldsOf(ome.well).images);
  const inside = well?.path ?? field?.path;
  if (typeof inside === "string")
    throw new FormatError(
      `is a ${well ? "plate of wells" : "well of fields"}: name one, such as ${below(path, checkZarrPath(inside))}`,
    );
  throw new FormatError(
    "is a Zarr group without OME-Zarr's multiscales: name the image or the labels in it",
  );
}

/** The paths of the labels of an image. */
async function labelsOf(store: ZarrStore, image: ZarrNode): Promise<string[]> {
  const path = below(image.path, "labels");
  const group = await readNode(store, path, image.version).catch((error) => {
    if (isCoreError(error)) return undefined;
    throw error;
  });
  if (!group) return [];
  const { labels } = fieldsOf(group.attributes.ome ?? group.attributes);
  return namesOf(labels).map((name) => below(path, name));
}

function severalLabels(labels: readonly string[]): FormatError {
  return new FormatError(
    `has several labels (${labels.join(", ")}): name one, such as ${labels[0]}`,
  );
}

function namesOf(names: unknown): string[] {
  return Array.isArray(names) ? names.map((name) => checkZarrPath(`${name}`)) : [];
}

function below(path: string, name: string): string {
  return path === "" ? name : `${path}/${name}`;
}

function listOf(list: unknown): Fields[] {
  return Array.isArray(list) ? list.map(fieldsOf) : [];
}

function firstOf(list: unknown): Fields | undefined {
  return Array.isArray(list) && list.length > 0 ? fieldsOf(list[0]) : undefined;
}
