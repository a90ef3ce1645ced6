/**
 * Telling a caller how far a call is, without ever waiting for them: a callback may take its time, fail, or never answer.
 *
 * @module
 */

/** What a callback is told. */
export interface Progress {
  readonly request_id: string;
  /** 0 … 1. */
  readonly share: number;
  /** What is being done. */
  readonly message: string;
}

/**
 * Tells the latest news; the next only when the callback has answered. One that failed is not called again: RPC libraries
 * refuse the second call of a callback that came in an object without `_rintf`.
 */
export function tellerOf(
  callback: ((progress: Progress) => unknown) | undefined,
): (progress: Progress) => void {
  if (!callback) return () => undefined;
  let waiting: Progress | undefined;
  let busy = false;
  const tell = async (progress: Progress): Promise<void> => {
    busy = true;
    try {
      await callback(progress);
      busy = false;
    } catch {
      // Stays busy: nobody listens.
      return;
    }
    const next = waiting;
    waiting = undefined;
    if (next) void tell(next);
  };
  return (progress) => {
    if (busy) waiting = progress;
    else void tell(progress);
  };
}
