/**
 * The calls that are known by an id: those under way, to be cancelled; and those that somebody asks after later.
 *
 * @module
 */
import { type Failed, Fault, failed } from "./fault.js";
import { bytesIn } from "./source.js";

/** How a request stands. */
export type RequestState = "queued" | "running" | "completed" | "failed" | "cancelled";

/** What `get_infer_status` answers; times are those of the service's clock, in seconds since 1970. */
export interface RequestStatus {
  readonly request_id: string;
  readonly state: RequestState;
  readonly submitted_at: number;
  readonly completed_at?: number;
  /** When it came to which state, and the share done where that is known. */
  readonly stages: readonly { readonly state: RequestState; readonly at: number }[];
  readonly progress?: number;
  readonly message?: string;
  /** What the call answered, or `{error}`. */
  readonly result?: unknown;
}

/** A request, for who works on it. */
export interface Request {
  readonly id: string;
  readonly signal: AbortSignal;
  running(): void;
  progress(share: number, message: string): void;
  /** The end: what the call answers. `kept` where somebody will ask for it. */
  done(answer: unknown, kept: boolean): void;
}

/** All requests of a service. */
export interface Requests {
  /** Throws {@link Fault} where the caller has one of this id under way. */
  begin(caller: string, id: string | undefined): Request;
  /** Throws {@link Fault} where there is none of this id. */
  status(caller: string, id: string): RequestStatus;
  /** Cancels one, or all of a caller; answers how many. */
  cancel(caller: string, id?: string): number;
  /** A caller has gone: nothing of theirs is worked on or kept. */
  leave(caller: string): void;
  /** Cancels everything. */
  end(): void;
  /** How many are known. */
  readonly size: number;
}

interface Entry {
  status: RequestStatus;
  readonly caller: string;
  readonly stop: AbortController;
  over: boolean;
}

/** Answers that nobody came for, and their bytes: the oldest are forgotten. */
const MOST_KEPT = 32;
const MOST_BYTES = 2 ** 28;

/** No requests. `now` is the time in seconds. */
export function createRequests(now: () => number = () => Date.now() / 1000): Requests {
  const entries = new Map<string, Entry>();
  const keyOf = (caller: string, id: string) => `${caller}\n${id}`;
  let count = 0;
  const of = (caller: string) => [...entries].filter(([, entry]) => entry.caller === caller);
  const cancelEntry = ({ stop, over }: Entry): number => {
    if (over || stop.signal.aborted) return 0;
    stop.abort(new Fault("cancelled", "the request was cancelled"));
    return 1;
  };
  const trim = () => {
    const kept = [...entries].filter(([, entry]) => entry.over).reverse();
    let bytes = 0;
    for (const [n, [key, { status }]] of kept.entries()) {
      bytes += bytesIn(status.result);
      // The last is kept, however large.
      if (n > 0 && (n >= MOST_KEPT || bytes > MOST_BYTES)) entries.delete(key);
    }
  };
  const find = (caller: string, id: string): Entry => {
    const entry = entries.get(keyOf(caller, id));
    if (!entry) throw new Fault("missing", `there is no request "${id.slice(0, 80)}" of yours`);
    return entry;
  };
  return {
    begin: (caller, wanted) => {
      const id = wanted ?? `request-${++count}`;
      const key = keyOf(caller, id);
      const old = entries.get(key);
      if (old && !old.over)
        throw new Fault("argument", `request_id "${id}" is that of a call under way: take another`);
      const at = now();
      const entry: Entry = {
        caller,
        stop: new AbortController(),
        over: false,
        status: {
          request_id: id,
          state: "queued",
          submitted_at: at,
          stages: [{ state: "queued", at }],
        },
      };
      entries.delete(key);
      entries.set(key, entry);
      const enter = (state: RequestState, more: Partial<RequestStatus> = {}) => {
        const stages = [...entry.status.stages, { state, at: now() }];
        entry.status = { ...entry.status, ...more, state, stages };
      };
      return {
        id,
        signal: entry.stop.signal,
        running: () => enter("running"),
        progress: (share, message) => {
          entry.status = { ...entry.status, progress: share, message };
        },
        done: (answer, kept) => {
          entry.over = true;
          if (!kept && entries.get(key) === entry) entries.delete(key);
          enter(endOf(answer), { completed_at: now(), ...(kept && { result: answer }) });
          trim();
        },
      };
    },
    status: (caller, id) => find(caller, id).status,
    cancel: (caller, id) => {
      if (id !== undefined) return cancelEntry(find(caller, id));
      return of(caller).reduce((sum, [, entry]) => sum + cancelEntry(entry), 0);
    },
    leave: (caller) => {
      for (const [key, entry] of of(caller)) {
        cancelEntry(entry);
        entries.delete(key);
      }
    },
    end: () => {
      for (const entry of entries.values()) cancelEntry(entry);
      entries.clear();
    },
    get size() {
      return entries.size;
    },
  };
}

function endOf(answer: unknown): RequestState {
  const error = (answer as Partial<Failed> | undefined)?.error;
  if (!error) return "completed";
  return error.code === "cancelled" ? "cancelled" : "failed";
}

/** What a call answers, or its error as data. Never throws. */
export async function answered<T>(work: () => Promise<T>): Promise<T | Failed> {
  try {
    return await work();
  } catch (error) {
    return failed(error);
  }
}
