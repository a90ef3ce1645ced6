/**
 * The end of a training, judged: which parameters of the decoder are best on the held-back images, and what a user gets
 * with them there who says nothing about the size of the cells.
 *
 * @module
 */
import {
  cellTypes,
  countMatches,
  type Decoder,
  type Engine,
  foldBatchNorm,
  type Graph,
  type Labels,
  labelsAt,
  type MatchCounts,
  mapsOf,
  matchCells,
  overlapOf,
  type PaperCell,
  type Preset,
  type Program,
  planeOf,
  resample,
  type Sample,
  scorePaper,
  type Tensor,
  tuneDecoder,
} from "@cellwright/core";
import type { Context } from "./context.js";
import { startProgress } from "./progress.js";
import { median } from "./train-data.js";
import type { Exhibit } from "./train-gallery.js";

/** A network and the images that it has not learnt from. */
export interface Trial {
  readonly network: Graph;
  readonly heldBack: readonly Sample[];
}

/** What was found on one held-back image. */
export interface Judged extends Exhibit {
  readonly counts: readonly MatchCounts[];
  /** The paper's indices of its cells. */
  readonly paper: readonly PaperCell[];
  /** Of the matched cells whose type is known: how many there are, and how many were given the right type. */
  readonly typed: number;
  readonly typedRight: number;
}

/** What all of it is judged with. */
export interface JudgeSetup {
  readonly preset: Preset;
  readonly engine: Engine;
  readonly context: Context;
  readonly quiet?: boolean;
  /** What the maps of the networks mean, and which are types. */
  readonly maps: readonly string[];
  readonly types: readonly string[];
  /** The diameter of cells that the model will name. */
  readonly diameter?: number;
}

/**
 * The decoder for the model, and what it finds on each held-back image by the network that has not seen it. Of several
 * networks each parameter is the median of what suits each best.
 */
export async function judgeTrials(
  trials: readonly Trial[],
  setup: JudgeSetup,
): Promise<{ decoder: Decoder; judged: Judged[] }> {
  const judging = trials.filter(({ heldBack }) => heldBack.length > 0);
  const progress = startProgress(setup.context, 2 * judging.length, setup.quiet);
  const programs: Program[] = [];
  try {
    const decoders: Decoder[] = [];
    for (const [i, { network, heldBack }] of judging.entries()) {
      programs.push(await setup.engine.load(foldBatchNorm(network)));
      decoders.push(
        await tuned(heldBack, programs[i], setup, (share) =>
          progress.show(i + share, "choosing the decoder's parameters"),
        ),
      );
    }
    const decoder = decoders.length === 0 ? setup.preset.decoder : middle(decoders);
    const judged: Judged[] = [];
    for (const [i, { heldBack }] of judging.entries())
      for (const [n, sample] of heldBack.entries()) {
        setup.context.signal.throwIfAborted();
        progress.show(judging.length + i + n / heldBack.length, `judging ${sample.name}`);
        judged.push(await judge(sample, programs[i], decoder, setup));
      }
    return { decoder, judged };
  } finally {
    progress.end();
    for (const program of programs) await program.dispose();
  }
}

/** The parameters that suit the images best; those of the paper's decoders stay. */
async function tuned(
  samples: readonly Sample[],
  program: Program,
  { preset, context }: JudgeSetup,
  onShare: (share: number) => void,
): Promise<Decoder> {
  if (preset.decoder.kind !== "watershed") return preset.decoder;
  const { decoder } = await tuneDecoder(samples, program, preset.decoder, {
    ...(preset.diameter !== undefined && { diameter: preset.diameter }),
    signal: context.signal,
    onProgress: (tried, total) => onShare(tried / total),
  });
  return decoder;
}

/** Each parameter the median of those of some decoders of one kind. */
function middle(decoders: readonly Decoder[]): Decoder {
  const rows = decoders.map((decoder) => Object.entries(decoder));
  const fields = rows[0].map(([name, value], i) => [
    name,
    typeof value === "number" ? median(rows.map((row) => row[i][1] as number)) : value,
  ]);
  return Object.fromEntries(fields);
}

/** The whole road, and the scores. */
async function judge(
  sample: Sample,
  program: Program,
  decoder: Decoder,
  { preset, context, maps: names, types, diameter }: JudgeSetup,
): Promise<Judged> {
  const { name, labels: truth, tensor } = sample;
  const [height, width] = truth.shape;
  const size = diameter === undefined ? {} : { diameter, sizeFrom: "estimate" as const };
  const maps = await mapsOf(sample, program, decoder, { ...size, signal: context.signal });
  const found = labelsAt(maps, decoder, height, width);
  const counts = countMatches(truth, found);
  const { truePositives, falsePositives, falseNegatives } = counts[0];
  const all = truePositives + falsePositives + falseNegatives;
  return {
    name,
    plane: planeOf(tensor, { c: 0 }),
    truth,
    found,
    ap50: all === 0 ? 1 : truePositives / all,
    counts,
    paper: scorePaper(found, truth).cells,
    ...(preset.types
      ? typesRight(sample, found, resample(maps, height, width), { maps: names, types })
      : { typed: 0, typedRight: 0 }),
  };
}

/** How many of the matched cells (IoU at least 0.5) are given the type they are of. */
function typesRight(
  { labels: truth, types: known }: Sample,
  found: Labels,
  maps: Tensor,
  names: { readonly maps: readonly string[]; readonly types: readonly string[] },
): { typed: number; typedRight: number } {
  const overlap = overlapOf(truth, found);
  const { type = [] } = cellTypes(found, maps, names);
  let [typed, typedRight] = [0, 0];
  for (const pair of matchCells(overlap, 0.5)) {
    const is = known?.get(overlap.truth.labels[pair.truth]);
    if (is === undefined) continue;
    typed++;
    if (type[pair.found] === names.types[is]) typedRight++;
  }
  return { typed, typedRight };
}
