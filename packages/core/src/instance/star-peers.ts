/**
 * Which of the circles laid down so far may touch another one: a grid of squares, each with the circles that reach into it.
 *
 * @module
 */

/** Circles by number. */
export interface Peers {
  /** Lays down a circle. Numbers are 0, 1, 2, … in the order in which they are added. */
  add(x: number, y: number, radius: number, index: number): void;
  /** Those that may touch a circle, each once; the list is good until the next question. */
  near(x: number, y: number, radius: number): readonly number[];
}

/** Pixels along a side of a square. */
const side = 16;

/** No circles yet, in `height` x `width` pixels; what lies outside counts to the squares at the border. */
export function startPeers(height: number, width: number): Peers {
  const rows = Math.ceil(height / side);
  const columns = Math.ceil(width / side);
  const squares: number[][] = Array.from({ length: rows * columns }, () => []);
  const asked: number[] = [];
  const found: number[] = [];
  let question = 0;
  const within = (at: number, count: number) =>
    Math.max(0, Math.min(count - 1, Math.floor(at / side)));
  return {
    add(x, y, radius, index) {
      asked[index] = -1;
      for (let row = within(y - radius, rows); row <= within(y + radius, rows); row++)
        for (let c = within(x - radius, columns); c <= within(x + radius, columns); c++)
          squares[row * columns + c].push(index);
    },
    near(x, y, radius) {
      question++;
      found.length = 0;
      const right = within(x + radius, columns);
      const bottom = within(y + radius, rows);
      const left = within(x - radius, columns);
      for (let row = within(y - radius, rows); row <= bottom; row++)
        for (let column = left; column <= right; column++) {
          const square = squares[row * columns + column];
          for (let i = 0; i < square.length; i++) {
            if (asked[square[i]] === question) continue;
            asked[square[i]] = question;
            found.push(square[i]);
          }
        }
      return found;
    },
  };
}
