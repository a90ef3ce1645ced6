/**
 * The brightness of a channel that is read piece by piece: what recipes of normalisation ask of all its pixels.
 * In: pixels, as they come. Out: percentiles and moments, those of all pixels together.
 *
 * @module
 */
import { ShapeError } from "../errors.js";
import type { Spread } from "../fixed.js";
import { spreadOf } from "../fixed.js";
import type { SampleType } from "../format/sample-type.js";
import { pixelsOf } from "../format/sample-type.js";
import type { Pixels } from "../image.js";
import { percentilesBy } from "../percentile.js";

/** The pixels of a channel, as far as they came. */
export interface Gathering {
  /** Takes pixels, which are not kept. Throws {@link ShapeError} for one that is no finite number. */
  add(pixels: Pixels): void;
  /** Takes `count` pixels of one brightness. */
  addMany(value: number, count: number): void;
  /** What all of them say; none brighter than the `saturated` percent that are the brightest, see `saturate`. */
  end(saturated?: number): { readonly spread: Spread; readonly most?: number };
}

/**
 * Gathers pixels of a type. Of 8 and 16 bits every value is counted, so that there may be any number of pixels; of others
 * they are kept, and there may be no more than `most`.
 */
export function gatherSpread(type: SampleType, most: number = 2 ** 26): Gathering {
  return /^u?int(8|16)$/.test(type) ? counting(type) : keeping(type, most);
}

/** Of pixels of up to 16 bits. */
function counting(type: SampleType): Gathering {
  const lowest = type === "int8" ? -128 : type === "int16" ? -32768 : 0;
  const counts = new Float64Array(type.endsWith("8") ? 256 : 65536);
  let origin: number | undefined;
  return {
    add(pixels) {
      if (pixels.length > 0) origin ??= pixels[0];
      for (let i = 0; i < pixels.length; i++) counts[pixels[i] - lowest]++;
    },
    addMany(value, count) {
      origin ??= value;
      counts[value - lowest] += count;
    },
    end(saturated = 0) {
      const from = { lowest, origin: origin ?? 0 };
      if (saturated === 0) return { spread: spreadOfCounts(counts, from) };
      const [most] = spreadOfCounts(counts, from).percentiles([100 - saturated]);
      const kept = counts.slice();
      const top = Math.trunc(most) - lowest;
      for (let i = top + 1; i < kept.length; i++) {
        kept[top] += kept[i];
        kept[i] = 0;
      }
      const first = from.origin > most ? Math.trunc(most) : from.origin;
      return { spread: spreadOfCounts(kept, { lowest, origin: first }), most };
    },
  };
}

function spreadOfCounts(
  counts: Float64Array,
  { lowest, origin }: { readonly lowest: number; readonly origin: number },
): Spread {
  const total = counts.reduce((a, b) => a + b, 0);
  const valueAt = (n: number) => {
    let value = 0;
    for (let seen = counts[0]; seen <= n; seen += counts[value]) value++;
    return value + lowest;
  };
  return {
    percentiles: (percents) => percentilesBy(valueAt, total, percents),
    moments() {
      let sum = 0;
      for (let i = 0; i < counts.length; i++) sum += counts[i] * (i + lowest - origin);
      const mean = sum / total;
      let squares = 0;
      for (let i = 0; i < counts.length; i++)
        squares += counts[i] * (i + lowest - origin - mean) ** 2;
      return { origin, mean, deviation: Math.sqrt(squares / total) };
    },
  };
}

/** Of any pixels. */
function keeping(type: SampleType, most: number): Gathering {
  let kept = pixelsOf(type, 2 ** 16);
  let count = 0;
  const room = (more: number) => {
    if (count + more > most) throw new ShapeError("pixels", `at most ${most}`, `${count + more}`);
    if (count + more <= kept.length) return;
    const larger = pixelsOf(type, Math.min(most, Math.max(2 * kept.length, count + more)));
    larger.set(kept.subarray(0, count));
    kept = larger;
  };
  return {
    add(pixels) {
      for (let i = 0; i < pixels.length; i++)
        if (!Number.isFinite(pixels[i]))
          throw new ShapeError("image", "finite numbers everywhere", `${pixels[i]}`);
      room(pixels.length);
      kept.set(pixels, count);
      count += pixels.length;
    },
    addMany(value, more) {
      room(more);
      kept.fill(value, count, count + more);
      count += more;
    },
    end(saturated = 0) {
      const all = kept.subarray(0, count);
      if (saturated === 0) return { spread: spreadOf(all) };
      const [top] = spreadOf(all).percentiles([100 - saturated]);
      const bounded = all.slice();
      for (let i = 0; i < bounded.length; i++) if (bounded[i] > top) bounded[i] = top;
      return { spread: spreadOf(bounded), most: top };
    },
  };
}
