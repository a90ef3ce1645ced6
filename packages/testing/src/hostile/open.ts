/**
 * How each kind of case is opened by core, to the end: of an image all pixels, of a network a run. Needs nothing of Node, so that
 * a page can do it too.
 *
 * @module
 */
import {
  bytesSource,
  checkModel,
  FormatError,
  geffFiles,
  itkNameOf,
  labelsFromOutlines,
  labelsFromRois,
  type ModelFiles,
  openImage,
  openPyramid,
  openZarr,
  type PyramidReader,
  readCellposeSeg,
  readCoco,
  readDeepcell,
  readGeff,
  readGeoJson,
  readImage,
  readModelFiles,
  readModelTest,
  readModelZip,
  readOnnx,
  readPlanText,
  readRois,
  readTable,
  readTrackmate,
  readTracks,
  readTracksTable,
  readTrk,
  referenceEngine,
  type Source,
  validateModel,
  type ZarrStore,
  zipStore,
} from "@cellwright/core";
import type { HostileCase, HostileKind } from "./case.js";

type Open = (source: Source, bytes: Uint8Array, one: HostileCase) => Promise<unknown>;

const openers: Readonly<Record<HostileKind, Open>> = {
  image: readAll,
  zarr: async (_, __, { files }) => readStore(storeOf(files)),
  "zarr-zip": async (source) => readStore(await zipStore(source)),
  itk: async (source, bytes) => {
    // What a page or a command would ask ITK for; here there is none.
    throw new FormatError(`${source.name} is for ITK: ${itkNameOf(bytes, source.name)}`);
  },
  model: async (_, __, { name, files }) => readModel(filesOf(name, files)),
  "model-zip": async (source) => readModel(await readModelZip(source)),
  onnx: async (_, bytes) => runOnnx(bytes),
  yaml: readAll,
  rois: async (source) => labelsFromRois(await readRois(source), 64, 64),
  seg: async (source) => readCellposeSeg(source),
  coco: async (_, bytes) => readCoco(textOf(bytes)),
  geojson: async (_, bytes) =>
    labelsFromOutlines(readGeoJson(textOf(bytes)), { axes: "yx", shape: [64, 64] }),
  trackmate: async (_, bytes) => readTrackmate(textOf(bytes)),
  tracks: async (_, bytes) => readTracks(textOf(bytes)),
  "tracks-table": async (_, bytes) => readTracksTable(textOf(bytes)),
  table: async (_, bytes) => readTable(textOf(bytes)),
  trk: async (_, bytes) => readTrk(bytes),
  geff: async (_, __, { files }) => {
    await readGeff(geffFiles(new Map(Object.entries(files))));
  },
  deepcell: async (source) => readDeepcell(source),
  plan: async (_, bytes) => readPlanText(textOf(bytes)),
};

/** Opens a case to the end; rejects with whatever core throws. */
export async function openHostile(one: HostileCase): Promise<void> {
  const bytes = one.files[""] ?? new Uint8Array(0);
  await openers[one.kind](bytesSource(one.name, bytes), bytes, one);
}

async function readAll(source: Source): Promise<void> {
  await readImage(source);
  await (await openImage(source)).readPlane();
  await readCorner(await openPyramid(source));
}

/** The first pixels of each level, and all of those of a small one. */
async function readCorner(reader: PyramidReader): Promise<void> {
  for (const [level, { height, width }] of reader.levels.entries()) {
    const box = { y: 0, x: 0, height: Math.min(64, height), width: Math.min(64, width) };
    await reader.readRegion({ level, box });
  }
}

async function readStore(store: ZarrStore): Promise<void> {
  const { reader } = await openZarr(store);
  const [height, width] = reader.shape.slice(-2);
  await reader.readRegion({ box: { y: 0, x: 0, height, width } });
  await readCorner(reader);
}

/** Files by key, as a folder or an address has them. */
function storeOf(files: HostileCase["files"]): ZarrStore {
  const find = (key: string) =>
    Object.hasOwn(files, key.slice(1)) ? files[key.slice(1)] : undefined;
  return {
    get: async (key) => find(key),
    getRange: async (key, range) => {
      const bytes = find(key);
      if (!bytes) return undefined;
      if ("suffixLength" in range)
        return bytes.slice(Math.max(0, bytes.length - range.suffixLength));
      if (range.offset + range.length > bytes.length)
        throw new FormatError(`${key} ends before byte ${range.offset + range.length}`);
      return bytes.slice(range.offset, range.offset + range.length);
    },
  };
}

function filesOf(name: string, files: HostileCase["files"]): ModelFiles {
  return {
    name,
    open: async (path) =>
      Object.hasOwn(files, path) ? bytesSource(`${name}/${path}`, files[path]) : undefined,
  };
}

/** All that opening a model looks at, its own test too. Validating it may find faults and must not fall over. */
async function readModel(files: ModelFiles): Promise<void> {
  await validateModel(files, sha256);
  const { graph } = await readModelFiles(files, sha256);
  const program = await referenceEngine.load(graph);
  await checkModel(await readModelTest(files, sha256), program);
}

async function sha256(bytes: Uint8Array): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", Uint8Array.from(bytes));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Reads a network and runs it on a picture of 8 x 8. */
async function runOnnx(bytes: Uint8Array): Promise<void> {
  const graph = readOnnx(bytes);
  const program = await referenceEngine.load(graph);
  const inputs = graph.inputs.map(({ name, shape }) => {
    const lengths = shape.map((length, axis) =>
      typeof length === "number" ? length : axis === 0 ? 1 : 8,
    );
    const count = lengths.reduce((a, b) => a * b, 1);
    return [name, { data: new Float32Array(count), shape: lengths }] as const;
  });
  await program.run(Object.fromEntries(inputs));
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
