/**
 * The card of a trained model: what it takes, the command and the images that made it, how good it is on images held back.
 *
 * @module
 */
import {
  averageMatches,
  countMultiplyAdds,
  type Model,
  type NetworkPlan,
  type PaperCell,
  scoreMatches,
  sumMatches,
} from "@cellwright/core";
import type { TrainOptions } from "./commands/train.js";
import type { Judged } from "./train-judge.js";
import type { Settings } from "./train-settings.js";
import { version } from "./version.js";

/** What the card tells of a training. */
export interface Story {
  readonly datasets: readonly string[];
  readonly options: TrainOptions;
  readonly settings: Settings;
  /** Epochs each network was trained for at most, and the one that each was taken from. */
  readonly epochs: number;
  readonly best: readonly number[];
  /** Names of the images that some network learnt from. */
  readonly training: readonly string[];
  /** The images held back, and what was found on them. */
  readonly judged: readonly Judged[];
}

/** The card, Markdown. */
export function cardOf(model: Model, story: Story): string {
  const { settings } = story;
  const lines = [
    `- Input: ${model.channels.join(", ")}${model.pixelSize ? ` at ${model.pixelSize} µm a pixel` : ""}; brightness by ${JSON.stringify(model.normalization)}.`,
    `- Maps: ${model.maps.join(", ")}. Cells are read from them by ${JSON.stringify(model.decoder)}.`,
    ...(model.diameter
      ? [
          `- Size: at home with cells of ${model.diameter} pixels across; images are brought to that by \`--diameter\`, ${model.types ? "or by the pixel size" : "by the pixel size, or by an estimate"}.`,
        ]
      : []),
    ...(model.types ? [`- Types of cells: ${model.types.join(", ")}.`] : []),
    `- Network: ${networkText(story)}, ${multiplyAdds(model)} multiply-adds a pixel.`,
  ];
  const { base } = settings;
  return `# ${model.name}

${model.description}

${lines.join("\n")}

## Training

\`${commandOf(story)}\` (Cellwright ${version()})
${base ? `\nStarted from ${base.model.name} (weights SHA-256 ${base.sha256}).\n` : ""}
${splitText(story)}

## Validation

${validation(story)}`;
}

/** The command that made it, with the seed and the number of epochs spelled out. */
export function commandOf({ datasets, options, settings, epochs }: Story): string {
  const { heldBack } = options;
  const option = (name: string, value: unknown) =>
    value === undefined ? [] : [`--${name}`, Array.isArray(value) ? value.join(",") : `${value}`];
  const words = [
    "cellwright",
    "train",
    ...datasets,
    "-o",
    options.output,
    ...option("preset", settings.name),
    ...option("from", options.from),
    ...option("channel", options.channel),
    ...option("phase", options.phase),
    ...option("nuclear", options.nuclear),
    ...option("types", options.types),
    ...option("pixel-size", options.pixelSize),
    ...option("leave-out", options.leaveOut),
    ...option("folds", options.folds),
    ...option("fold", options.fold),
    ...option("ensemble", options.ensemble),
    ...option("epochs", epochs),
    ...option("seed", options.seed),
    ...option("held-back", options.folds ? undefined : heldBack),
    ...option("patience", options.patience),
    ...option("steps", options.steps),
    ...option("batch", options.batch),
    ...option("crop", options.crop),
    ...option("rate", options.rate),
  ];
  return words.map(quoted).join(" ");
}

/** A word as a shell takes it for one. */
function quoted(word: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

function networkText({ settings, best }: Story): string {
  const one = settings.base
    ? `that of ${settings.base.model.name}, trained further`
    : planText(settings.preset.network);
  return best.length > 1 ? `mean of ${best.length} networks, each ${one}` : one;
}

function planText(plan: NetworkPlan): string {
  if (plan.kind === "unet") return `U-Net of widths ${plan.widths.join(", ")}`;
  return `${plan.patch} x ${plan.patch} network of Van Valen et al. 2016`;
}

function multiplyAdds({ graph, channels }: Model): string {
  const side = 256;
  const shape = [1, channels.length, side, side];
  const total = countMultiplyAdds(graph, { [graph.inputs[0].name]: shape });
  return Math.round(total / side ** 2).toLocaleString("en");
}

function splitText({ options, training, judged, best, epochs }: Story): string {
  if (judged.length === 0)
    return `${training.length} images to learn from, none held back: the network is that of the last epoch, the decoder's parameters are
those it started with.`;
  const chosen = best.length > 1 ? `epochs ${best.join(", ")}` : `epoch ${best[0]}`;
  const how = `The epoch (${chosen} of ${epochs}) and the decoder's parameters were chosen by the AP on the held-back images.`;
  if (options.folds && !options.fold)
    return `${training.length} images in ${options.folds} folds: each network learnt from the images of the other folds and was judged by those of its
own. ${how}`;
  return `${training.length} images to learn from, ${judged.length} held back and never learnt from. ${how}`;
}

function validation({ options, judged }: Story): string {
  if (judged.length === 0) return "Not measured: no images were held back.\n";
  const images = judged.map(({ counts }) => counts);
  const average = averageMatches(images);
  const pooled = scoreMatches(sumMatches(images));
  const at = (threshold: number) =>
    pooled.find((score) => score.threshold === threshold) as (typeof pooled)[number];
  const paper = judged.flatMap(({ paper }) => paper);
  const [typed, right] = [sum(judged.map((j) => j.typed)), sum(judged.map((j) => j.typedRight))];
  const folds = options.folds && !options.fold;
  const scored = folds
    ? "Every image was segmented by the one network that had not learnt from it; the mean of all that is written here was not measured itself."
    : "None of the images was learnt from.";
  return `On the ${judged.length} held-back images, as \`segment\` does it without any options, so with the size of the cells estimated from each
image. ${scored}

${table(
  ["score, pooled over all cells", "value"],
  [
    ["F1 at IoU 0.5", number(at(0.5).f1)],
    ["F1 at IoU 0.75", number(at(0.75).f1)],
    [
      "mean IoU of true cells (IoU at least 0.5), missed ones counting 0",
      number(at(0.5).meanTrueIou),
    ],
    [
      "Jaccard index as in Van Valen et al. 2016 (missed cells do not count)",
      mean(paper, "jaccard"),
    ],
    ["Dice index as in Van Valen et al. 2016 (missed cells do not count)", mean(paper, "dice")],
    ...(typed > 0 ? [[`type right, of ${typed} matched cells`, number(right / typed)]] : []),
  ],
)}

Cells matched one to one; AP = TP / (TP + FP + FN), as the mean over images and from pooled counts.

${table(
  ["IoU", "AP, mean of images", "F1, mean of images", "AP, pooled", "F1, pooled"],
  average.map((score, i) => [
    score.threshold.toFixed(2),
    number(score.averagePrecision),
    number(score.f1),
    number(pooled[i].averagePrecision),
    number(pooled[i].f1),
  ]),
)}

Held back: ${judged.map(({ name }) => name).join(", ")}.
`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
}

function mean(cells: readonly PaperCell[], index: keyof PaperCell): string {
  return cells.length === 0 ? "no cells" : number(sum(cells.map((c) => c[index])) / cells.length);
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}

function number(value: number): string {
  return value.toFixed(3);
}
