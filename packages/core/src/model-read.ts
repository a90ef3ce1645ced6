/**
 * The files of a bioimage.io model → a model. Nothing from the model is run: the description is plain data, every
 * path stays inside the folder, and every file is the one that was promised.
 *
 * @module
 */
import { ModelError, UnsupportedError } from "./errors.js";
import type { Model, ModelCard } from "./model.js";
import { cardOf, type MapCard, mapCardOf, only } from "./model-card.js";
import { readDescription } from "./model-description.js";
import { type Field, fieldAt } from "./model-field.js";
import type { Hash, ModelFiles } from "./model-files.js";
import { statedField } from "./model-stated.js";
import { readWeights } from "./model-weights.js";
import { channelAxis, type Graph } from "./network.js";

/** What a model says of itself, without reading its network. Throws {@link ModelError} where it says too little. */
export async function readModelCard(files: ModelFiles): Promise<ModelCard> {
  return cardOf(await readDescription(files));
}

/**
 * The model in a set of files. `sha256` checks that the weights are those the description was written for.
 * Throws {@link ModelError} naming the file and the field where something is missing or contradicts something else,
 * `UnsupportedError` where the model is sound but made for other programs.
 */
export async function readModelFiles(files: ModelFiles, sha256: Hash): Promise<Model> {
  const description = await readDescription(files);
  return withNetwork(files, description, cardOf(description), sha256);
}

/** A model that may say nothing of how to find cells in its maps. */
export type MapModel = MapCard & Pick<Model, "graph">;

/** The same where nothing says how to find cells in its maps: enough for the maps. Throws as {@link readModelFiles}. */
export async function readMapModel(files: ModelFiles, sha256: Hash): Promise<MapModel> {
  const description = await readDescription(files);
  return withNetwork(files, description, mapCardOf(description), sha256);
}

async function withNetwork<C extends MapCard>(
  files: ModelFiles,
  description: Field,
  card: C,
  sha256: Hash,
): Promise<C & Pick<Model, "graph">> {
  const stated = () =>
    statedField(
      only(fieldAt(description, "inputs")),
      only(fieldAt(description, "outputs")),
      card.decoder,
    );
  const { graph, hash } = await readWeights(files, description, sha256, stated);
  const model = { ...card, weightsHash: hash, graph };
  checkPorts(files, model);
  return model;
}

/**
 * The network of a model alone, also where nothing says how to find cells in its maps: enough to run its own test.
 * Throws as {@link readModelFiles}.
 */
export async function readModelNetwork(files: ModelFiles, sha256: Hash): Promise<Graph> {
  const description = await readDescription(files);
  return (await readWeights(files, description, sha256, () => undefined)).graph;
}

/** The network must eat and give what the description says. */
function checkPorts(files: ModelFiles, { graph, channels, maps }: MapModel): void {
  const { inputs, outputs } = graph;
  if (inputs.length !== 1 || outputs.length !== 1)
    throw new UnsupportedError(
      `${files.name}: the network must have one input and one output, has ${inputs.length} and ${outputs.length}`,
    );
  for (const [what, port, names] of [
    ["input", inputs[0], channels] as const,
    ["output", outputs[0], maps] as const,
  ]) {
    const { shape } = port;
    const found = shape[channelAxis(port)];
    // Third parties often leave an output's shape open; then the first run tells.
    if (shape.length === 0 && what === "output") continue;
    if (shape.length !== 4)
      throw new ModelError(
        `${files.name}: the network's ${what} must have 4 axes, has ${shape.length}`,
      );
    if (typeof found === "number" && found !== names.length)
      throw new ModelError(
        `${files.name}: the network's ${what} has ${found} channels, the description names ${names.length}`,
      );
  }
}
