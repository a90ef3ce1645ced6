/**
 * Chance, made of a seed: the same seed gives the same numbers on every machine.
 *
 * @module
 */

/** Uniform numbers in 0 (inclusive) … 1 (exclusive). */
export type Random = () => number;

/**
 * A stream of uniform numbers from a seed and, where several streams are wanted, a path of numbers under it.
 * Generator: splitmix32-style mixing of a counter (Steele et al. 2014, "Fast splittable pseudorandom number generators").
 */
export function seeded(seed: number, ...path: readonly number[]): Random {
  let state = mix(seed | 0);
  for (const step of path) state = mix((state ^ Math.imul(step | 0, 0x85ebca6b)) + 0x9e3779b9);
  return () => {
    state = (state + 0x9e3779b9) | 0;
    return mix(state) / 4294967296;
  };
}

/** One number of the normal distribution of mean 0 and standard deviation 1 (Box and Muller 1958). */
export function normal(random: Random): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random()));
  return radius * Math.cos(2 * Math.PI * random());
}

/** The list in a random order, as a new list (Fisher and Yates). */
export function shuffled<T>(list: readonly T[], random: Random): T[] {
  const copy = [...list];
  for (let i = copy.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [copy[i], copy[j]] = [copy[j], copy[i]];
  }
  return copy;
}

function mix(value: number): number {
  let z = value | 0;
  z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
  return (z ^ (z >>> 15)) >>> 0;
}
