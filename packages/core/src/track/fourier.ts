/**
 * The Fourier transform of a plane whose sides are powers of two.
 * In: real and imaginary parts, flat. Out: the same arrays, changed in place.
 *
 * @module
 */

/** The smallest power of two that is not less. */
export function powerOfTwo(length: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(length, 1)));
}

/**
 * Transforms a plane of `height` x `width` complex numbers in place, without a factor; back with `inverse`, which
 * divides by their number. Radix 2, rows and then columns (Cooley & Tukey 1965).
 */
export function fourier(
  re: Float64Array,
  im: Float64Array,
  height: number,
  width: number,
  inverse = false,
): void {
  const along = planOf(width, inverse);
  for (let y = 0; y < height; y++) transform(re, im, y * width, along);
  const down = planOf(height, inverse);
  // Columns are copied out and back, since steps of a whole row are slow to read again and again.
  const [columnRe, columnIm] = [new Float64Array(height), new Float64Array(height)];
  for (let x = 0; x < width; x++) {
    for (let y = 0, i = x; y < height; y++, i += width) {
      columnRe[y] = re[i];
      columnIm[y] = im[i];
    }
    transform(columnRe, columnIm, 0, down);
    for (let y = 0, i = x; y < height; y++, i += width) {
      re[i] = columnRe[y];
      im[i] = columnIm[y];
    }
  }
  if (!inverse) return;
  for (let i = 0; i < re.length; i++) {
    re[i] /= height * width;
    im[i] /= height * width;
  }
}

/** What transforms of one length share: the order of bits turned round, and the roots of unity. */
interface Plan {
  readonly length: number;
  readonly turned: Uint32Array;
  readonly cos: Float64Array;
  readonly sin: Float64Array;
}

function planOf(length: number, inverse: boolean): Plan {
  const turned = new Uint32Array(length);
  for (let i = 1; i < length; i++) turned[i] = (turned[i >> 1] >> 1) | (i & 1 ? length >> 1 : 0);
  const sign = inverse ? 1 : -1;
  const angle = (k: number): number => (sign * 2 * Math.PI * k) / length;
  const half = Math.max(length / 2, 1);
  const cos = Float64Array.from({ length: half }, (_, k) => Math.cos(angle(k)));
  const sin = Float64Array.from({ length: half }, (_, k) => Math.sin(angle(k)));
  return { length, turned, cos, sin };
}

function transform(
  re: Float64Array,
  im: Float64Array,
  start: number,
  { length, turned, cos, sin }: Plan,
): void {
  for (let i = 0; i < length; i++) {
    const j = turned[i];
    if (j <= i) continue;
    const [a, b] = [start + i, start + j];
    const [keptRe, keptIm] = [re[a], im[a]];
    re[a] = re[b];
    im[a] = im[b];
    re[b] = keptRe;
    im[b] = keptIm;
  }
  for (let half = 1; half < length; half *= 2) {
    const step = length / (2 * half);
    for (let block = start; block < start + length; block += 2 * half)
      for (let k = 0; k < half; k++) {
        const [a, b] = [block + k, block + k + half];
        const [c, s] = [cos[k * step], sin[k * step]];
        const turnedRe = re[b] * c - im[b] * s;
        const turnedIm = re[b] * s + im[b] * c;
        re[b] = re[a] - turnedRe;
        im[b] = im[a] - turnedIm;
        re[a] += turnedRe;
        im[a] += turnedIm;
      }
  }
}
