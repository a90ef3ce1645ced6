/**
 * What was learnt, written down: a bioimage.io model with its card, test and cover, as one zip.
 *
 * @module
 */
import {
  type Decoder,
  type Engine,
  exampleImage,
  findCells,
  type Graph,
  type Image,
  type Labels,
  type Model,
  makeModelTest,
  outlines,
  percentilesOf,
  planeOf,
  testSize,
  writeModelFiles,
  writeModelZip,
  writeOnnx,
  writePng,
} from "@cellwright/core";
import { type LearnStory, learnCard } from "./learn-card.js";
import { sha256 } from "./sha256.js";

/** What was learnt, and from which model it came. */
export interface Learnt {
  readonly model: Model;
  readonly network: Graph;
  readonly decoder: Decoder;
  readonly name: string;
  readonly seed: number;
}

/** The model as a zip. Its test and cover show made-up images: those that were learnt from are the user's own. */
export async function packLearnt(
  { model: base, network, decoder, name, seed }: Learnt,
  story: LearnStory,
  engine: Engine,
): Promise<Uint8Array> {
  const { weightsHash, version: _, citations: __, ...kept } = base;
  const model: Model = { ...kept, name, decoder, graph: network };
  const { channels, diameter } = model;
  const example = (size: number) =>
    exampleImage(channels, { size, seed, ...(diameter && { diameter }) });
  const program = await engine.load(network);
  try {
    const picture = example(256);
    const { labels } = await findCells(picture, model, program, { rescale: false });
    const files = await writeModelFiles(model, {
      weights: writeOnnx(network),
      ...(await makeModelTest(model, example(testSize(network)), program)),
      readme: learnCard(model, { ...base, weightsHash }, story),
      cover: writePng(cover(planeOf(picture), labels)),
      sha256,
    });
    return writeModelZip(files);
  } finally {
    await program.dispose();
  }
}

/** A plane with its cells outlined in yellow, as red, green and blue. */
function cover(plane: Image, labels: Labels): Image<Uint8Array> {
  const area = plane.data.length;
  const [low, high] = percentilesOf(plane.data, [0.1, 99.9]);
  const outline = outlines(labels).data;
  const data = new Uint8Array(3 * area);
  const line = [240, 228, 66];
  for (let i = 0; i < area; i++) {
    const grey = Math.round((255 * (plane.data[i] - low)) / (high - low || 1));
    for (let c = 0; c < 3; c++)
      data[c * area + i] = outline[i] ? line[c] : Math.max(0, Math.min(255, grey));
  }
  return { data, shape: [3, ...plane.shape], axes: "cyx" };
}
