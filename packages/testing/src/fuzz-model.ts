/**
 * Models and annotations to damage: descriptions, networks, regions, and what OME says of an image.
 *
 * @module
 */
import {
  bytesSource,
  labelPlanes,
  labelsFromRois,
  listZip,
  type ModelFiles,
  readImage,
  readModelFiles,
  readRois,
  readYaml,
  readZipEntry,
  validateModel,
  writeRois,
} from "@cellwright/core";
import type { FuzzTarget } from "./fuzz.js";
import { spotFiles } from "./spots.js";
import { buildTiff } from "./tiff-file.js";

type Files = ReadonlyMap<string, Uint8Array>;

const text = (words: string) => new TextEncoder().encode(words);
const alone = (list: readonly Uint8Array[]) => list.map((bytes) => new Map([["", bytes]]));
const first = (files: Files) => files.get("") as Uint8Array;

/** Descriptions and networks of models, regions of ImageJ, OME-XML. */
export async function modelTargets(): Promise<FuzzTarget[]> {
  const models = [
    await spotFiles("spots"),
    await spotFiles("two channels", {
      channels: ["phase", "nuclear"],
      ...{ maps: ["probability", "distance", "a", "b"], types: ["a", "b"] },
      ...{ pixelSize: 0.5, tags: ["cells"], license: "MIT", authors: [{ name: "A. Nobody" }] },
    }),
  ];
  const zip = writeRois(labelPlanes(squares()));
  return [
    {
      name: "RDF YAML",
      valid: alone([...models.map((files) => files["bioimageio.yaml"]), text(older)]),
      read: (files) => readDescription(first(files), models[0]),
    },
    {
      name: "ONNX",
      valid: alone(models.map((files) => files["weights.onnx"])),
      read: (files) => readNetwork(first(files), models),
    },
    { name: "OME-XML", valid: alone(xmls.map(text)), read: (files) => readXml(first(files)) },
    {
      name: "RoiSet",
      valid: alone([zip, ...(await regionsOf(zip))]),
      read: (files) => readRegions(first(files)),
    },
  ];
}

/** Two squares that touch, and a ring. */
function squares() {
  const data = new Uint32Array(32 * 24);
  for (let y = 2; y < 20; y++)
    for (let x = 2; x < 28; x++)
      data[y * 32 + x] = x < 12 ? 1 : x < 16 ? 2 : y > 8 && y < 12 && x > 20 ? 0 : 3;
  return { data, shape: [24, 32], axes: "yx" };
}

/** The regions of a set as files of their own. */
async function regionsOf(zip: Uint8Array): Promise<Uint8Array[]> {
  const source = bytesSource("set", zip);
  const entries = await listZip(source);
  return Promise.all(entries.map((entry) => readZipEntry(source, entry, 2 ** 16)));
}

/** A model of which some files were damaged; hashes are taken to be as promised. */
function modelOf(content: Readonly<Record<string, Uint8Array>>): ModelFiles {
  return {
    name: "m",
    open: async (path) =>
      Object.hasOwn(content, path) ? bytesSource(`m/${path}`, content[path]) : undefined,
  };
}

async function readDescription(
  yaml: Uint8Array,
  others: Readonly<Record<string, Uint8Array>>,
): Promise<void> {
  readYaml("bioimageio.yaml", yaml);
  const files = modelOf({ ...others, "bioimageio.yaml": yaml });
  const promised = /sha256: ([0-9a-f]{64})/.exec(new TextDecoder().decode(yaml))?.[1] ?? "";
  const problems = await validateModel(files, () => promised);
  // Descriptions of others need not be ones that we can run.
  if (!problems.some(({ level }) => level === "error") && !isOlder(yaml))
    await readModelFiles(files, () => promised);
}

function isOlder(yaml: Uint8Array): boolean {
  return /format_version: 0\.4/.test(new TextDecoder().decode(yaml));
}

/** Reads a network within the model it is of. */
async function readNetwork(
  weights: Uint8Array,
  models: readonly Readonly<Record<string, Uint8Array>>[],
): Promise<void> {
  const nearest = models.reduce((a, b) =>
    Math.abs(a["weights.onnx"].length - weights.length) <=
    Math.abs(b["weights.onnx"].length - weights.length)
      ? a
      : b,
  );
  const yaml = new TextDecoder().decode(nearest["bioimageio.yaml"]);
  const promised = /weights\.onnx\s+sha256: ([0-9a-f]{64})/.exec(yaml)?.[1] ?? "";
  await readModelFiles(modelOf({ ...nearest, "weights.onnx": weights }), () => promised);
}

async function readXml(xml: Uint8Array): Promise<void> {
  const description = [...xml, 0];
  const values = Array.from({ length: 20 }, (_, i) => i);
  await readImage(bytesSource("a", buildTiff({ values, tags: { 270: [2, description] } })));
}

async function readRegions(bytes: Uint8Array): Promise<void> {
  const regions = await readRois(bytesSource("set", bytes));
  labelsFromRois(regions, 24, 32);
}

const schema = 'xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06"';
const pixels =
  'DimensionOrder="XYZCT" Type="uint8" SizeX="5" SizeY="4" SizeZ="1" SizeC="1" SizeT="1"';

const xmls = [
  `<?xml version="1.0" encoding="UTF-8"?><OME ${schema}><Image ID="Image:0" Name="a &amp; b"><Pixels ID="Pixels:0" ${pixels} PhysicalSizeX="0.5" PhysicalSizeXUnit="µm" TimeIncrement="2" TimeIncrementUnit="min"><Channel ID="Channel:0:0" Name="DAPI" SamplesPerPixel="1"/><TiffData IFD="0" PlaneCount="1"/></Pixels></Image></OME>`,
  `<OME:OME xmlns:OME="x"><!-- c --><OME:Image><OME:Pixels ${pixels}><OME:TiffData FirstZ="0" FirstC="0" FirstT="0" IFD="0" PlaneCount="1"><OME:UUID FileName="a.tif">urn:uuid:1</OME:UUID></OME:TiffData></OME:Pixels></OME:Image></OME:OME>`,
  `<OME ${schema}><Image><Pixels ${pixels}><Channel><![CDATA[<x>]]></Channel></Pixels></Image></OME>`,
];

/** A description as programs of others write it, with anchors and blocks. */
const older = `format_version: 0.5.4
type: model
name: another model
description: >
  Folded text,
  of two lines.
documentation: README.md
license: CC-BY-4.0
authors: [{name: "A B", affiliation: null}]
cite: []
inputs:
- id: raw
  axes: &axes
  - {type: batch}
  - {type: channel, channel_names: [a]}
  - {type: space, id: y, size: {min: 16, step: 16}, scale: 1.0}
  - {type: space, id: x, size: {min: 16, step: 16}, scale: 1.0}
  test_tensor: {source: test_input.npy}
  data: {type: float32}
  preprocessing:
  - {id: zero_mean_unit_variance, kwargs: {eps: 1.0e-06, axes: [y, x]}}
outputs:
- id: maps
  axes: *axes
  test_tensor: {source: test_output.npy}
weights:
  onnx: {source: weights.onnx, opset_version: 17}
timestamp: 2024-01-01T00:00:00
`;
