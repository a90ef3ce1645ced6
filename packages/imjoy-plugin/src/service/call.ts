/**
 * One call under way, as the verbs see it.
 *
 * @module
 */
import type { Wire } from "./wire.js";

/** A call. */
export interface Call {
  /** Named by the caller, or by us. */
  readonly id: string;
  /** Who calls. */
  readonly caller: string;
  readonly wire: Wire;
  /** Aborted when the caller cancels or goes away. */
  readonly signal: AbortSignal;
  /** Tells the caller the share done, 0 … 1, and what is being done. */
  tell(share: number, message: string): void;
}
