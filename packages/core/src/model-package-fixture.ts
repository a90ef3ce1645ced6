/**
 * Packages of others, for the tests of what reads them: networks that pass on their input, with operations around them.
 *
 * @module
 */
import { crc32 } from "./crc32.js";
import { writeNpy } from "./format/npy.js";
import type { Labels, Tensor } from "./image.js";
import { type Disc, discLabels, flowMaps } from "./instance/fixture.js";
import type { ModelFiles } from "./model-files.js";
import { writeYaml } from "./model-yaml.js";
import { floats, type Graph, integers } from "./network.js";
import { writeOnnx } from "./onnx-write.js";
import { bytesSource } from "./source.js";

/** Tells files apart, as long as a SHA-256: core has none of its own. */
export const sha256 = (bytes: Uint8Array): string => crc32(bytes).toString(16).padStart(64, "0");

function filesOf(content: Readonly<Record<string, Uint8Array>>): ModelFiles {
  return {
    name: "m",
    open: async (path) => content[path] && bytesSource(`m/${path}`, content[path]),
  };
}

/** A network that gives its input, or every second pixel of it. */
export function passing(channels: number, step = 1): Graph {
  return {
    inputs: [{ name: "raw", shape: ["n", channels, "y", "x"] }],
    nodes:
      step === 1
        ? [{ op: "Identity", inputs: ["raw"], outputs: ["maps"], attributes: {} }]
        : [
            {
              op: "Slice",
              inputs: ["raw", "from", "to", "axes", "steps"],
              outputs: ["maps"],
              attributes: {},
            },
          ],
    outputs: [{ name: "maps", shape: ["n", channels, "y_out", "x_out"] }],
    weights:
      step === 1
        ? {}
        : {
            from: integers([0, 0]),
            to: integers([1e9, 1e9]),
            axes: integers([2, 3]),
            steps: integers([step, step]),
          },
  };
}

/** What a package is made of. */
export interface Package {
  readonly graph: Graph;
  readonly input: Tensor;
  readonly output: Tensor;
  readonly preprocessing?: readonly object[];
  readonly postprocessing: readonly object[];
  /** What of the output's axes differs. */
  readonly axis?: object;
  readonly min?: number;
  readonly step?: number;
}

const named = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, c) => `${prefix}${c}`);
const space = (id: string, size: unknown, more: object = {}) => ({
  type: "space",
  id,
  size,
  ...more,
});

/** The files of a package, its description changed where a test asks for that. */
export function write(
  one: Package,
  change: (d: Record<string, unknown>) => object = (d) => d,
): ModelFiles {
  const batch = { type: "batch" };
  const tensor = ({ data, shape }: Tensor) => writeNpy(floats(data, [1, ...shape]));
  const weights = writeOnnx(one.graph);
  const files = { "w.onnx": weights, "in.npy": tensor(one.input), "out.npy": tensor(one.output) };
  const test = (source: keyof typeof files) => ({ source, sha256: sha256(files[source]) });
  const size = { min: one.min ?? 16, step: one.step ?? 1 };
  const like = (id: string) => space(id, { tensor_id: "raw", axis_id: id, offset: 0 }, one.axis);
  const channel = (prefix: string, { shape }: Tensor) => ({
    type: "channel",
    channel_names: named(prefix, shape[0]),
  });
  const description = {
    format_version: "0.5.10",
    type: "model",
    name: "a package of others",
    description: "Cells.",
    license: "MIT",
    authors: [{ name: "A" }],
    documentation: "README.md",
    inputs: [
      {
        id: "raw",
        axes: [batch, channel("c", one.input), space("y", size), space("x", size)],
        test_tensor: test("in.npy"),
        preprocessing: one.preprocessing ?? [],
      },
    ],
    outputs: [
      {
        id: "maps",
        axes: [batch, channel("m", one.output), like("y"), like("x")],
        test_tensor: test("out.npy"),
        postprocessing: one.postprocessing,
      },
    ],
    weights: {
      onnx: { source: "w.onnx", sha256: sha256(weights), opset_version: 17 },
      torchscript: null,
    },
  };
  return filesOf({
    ...files,
    "README.md": Uint8Array.of(35),
    "rdf.yaml": writeYaml(change(description)),
  });
}

/** Three discs, two of which touch. */
export const discs: Disc[] = [
  { y: 20, x: 20, radius: 9 },
  { y: 20, x: 38, radius: 9 },
  { y: 46, x: 30, radius: 13 },
];
/** The same as labels. */
export const truth: Labels = discLabels(discs, 64, 80);
/** Labels as a tensor of one channel. */
export const cells = (labels: { data: Uint32Array; shape: readonly number[] }): Tensor => ({
  data: Float32Array.from(labels.data),
  shape: [1, ...labels.shape],
  axes: "cyx",
});

/** A package whose operation finds the discs by their flows. */
export const cellpose: Package = {
  graph: passing(3),
  input: flowMaps(truth, discs),
  output: cells(truth),
  postprocessing: [
    {
      id: "cellpose_flow_dynamics",
      kwargs: { cellprob_threshold: 0, flow_threshold: 0.4, do_3D: false },
    },
  ],
};
