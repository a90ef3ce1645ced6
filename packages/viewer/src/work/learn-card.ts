/**
 * The card of a model that was trained further in the page: where it comes from, what it learnt from, how good it is on
 * what was held back.
 *
 * @module
 */
import { countLabels, type Model } from "@cellwright/core";
import type { LearnAnswer, LessonInput } from "./protocol.js";

/** What the card tells of learning. */
export interface LearnStory extends Omit<LearnAnswer, "zip"> {
  readonly lessons: readonly LessonInput[];
}

/** The card, Markdown. */
export function learnCard(
  model: Model,
  base: Pick<Model, "name" | "weightsHash">,
  story: LearnStory,
): string {
  const { before, after, epochs, best, stopped, lessons } = story;
  const taught = lessons.filter(({ heldBack }) => !heldBack);
  const held = lessons.filter(({ heldBack }) => heldBack);
  const hash = base.weightsHash ? ` (weights SHA-256 ${base.weightsHash})` : "";
  const ended = stopped ? "stopped by hand after" : "of";
  return `# ${model.name}

${model.description}

- Input: ${model.channels.join(", ")}${model.pixelSize ? ` at ${model.pixelSize} µm a pixel` : ""}; brightness by ${JSON.stringify(model.normalization)}.
- Maps: ${model.maps.join(", ")}. Cells are read from them by ${JSON.stringify(model.decoder)}.
${model.diameter ? `- Size: at home with cells of ${model.diameter} pixels across.\n` : ""}
## Training

Started from ${base.name}${hash}, and trained further in the viewer on ${cellsOf(taught)} corrected cells of ${places(taught)}. Epoch ${best} was kept, ${ended} ${epochs}.

## Validation

Judged by ${cellsOf(held)} cells of ${places(held)}, which were not learnt from, at the size that the corrections say cells have;
the epoch and the decoder's parameters were chosen by them. They lie close to those learnt from: on other images it may be less good.

| AP as the mean of places | before | after |
| --- | --- | --- |
| at IoU 0.5 | ${before.ap50.toFixed(3)} | ${after.ap50.toFixed(3)} |
| at IoU 0.5 … 0.95 | ${before.ap.toFixed(3)} | ${after.ap.toFixed(3)} |

Learnt from: ${taught.map(({ name }) => name).join("; ")}.
Held back: ${held.map(({ name }) => name).join("; ")}.
`;
}

function cellsOf(lessons: readonly LessonInput[]): number {
  return lessons.reduce((sum, { labels }) => sum + countLabels(labels), 0);
}

function places(lessons: readonly LessonInput[]): string {
  return lessons.length === 1 ? "1 place" : `${lessons.length} places`;
}
