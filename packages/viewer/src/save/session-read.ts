/**
 * A session file → a session. Nothing in the file is believed: every part is taken by its name, checked and copied.
 *
 * @module
 */
import { checkTracks, FormatError, isCoreError, type Track } from "@cellwright/core";
import { colormaps } from "../draw/colormap.js";
import {
  changeTool,
  checkLayer,
  goTo,
  resize,
  setCamera,
  setRegion,
  setSpacing,
  setTheme,
  showScaleBar,
} from "../scene/commands.js";
import { EMPTY_SCENE, type Layer, type Scene } from "../scene/scene.js";
import type { Area, Point } from "../workspace.js";
import type { Session, SessionLabels, SessionSource } from "./session.js";

/** Characters, layers, points: more than anybody has. */
const [longest, mostLayers, mostPoints] = [2 ** 27, 10_000, 2_000_000];

/** What a layer has, by its kind. */
const base = ["id", "name", "kind", "visible", "opacity", "blending"];
const parts: Readonly<Record<string, readonly string[]>> = {
  image: [...base, "source", "channel", "colormap", "limits", "range", "gamma"],
  labels: [...base, "style", "contourWidth", "selectedOnly", "colourSeed"],
  tracks: [...base, "labels", "tail", "head", "colourBy", "width"],
  points: [...base, "size", "colour"],
};

type Fields = Readonly<Record<string, unknown>>;

/** Reads a session. Throws `FormatError` saying what is wrong with it. */
export function readSession(text: string): Session {
  if (text.length > longest) throw wrong(`must have at most ${longest} characters`);
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw new FormatError("is not a session of Cellwright: it is not JSON", {}, error);
  }
  const { cellwright, version, scene, sources, labels, points, corrected } = fieldsOf(content);
  if (cellwright !== "session") throw wrong('must say "cellwright": "session"');
  if (version !== 1) throw wrong(`must be of version 1, is of ${JSON.stringify(version)}`);
  try {
    return {
      cellwright,
      version,
      scene: sceneOf(fieldsOf(scene)),
      sources: listOf(sources, mostLayers, "sources").map(sourceOf),
      labels: listOf(labels, mostLayers, "labels").map(labelsOf),
      points: listOf(points, mostLayers, "points").map(pointsOf),
      corrected: listOf(corrected, mostLayers, "corrected areas").map(correctedOf),
    };
  } catch (error) {
    if (isCoreError(error, "ShapeError")) throw wrong(error.message);
    throw error;
  }
}

function sceneOf(fields: Fields): Scene {
  const layers = listOf(fields.layers, mostLayers, "layers").map(layerFrom);
  if (new Set(layers.map(({ id }) => id)).size !== layers.length)
    throw wrong("must give each layer an id of its own");
  const [size, at, camera, tool] = [fields.size, fields.at, fields.camera, fields.tool].map(
    fieldsOf,
  );
  let scene: Scene = resize({ ...EMPTY_SCENE, layers }, sizeOf(size));
  scene = goTo(scene, { t: number(at.t), z: number(at.z) });
  scene = setCamera(scene, { y: number(camera.y), x: number(camera.x), zoom: number(camera.zoom) });
  scene = changeTool(scene, {
    name: tool.name as Scene["tool"]["name"],
    label: number(tool.label),
    brush: number(tool.brush),
    preserve: tool.preserve === true,
    contiguous: tool.contiguous !== false,
    allFrames: tool.allFrames === true,
  });
  scene = setTheme(scene, fields.theme as Scene["theme"]);
  scene = showScaleBar(scene, fields.scaleBar !== false);
  const spacing = fieldsOf(fields.spacing);
  for (const axis of ["t", "z", "y", "x"])
    if (typeof spacing[axis] === "number") scene = setSpacing(scene, { [axis]: spacing[axis] });
  if (Array.isArray(fields.region) && fields.region.length === 4)
    scene = setRegion(scene, fields.region.map(number) as unknown as Scene["region"]);
  const active = layers.find(({ id }) => id === fields.active)?.id;
  return { ...scene, ...(active !== undefined && { active }) };
}

