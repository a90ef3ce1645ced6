/**
 * The page's side of the talk with its worker: asks, hears progress and parts, gives up. The worker starts with the first
 * question.
 *
 * @module
 */
import type { WorkerTalk } from "../worker-talk.js";
import type { EngineChoice, FromWorker, ToWorker, Verb, Verbs, WorkerError } from "./protocol.js";

/** The page's side of the talk. */
export type WorkerPort = WorkerTalk<ToWorker, FromWorker>;

/** How to be patient with a question. */
export interface AskOptions<Part> {
  /** Gives up. */
  readonly signal?: AbortSignal;
  /** Wants what there is so far. */
  readonly finish?: AbortSignal;
  readonly onProgress?: (done: number, detail?: string) => void;
  readonly onPart?: (part: Part) => void;
  readonly transfer?: Transferable[];
}

/** A worker to ask. */
export interface Client {
  /** Answers what the worker answers. Throws what it throws: core's errors as data, the signal's reason where given up. */
  ask<V extends Verb>(
    verb: V,
    input: Verbs[V]["input"],
    options?: AskOptions<Verbs[V]["part"]>,
  ): Promise<Verbs[V]["answer"]>;
  /** Ends the worker. */
  end(): void;
}

interface Question {
  readonly options: AskOptions<unknown>;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: unknown) => void;
  /** Stops listening to the signals. */
  readonly quiet: () => void;
}

/** What {@link workClient} needs. */
export interface ClientOptions {
  readonly start: () => WorkerPort;
  readonly engine: EngineChoice;
  /** A worker that does not answer a cancel within so many milliseconds is ended; default 5000. */
  readonly patience?: number;
}

/** A client for a worker that is started when it is needed, and again when it had to be ended. */
export function workClient({ start, engine, patience = 5000 }: ClientOptions): Client {
  const questions = new Map<number, Question>();
  let port: WorkerPort | undefined;
  let count = 0;

  const fall = (reason: () => unknown) => {
    port?.terminate();
    port = undefined;
    const lost = [...questions.values()];
    questions.clear();
    for (const question of lost) {
      question.quiet();
      question.reject(question.options.signal?.aborted ? question.options.signal.reason : reason());
    }
  };
  const hear = (message: FromWorker) => {
    const question = questions.get(message.id);
    if (!question) return;
    const { options } = question;
    if (message.type === "progress") options.onProgress?.(message.done, message.detail);
    else if (message.type === "part") {
      if (!options.signal?.aborted) options.onPart?.(message.part);
    } else {
      questions.delete(message.id);
      question.quiet();
      if (message.type === "answer") question.resolve(message.answer);
      else question.reject(revived(message.error, options.signal));
    }
  };
  const open = (): WorkerPort => {
    if (port) return port;
    const opened = start();
    opened.onMessage((message) => port === opened && hear(message));
    opened.onError((reason) => {
      if (port === opened) fall(() => new Error(`the worker broke down: ${reason}`));
    });
    opened.postMessage({ type: "start", engine });
    port = opened;
    return opened;
  };

  return {
    ask: async (verb, input, options = {}) => {
      options.signal?.throwIfAborted();
      const asked = open();
      const id = ++count;
      let timer: ReturnType<typeof setTimeout> | undefined;
      const cancel = () => {
        asked.postMessage({ type: "cancel", id });
        timer = setTimeout(() => {
          if (port === asked && questions.has(id))
            fall(() => new Error("the worker was ended, as it did not answer"));
        }, patience);
      };
      const finish = () => asked.postMessage({ type: "finish", id });
      options.signal?.addEventListener("abort", cancel);
      options.finish?.addEventListener("abort", finish);
      return new Promise((resolve, reject) => {
        questions.set(id, {
          options: options as AskOptions<unknown>,
          resolve: resolve as (answer: unknown) => void,
          reject,
          quiet: () => {
            clearTimeout(timer);
            options.signal?.removeEventListener("abort", cancel);
            options.finish?.removeEventListener("abort", finish);
          },
        });
        asked.postMessage({ type: "ask", id, verb, input }, options.transfer);
        if (options.finish?.aborted) finish();
      });
    },
    end: () => fall(() => new DOMException("the page ended its worker", "AbortError")),
  };
}

/** An error that came as data, as one that can be thrown; classes do not cross, but `isCoreError` knows it. */
function revived(error: WorkerError, signal: AbortSignal | undefined): unknown {
  if (error.cancelled) return signal?.reason ?? new DOMException(error.message, "AbortError");
  const { message, kind, details } = error;
  const found = new Error(message);
  return kind ? Object.assign(found, { name: kind, kind, details }) : found;
}
