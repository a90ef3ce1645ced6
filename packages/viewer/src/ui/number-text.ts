/**
 * Numbers as the page writes them.
 *
 * @module
 */

/** Short, with as many digits as an eye can use: "1234", "0.125", "1.2e-7". */
export function numberText(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e9) return `${value}`;
  if (!Number.isFinite(value)) return `${value}`;
  const short = Number(value.toPrecision(4));
  return `${short}`;
}

/** A zoom in percent: "100 %", "0.25 %". */
export function percentText(share: number): string {
  return `${numberText(Number((100 * share).toPrecision(3)))} %`;
}

/** One or many: "1 cell", "12 cells". */
export function countText(count: number, one: string, many: string = `${one}s`): string {
  return `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
}
