/**
 * The curve of a training: loss and held-back accuracy, epoch by epoch.
 *
 * @module
 */
import { type Accuracy, type Line, plotPanels } from "@cellwright/core";
import type { EpochLog } from "./train-checkpoint.js";

/** What is drawn beside the log. */
export interface CurveOptions {
  readonly title: string;
  /** Epochs the training will have at most. */
  readonly epochs: number;
  /** Number of the epoch that is the best so far. */
  readonly best: number;
  /** How good the network was that training started from. */
  readonly before?: Accuracy;
}

/** The curve as SVG: the loss above, the AP on the held-back images (where there are any) below. */
export function drawCurve(log: readonly EpochLog[], options: CurveOptions): string {
  const { title, epochs, best, before } = options;
  const last = Math.max(epochs, 2);
  const loss: Line = {
    label: "loss",
    colour: 0,
    points: log.map((entry) => ({ x: entry.epoch, y: entry.loss })),
  };
  const judged = log.filter((entry) => entry.ap !== undefined);
  const accuracy = (label: string, colour: number, key: "ap50" | "ap"): Line[] => [
    { label, colour, points: judged.map((entry) => ({ x: entry.epoch, y: entry[key] ?? 0 })) },
    ...(before
      ? [{ label: `${label} before`, colour, dashed: true, points: level(before[key], last) }]
      : []),
  ];
  const ap = {
    label: "held-back AP",
    range: [0, 1] as const,
    lines: [...accuracy("AP@0.5", 1, "ap50"), ...accuracy("AP 0.5 … 0.95", 2, "ap")],
  };
  return plotPanels({
    title,
    label: "epoch",
    range: [1, last],
    panels: [{ label: "training loss", lines: [loss] }, ...(judged.length > 0 ? [ap] : [])],
    ...(judged.length > 0 && { mark: { x: best, label: `best: ${best}` } }),
  });
}

function level(y: number, last: number): Line["points"] {
  return [
    { x: 1, y },
    { x: last, y },
  ];
}
