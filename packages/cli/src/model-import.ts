/**
 * The networks published with the 2016 paper → one model folder: the ensemble as one graph, with the paper's
 * normalisation and decoder.
 *
 * @module
 */
import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import {
  checkDecoder,
  type Engine,
  ensemble,
  FormatError,
  fieldOf,
  floats,
  foldBatchNorm,
  type Graph,
  kerasNetwork,
  type Model,
  normal,
  normalize,
  seeded,
  type Values,
  writeModelFiles,
  writeOnnx,
} from "@cellwright/core";
import type { ImportOptions } from "./commands/models.js";
import { type Context, UsageError } from "./context.js";
import { withFile } from "./file-source.js";
import { readKerasArrays } from "./hdf5.js";
import { sha256, writeModelFolder } from "./model-folder.js";
import { messageOf } from "./report.js";

/** One network of the ensemble, and where it came from. */
interface Member {
  readonly file: string;
  readonly sha256: string;
  readonly runningStd: "deviation" | "variance";
  readonly graph: Graph;
}

/** The paper's networks are of a few megabytes. */
const largestNetwork = 1 << 28;

/** Reads the networks, writes the model folder, says where it is. */
export async function importNetworks(
  inputs: readonly string[],
  options: ImportOptions,
  context: Context,
): Promise<void> {
  const paths = await networkFiles(inputs, context.cwd);
  const name = options.name ?? nameOf(resolve(context.cwd, inputs[0]));
  const folder = resolve(context.cwd, options.output ?? name);
  const members: Member[] = [];
  for (const path of paths) {
    context.signal.throwIfAborted();
    members.push(await readMember(path, options.runningStd));
  }
  const model = modelOf(name, members, options);
  const { engine: engineName, device, threads } = options;
  const engine = await context.openEngine({
    engine: engineName,
    device,
    ...(threads && { threads }),
  });
  const test = await testOf(model, engine);
  const files = await writeModelFiles(model, {
    weights: writeOnnx(model.graph),
    ...test,
    readme: card(model, members),
    tolerance: 1e-4,
    sha256,
  });
  await writeModelFolder(folder, files, { overwrite: options.overwrite ?? false });
  const summary = {
    model: model.name,
    folder,
    networks: members.length,
    channels: model.channels,
    decoder: model.decoder.kind,
  };
  context.stdout(options.json ? `${JSON.stringify(summary)}\n` : `${folder}\n`);
  if (!options.json)
    context.stderr(
      `${model.name}: ${members.length} ${members.length === 1 ? "network" : "networks"}, ` +
        `channels ${model.channels.join(", ")}, decoder ${model.decoder.kind}, running_std read as ${readingOf(members)}\n`,
    );
}

/** The HDF5 files meant by files and folders; in a folder by the order of their names. */
async function networkFiles(inputs: readonly string[], cwd: string): Promise<string[]> {
  const paths: string[] = [];
  for (const input of inputs) {
    const path = resolve(cwd, input);
    if (!(await stat(path)).isDirectory()) {
      paths.push(path);
      continue;
    }
    const names = (await readdir(path)).filter((name) => /\.(h5|hdf5)$/i.test(name)).sort();
    if (names.length === 0)
      throw new FormatError(`${input} must hold networks (.h5 files), holds none`);
    paths.push(...names.map((name) => join(path, name)));
  }
  return paths;
}

/** The folder of the networks, or the network itself, gives the name. */
function nameOf(path: string): string {
  const last = basename(path);
  return /\.(h5|hdf5)$/i.test(last) ? basename(dirname(path)) : last;
}

async function readMember(path: string, reading: ImportOptions["runningStd"]): Promise<Member> {
  try {
    const bytes = await withFile(path, async (source) => {
      if (source.byteLength > largestNetwork)
        throw new FormatError(
          `must have at most ${largestNetwork} bytes, has ${source.byteLength}`,
        );
      return source.read(0, source.byteLength);
    });
    const { arrays, generation } = readKerasArrays(bytes);
    const own = generation === 2016 ? "deviation" : "variance";
    const runningStd = reading === "auto" ? own : reading;
    const graph = foldBatchNorm(kerasNetwork(arrays, { runningStd }));
    return { file: basename(path), sha256: sha256(bytes), runningStd, graph };
  } catch (error) {
    throw new FormatError(`${path}: ${messageOf(error)}`, {}, error);
  }
}

