/**
 * What learning does and did: the score epoch by epoch, before and after.
 *
 * @module
 */
import type { JSX } from "preact";
import type { LearnReport } from "../work/bench.js";
import type { LearnPart } from "../work/protocol.js";
import { Button, Section } from "./controls.js";
import { countText } from "./number-text.js";

const WIDTH = 240;
const HEIGHT = 72;

/** The held-back score of the model as it was (epoch 0) and after each epoch. */
export function LearnCurve({ epochs }: { readonly epochs: readonly LearnPart[] }): JSX.Element {
  const last = epochs[epochs.length - 1];
  const count = Math.max(last.epochs, last.epoch, 1);
  const toX = (epoch: number) => 4 + ((WIDTH - 8) * epoch) / count;
  const toY = (score: number) => 4 + (HEIGHT - 8) * (1 - score);
  const points = epochs.map(({ epoch, accuracy }) => [toX(epoch), toY(accuracy.ap)] as const);
  const best = epochs.find(({ epoch }) => epoch === last.best) ?? last;
  return (
    <Section title="Held-back score">
      <svg
        class="curve"
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label={`Average precision after epoch ${last.epoch}: ${last.accuracy.ap.toFixed(2)}; best ${best.accuracy.ap.toFixed(2)}`}
      >
        <path
          class="curve-grid"
          d={`M0 ${toY(0)}H${WIDTH}M0 ${toY(0.5)}H${WIDTH}M0 ${toY(1)}H${WIDTH}`}
        />
        <path class="curve-line" d={`M${points.map((point) => point.join(" ")).join("L")}`} />
        <circle class="curve-best" cx={toX(best.epoch)} cy={toY(best.accuracy.ap)} r="3.500" />
      </svg>
      <p class="hint" role="status">
        Epoch {last.epoch} of {last.epochs}: {last.accuracy.ap.toFixed(3)}
        {best.epoch > 0 && `, best ${best.accuracy.ap.toFixed(3)} after epoch ${best.epoch}`}
      </p>
    </Section>
  );
}

/** What came of it, and what to do with it. */
export function LearnResult(props: {
  readonly report: LearnReport;
  readonly onApply: () => void;
  readonly onDownload: () => void;
}): JSX.Element {
  const { report, onApply, onDownload } = props;
  const { before, after, model, learnt, heldBack } = report;
  return (
    <Section title="What came of it">
      <table class="scores">
        <thead>
          <tr>
            <th scope="col">Held-back score</th>
            <th scope="col">before</th>
            <th scope="col">after</th>
          </tr>
        </thead>
        <tbody>
          {(["ap", "ap50"] as const).map((name) => (
            <tr key={name}>
              <th scope="row">{name === "ap" ? "AP" : "AP at IoU 0.5"}</th>
              <td>{before[name].toFixed(3)}</td>
              <td class={after[name] > before[name] ? "better" : ""}>{after[name].toFixed(3)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="hint">
        Learnt from {countText(learnt.cells, "cell")}, judged by {countText(heldBack.cells, "cell")}
        , in {Math.round(report.seconds)} seconds
        {report.stopped ? "; stopped early" : ""}.
        {model ? "" : " No epoch was better than the model as it was, so it stays as it is."}
      </p>
      {model && (
        <div class="button-row">
          <Button kind="primary" label="Apply to the rest" onClick={onApply} />
          <Button icon="save" label="Download model" onClick={onDownload} />
        </div>
      )}
    </Section>
  );
}
