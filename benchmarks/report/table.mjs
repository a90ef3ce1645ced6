// Markdown tables.

/** A table; the first column to the left, the others to the right. @param {readonly (readonly string[])[]} rows the first is the header */
export function table([header, ...rows]) {
  const line = (/** @type {readonly string[]} */ cells) => `| ${cells.join(" | ")} |`;
  const rule = header.map((_, i) => (i === 0 ? "---" : "---:"));
  return [header, rule, ...rows].map(line).join("\n");
}

/** Three decimals; a dash for what is not there. @param {number | undefined} value */
export function number(value) {
  return value === undefined || !Number.isFinite(value) ? "–" : value.toFixed(3);
}

/** A mean, and the standard deviation where there are several values. @param {readonly number[]} values */
export function spread(values) {
  if (values.length === 0) return "–";
  const mean = meanOf(values);
  if (values.length === 1) return number(mean);
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return `${number(mean)} ± ${Math.sqrt(squares / (values.length - 1)).toFixed(3)}`;
}

/** @param {readonly number[]} values */
export function meanOf(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Items by a word of each, in the order they come. @template T @param {readonly T[]} items @param {(item: T) => string} word */
export function grouped(items, word) {
  const groups = new Map();
  for (const item of items) groups.set(word(item), [...(groups.get(word(item)) ?? []), item]);
  return /** @type {Map<string, T[]>} */ (groups);
}
