/**
 * Where bytes come from. Core opens no file and no connection: the caller hands in something that can be read in pieces.
 *
 * @module
 */

/** Bytes that can be read in pieces: a file, an HTTP resource, a drop, an array. */
export interface Source {
  /** What to call it in messages, and where file names matter. */
  readonly name: string;
  readonly byteLength: number;
  /**
   * The bytes from `start` (inclusive) to `end` (exclusive), both within 0 … byteLength. A source that waits for long, as
   * on a network, may stop waiting when `signal` says so.
   */
  read(start: number, end: number, signal?: Signal): Promise<Uint8Array>;
}

/** A source over bytes in memory. */
export function bytesSource(name: string, bytes: Uint8Array): Source {
  // Node's Buffer is a Uint8Array whose `slice` does not copy: a plain view behaves alike everywhere.
  const plain = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
  return {
    name,
    byteLength: plain.length,
    read: async (start, end) => plain.subarray(start, end),
  };
}

/** What a long operation is given to be patient with: an `AbortSignal` is a {@link Signal}. */
export interface Signal {
  readonly aborted: boolean;
  /** Throws the reason for stopping, where there is one. */
  throwIfAborted(): void;
}

/** Cancelling and progress, the same two fields everywhere. */
export interface Watch {
  /** Stops the operation with the signal's own reason. */
  readonly signal?: Signal;
  /** Called as the work proceeds; `done` grows to `total`. */
  readonly onProgress?: (done: number, total: number) => void;
}
