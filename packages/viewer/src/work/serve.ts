/**
 * The worker's side of the talk: takes requests, one after the other, and answers them. Hears cancels in between.
 *
 * @module
 */
import { type CoreError, type Engine, inputSizes, isCoreError } from "@cellwright/core";
import type { Talk } from "../worker-talk.js";
import { describe } from "./describe.js";
import { findPlane } from "./find.js";
import { holdModels } from "./held.js";
import { learnFrom } from "./learn-run.js";
import { packModel } from "./model-source.js";
import type { EngineChoice, FromWorker, ToWorker, Verb, Verbs, WorkerError } from "./protocol.js";
import type { Task } from "./task.js";
import { trackFrames } from "./track-run.js";

/** What carries the talk: a worker's own scope, or in tests one end of a channel. */
export type Port = Talk<FromWorker, ToWorker>;

type Answer<V extends Verb> = Verbs[V]["answer"];
type Action<V extends Verb> = (
  input: Verbs[V]["input"],
  task: Task<Verbs[V]["part"]>,
) => Promise<Answer<V>>;

const actions: { readonly [V in Verb]: Action<V> } = {
  describe,
  reach: async (model, { held }) => {
    if (model.kind === "method") return { reach: METHOD_REACH };
    const { halo, crop } = inputSizes((await held.open(model)).model.graph);
    return { reach: halo + Math.ceil(crop / 2) };
  },
  find: findPlane,
  learn: learnFrom,
  track: trackFrames,
  package: packModel,
};

/** Pixels that a classical method looks at around a cell, about: a background of some cells' width. */
const METHOD_REACH = 200;

/** Verbs that need no engine and little time: they are answered beside a long one. */
const quick: ReadonlySet<Verb> = new Set<Verb>(["describe", "package"]);

/** Serves a port. `open` makes the engine, when it is first needed. */
export function serveWork(port: Port, open: (choice: EngineChoice) => Promise<Engine>): void {
  const running = new Map<number, { cancel: AbortController; finish: AbortController }>();
  let choice: EngineChoice | undefined;
  let opened: Promise<Engine> | undefined;
  let last: Promise<void> = Promise.resolve();
  const engine = () => {
    opened ??= (choice ? open(choice) : Promise.reject(new Error("no engine was chosen"))).catch(
      (error: unknown) => {
        // What could not be fetched now may be there the next time.
        opened = undefined;
        throw error;
      },
    );
    return opened;
  };
  const held = holdModels(engine);
  const answer = async (id: number, verb: Verb, input: unknown) => {
    const cancel = new AbortController();
    const finish = new AbortController();
    running.set(id, { cancel, finish });
    const before = quick.has(verb) ? undefined : last;
    let done: () => void = () => undefined;
    if (before)
      last = new Promise((resolve) => {
        done = resolve;
      });
    try {
      await before;
      cancel.signal.throwIfAborted();
      const task: Task<unknown> = {
        held,
        engine,
        signal: cancel.signal,
        finish: finish.signal,
        progress: (share, detail) =>
          port.postMessage({ type: "progress", id, done: share, detail }),
        part: (part, transfer) =>
          port.postMessage({ type: "part", id, part }, transfer as Transferable[]),
        pause: () => new Promise((resolve) => setTimeout(resolve, 0)),
      };
      const action = actions[verb] as (input: unknown, task: Task<unknown>) => Promise<unknown>;
      const result = await action(input, task);
      port.postMessage({ type: "answer", id, answer: result }, buffersOf(result));
    } catch (error) {
      port.postMessage({ type: "error", id, error: plain(error, cancel.signal.aborted) });
    } finally {
      running.delete(id);
      done();
    }
  };
  port.onMessage((message) => {
    if (message.type === "start") choice = message.engine;
    else if (message.type === "ask") void answer(message.id, message.verb, message.input);
    else if (message.type === "cancel") running.get(message.id)?.cancel.abort();
    else running.get(message.id)?.finish.abort();
  });
}

/** The memory of an answer's arrays: it is handed over. */
function buffersOf(value: unknown): ArrayBuffer[] {
  const found = new Set<ArrayBuffer>();
  const visit = (inner: unknown) => {
    if (ArrayBuffer.isView(inner)) {
      if (inner.buffer instanceof ArrayBuffer) found.add(inner.buffer);
    } else if (typeof inner === "object" && inner !== null) Object.values(inner).forEach(visit);
  };
  visit(value);
  return [...found];
}

function plain(error: unknown, cancelled: boolean): WorkerError {
  const message = error instanceof Error ? error.message : String(error);
  if (cancelled) return { message, cancelled };
  if (!isCoreError(error)) return { message };
  const { kind, details } = error as CoreError;
  return { kind, message, details: JSON.parse(JSON.stringify(details)) };
}
