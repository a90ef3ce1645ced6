/**
 * Which pieces of two blocks are one cell: those that cover the same pixels where both blocks could see.
 *
 * @module
 */

/**
 * The pairs of pieces, of one block and of another, that share more than half of the pixels that either has. Both arrays
 * are of the same pixels. No piece is in two pairs, so no two cells of a block become one by a third between them.
 *
 * Cells that merely touch across a border are not joined; where the halo is at least as wide as a cell is long, the two
 * pieces of a cell are the same pixels in both.
 */
export function sameCells(a: Uint32Array, b: Uint32Array): (readonly [number, number])[] {
  const areas = [new Map<number, number>(), new Map<number, number>()] as const;
  const shared = new Map<number, { pair: readonly [number, number]; pixels: number }>();
  const add = (map: Map<number, number>, piece: number) =>
    void (piece !== 0 && map.set(piece, (map.get(piece) ?? 0) + 1));
  for (let i = 0; i < a.length; i++) {
    if (a[i] === 0 && b[i] === 0) continue;
    add(areas[0], a[i]);
    add(areas[1], b[i]);
    if (a[i] === 0 || b[i] === 0) continue;
    const key = a[i] * 2 ** 26 + b[i];
    const met = shared.get(key);
    if (met) met.pixels++;
    else shared.set(key, { pair: [a[i], b[i]], pixels: 1 });
  }
  const pairs: (readonly [number, number])[] = [];
  for (const { pair, pixels } of shared.values()) {
    const [one, other] = pair;
    const either = (areas[0].get(one) ?? 0) + (areas[1].get(other) ?? 0) - pixels;
    if (2 * pixels > either) pairs.push(pair);
  }
  return pairs;
}
