/**
 * Contrast limits: two handles below the picture of how often each brightness is there.
 *
 * @module
 */
import type { JSX } from "preact";
import type { Histogram } from "../draw/histogram.js";
import { NumberInput } from "./controls.js";
import { numberText } from "./number-text.js";

/** Steps of the handles across the range. */
const STEPS = 1000;

/** The picture is so many units wide and high. */
const WIDTH = 256;
const HEIGHT = 48;

/** Limits within a range, and what there is between. */
export function LimitsControl(props: {
  readonly limits: readonly [number, number];
  readonly range: readonly [number, number];
  readonly histogram: Histogram | undefined;
  readonly whole: boolean;
  readonly onChange: (limits: readonly [number, number]) => void;
}): JSX.Element {
  const { limits, range, histogram, whole, onChange } = props;
  const extent = Math.max(range[1] - range[0], 1e-12);
  const stepOf = (value: number) => Math.round((STEPS * (value - range[0])) / extent);
  const valueAt = (at: number) => {
    const value = range[0] + (extent * at) / STEPS;
    return whole && extent > 50 ? Math.round(value) : value;
  };
  const set = (low: number, high: number, moved: 0 | 1) => {
    if (low <= high) onChange([low, high]);
    else onChange(moved === 0 ? [high, high] : [low, low]);
  };
  const share = (value: number) => Math.min(Math.max((value - range[0]) / extent, 0), 1);
  return (
    <div class="limits">
      <div class="histogram">
        <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
          {histogram && <path class="histogram-bars" d={outlineOf(histogram, range)} />}
          <path
            class="histogram-ramp"
            d={`M${WIDTH * share(limits[0])} ${HEIGHT}L${WIDTH * share(limits[1])} 0`}
          />
          <rect
            class="histogram-out"
            x="0"
            y="0"
            width={WIDTH * share(limits[0])}
            height={HEIGHT}
          />
          <rect
            class="histogram-out"
            x={WIDTH * share(limits[1])}
            y="0"
            width={WIDTH * (1 - share(limits[1]))}
            height={HEIGHT}
          />
        </svg>
        {(["Lower contrast limit", "Upper contrast limit"] as const).map((label, i) => (
          <input
            key={label}
            class="limit-handle"
            type="range"
            min={0}
            max={STEPS}
            step={1}
            value={stepOf(limits[i])}
            aria-label={label}
            aria-valuetext={numberText(limits[i])}
            onInput={(event) => {
              const value = valueAt(event.currentTarget.valueAsNumber);
              if (i === 0) set(value, limits[1], 0);
              else set(limits[0], value, 1);
            }}
          />
        ))}
      </div>
      <div class="limit-numbers">
        <NumberInput
          label="Lower contrast limit as a number"
          value={roundForInput(limits[0])}
          step="any"
          onChange={(value) => set(value, limits[1], 0)}
        />
        <NumberInput
          label="Upper contrast limit as a number"
          value={roundForInput(limits[1])}
          step="any"
          onChange={(value) => set(limits[0], value, 1)}
        />
      </div>
    </div>
  );
}

/** The counts as a hill, by the square root so that the rare can be seen beside the common. */
function outlineOf(
  { counts, range: sampled }: Histogram,
  range: readonly [number, number],
): string {
  const extent = Math.max(range[1] - range[0], 1e-12);
  const most = Math.sqrt(counts.reduce((a, b) => Math.max(a, b), 1));
  const parts: string[] = [];
  for (let i = 0; i < counts.length; i++) {
    const value = (edge: number) =>
      sampled[0] + ((sampled[1] - sampled[0]) * (i + edge)) / counts.length;
    const x0 = (WIDTH * (value(0) - range[0])) / extent;
    const x1 = (WIDTH * (value(1) - range[0])) / extent;
    const y = HEIGHT * (1 - Math.sqrt(counts[i]) / most);
    if (x1 >= 0 && x0 <= WIDTH) parts.push(`L${x0.toFixed(2)} ${y.toFixed(2)}H${x1.toFixed(2)}`);
  }
  return `M0 ${HEIGHT}${parts.join("")}V${HEIGHT}Z`;
}

function roundForInput(value: number): number {
  return Number(value.toPrecision(6));
}