function modelOf(name: string, members: readonly Member[], options: ImportOptions): Model {
  const graph = ensemble(members.map((member) => member.graph));
  const { receptiveField } = fieldOf(graph);
  const [channels, classes] = [Number(graph.inputs[0].shape[1]), Number(graph.outputs[0].shape[1])];
  const kind =
    options.decoder ??
    (channels === 1 ? (receptiveField < 61 ? "bacteria" : "nuclei") : "cytoplasm");
  const names =
    options.channels?.split(",").map((channel) => channel.trim()) ?? usualChannels(kind, channels);
  if (names.length !== channels)
    throw new UsageError(
      `--channels must name the network's ${channels} channels, got ${names.length ? names.join(", ") : "none"}`,
    );
  const interiors = interiorNames(classes - 2, options);
  const count = members.length === 1 ? "One network" : `Mean of ${members.length} networks`;
  return {
    name: titleOf(name),
    description: `${subjects[kind]}. ${count} published with Van Valen et al. 2016 (${receptiveField} x ${receptiveField} pixels), running_std read as ${readingOf(members)}.`,
    version: "1",
    graph,
    channels: names,
    maps: ["edge", ...interiors, "background"],
    ...(interiors.length > 1 && { types: interiors }),
    normalization: { kind: "deepcell2016", window: receptiveField },
    // The defaults are the paper's own parameters.
    decoder: checkDecoder({ kind }),
    pixelSize: options.pixelSize ?? (kind === "bacteria" ? 0.13 : 0.65),
    authors: [{ name: "David A. Van Valen" }],
    tags: ["cells", "segmentation", ...names],
    citations: [
      {
        text: "Van Valen et al. 2016, Deep Learning Automates the Quantitative Analysis of Individual Cells in Live-Cell Imaging Experiments",
        doi: "10.1371/journal.pcbi.1005177",
      },
    ],
  };
}

const subjects = {
  nuclei: "Nuclei in fluorescence images",
  bacteria: "Bacteria in phase contrast images",
  cytoplasm: "Whole mammalian cells in phase contrast images, around their nuclei",
} as const;

function usualChannels(kind: keyof typeof subjects, count: number): string[] {
  if (count === 2) return ["phase", "nuclear"];
  if (count === 1) return [kind === "nuclei" ? "nuclear" : "phase"];
  return [];
}

/** A class of interior is a type of cells where there are several: as the user names them, or by number. */
function interiorNames(count: number, options: ImportOptions): string[] {
  const given = options.types?.split(",").map((type) => type.trim());
  if (given && (given.length !== count || count === 1))
    throw new UsageError(
      count === 1
        ? "the network tells no types of cells apart: leave out --types"
        : `--types must name the network's ${count} types of cells, got ${given.join(", ")}`,
    );
  if (count === 1) return ["interior"];
  return given ?? Array.from({ length: count }, (_, i) => `interior_${i + 1}`);
}

/** A name that bioimage.io allows. */
function titleOf(name: string): string {
  const plain = name.replace(/[^A-Za-z0-9_+\- ()]/g, "-").slice(0, 100);
  return plain.length >= 5 ? plain : `deepcell2016-${plain}`;
}

function readingOf(members: readonly Member[]): string {
  return [...new Set(members.map(({ runningStd }) => runningStd))].join(" and ");
}

/** Noise under the paper's normalisation, and what the network makes of it. */
async function testOf(
  model: Model,
  engine: Engine,
): Promise<Record<"testInput" | "testOutput", Values<Float32Array>>> {
  const side = fieldOf(model.graph).receptiveField + 15;
  const shape = [model.channels.length, side, side];
  const random = seeded(2016);
  const image = {
    data: Float32Array.from({ length: shape[0] * side * side }, () => 1000 + 100 * normal(random)),
    shape,
    axes: "cyx",
  };
  const testInput = floats(normalize(image, model.normalization).data, [1, ...shape]);
  const program = await engine.load(model.graph);
  const [input, output] = [model.graph.inputs[0].name, model.graph.outputs[0].name];
  const maps = (await program.run({ [input]: testInput }))[output];
  await program.dispose();
  return { testInput, testOutput: floats(maps.data as Float32Array, maps.shape) };
}

function card(model: Model, members: readonly Member[]): string {
  const rows = members.map(
    (member) => `| ${member.file} | ${member.runningStd} | ${member.sha256} |`,
  );
  return `# ${model.name}

${model.description}

- Input: ${model.channels.join(", ")} at ${model.pixelSize} µm a pixel; brightness by ${JSON.stringify(model.normalization)}.
- Maps: ${model.maps.join(", ")}. Cells are read from them by ${JSON.stringify(model.decoder)}.
- License: none is stated with the files. Ask their authors before you pass them on.

## Origin

Written by \`cellwright models import\` from the networks below: kernels turned by half a turn, patch-wise layers made dense,
batch normalisation folded, the ensemble's answers averaged. \`running_std\` is a standard deviation in files of 2016 and a
variance in those of 2017; the table says how each was read.

| file | running_std | SHA-256 |
| --- | --- | --- |
${rows.join("\n")}

## Validation

Not measured by this import. The paper reports its accuracy: doi:10.1371/journal.pcbi.1005177.
`;
}