/** A layer of known parts alone. */
function layerFrom(value: unknown): Layer {
  const fields = fieldsOf(value);
  const kind = `${fields.kind}`;
  if (!Object.hasOwn(parts, kind)) throw wrong(`has a layer of the kind ${JSON.stringify(kind)}`);
  const layer = Object.fromEntries(
    parts[kind].map((name) => [
      name,
      Object.hasOwn(fields, name) ? plain(fields[name]) : undefined,
    ]),
  );
  for (const name of ["limits", "range"])
    if (name in layer && !Array.isArray(layer[name]))
      throw wrong(`has a layer whose ${name} must be two numbers`);
  // A map that this version does not have is no reason to lose the rest.
  if (kind === "image" && !colormaps.includes(`${layer.colormap}`)) layer.colormap = "gray";
  checkLayer(layer as unknown as Layer);
  return layer as unknown as Layer;
}

/** Texts, numbers, booleans and lists of numbers; nothing else is part of a layer. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 16).map(number);
  if (typeof value === "object" && value !== null) throw wrong("has a layer with parts of parts");
  return value;
}

function sourceOf(value: unknown): SessionSource {
  const { id, name, address } = fieldsOf(value);
  return { id: text(id), name: text(name), ...addressFrom(address) };
}

function labelsOf(value: unknown): SessionLabels {
  const { layer, size, address, file, tracks } = fieldsOf(value);
  return {
    layer: text(layer),
    size: sizeOf(fieldsOf(size)),
    ...addressFrom(address),
    ...(file !== undefined && { file: text(file) }),
    ...(tracks !== undefined && { tracks: tracksOf(tracks) }),
  };
}

function tracksOf(value: unknown): Track[] {
  const tracks = listOf(value, mostPoints, "tracks").map((item) => {
    const { label, begin, end, parent } = fieldsOf(item);
    return { label: number(label), begin: number(begin), end: number(end), parent: number(parent) };
  });
  checkTracks(tracks);
  return tracks;
}

function pointsOf(value: unknown): Session["points"][number] {
  const { layer, points } = fieldsOf(value);
  const places = listOf(points, mostPoints, "points").map((item): Point => {
    const { t, z, y, x } = fieldsOf(item);
    return { t: number(t), z: number(z), y: number(y), x: number(x) };
  });
  return { layer: text(layer), points: places };
}

function correctedOf(value: unknown): Session["corrected"][number] {
  const { layer, areas } = fieldsOf(value);
  const boxes = listOf(areas, mostPoints, "areas").map((item): Area => {
    const [at, box] = [fieldsOf(fieldsOf(item).at), fieldsOf(fieldsOf(item).box)];
    return {
      at: { t: whole(at.t), z: whole(at.z) },
      box: {
        y: whole(box.y),
        x: whole(box.x),
        height: Math.max(1, whole(box.height)),
        width: Math.max(1, whole(box.width)),
      },
    };
  });
  return { layer: text(layer), areas: boxes };
}

function whole(value: unknown): number {
  const found = number(value);
  if (!Number.isSafeInteger(found) || found < 0)
    throw wrong(`must have a whole number from 0 where it has ${shown(value)}`);
  return found;
}

/** On the web or relative to the page; nothing that a page could run or that names a file of this machine. */
function addressFrom(value: unknown): { address?: string } {
  if (value === undefined) return {};
  const address = text(value);
  const scheme = /^\s*([a-z][a-z0-9+.-]*):/i.exec(address)?.[1].toLowerCase();
  if (scheme !== undefined && scheme !== "http" && scheme !== "https")
    throw wrong(`must name addresses that begin with http or https, has "${address.slice(0, 80)}"`);
  return { address };
}

function sizeOf({ t, z, y, x }: Fields): Scene["size"] {
  return { t: number(t), z: number(z), y: number(y), x: number(x) };
}

function number(value: unknown): number {
  if (typeof value !== "number" || !Number.isFinite(value))
    throw wrong(`must have a number where it has ${shown(value)}`);
  return value;
}

function text(value: unknown): string {
  if (typeof value !== "string" || value.length > 65_536)
    throw wrong(`must have a text where it has ${shown(value)}`);
  return value;
}

function listOf(value: unknown, most: number, what: string): unknown[] {
  if (value === undefined) return [];
  if (!Array.isArray(value) || value.length > most)
    throw wrong(`must have a list of at most ${most} ${what}`);
  return value;
}

function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Fields)
    : {};
}

function shown(value: unknown): string {
  return (JSON.stringify(value) ?? "nothing").slice(0, 60);
}

function wrong(why: string): FormatError {
  return new FormatError(`is not a session of Cellwright: ${why}`);
}
