/**
 * Into how many shards the last step is cut: it looks at no network, and has less to do.
 *
 * @module
 */

/** Shards of `segment` to one of `finalize`. */
export const perFinal = 8;

/** The shards of `finalize` where `segment` has so many. */
export function finalShards(shards: number): number {
  return Math.ceil(shards / perFinal);
}
