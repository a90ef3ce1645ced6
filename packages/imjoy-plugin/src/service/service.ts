/**
 * The service: verbs over a host, each call an answer or an error as data, in its turn, to be cancelled.
 *
 * @module
 */
import type { Call } from "./call.js";
import { Fault, worded, wrong } from "./fault.js";
import type { ServiceHost } from "./host.js";
import { type Progress, tellerOf } from "./progress.js";
import { createQueue, type QueueLimits } from "./queue.js";
import { fieldsOf, isPlain } from "./read.js";
import { answered, createRequests, type Request } from "./requests.js";
import type { Schema } from "./schemas.js";
import { bytesIn } from "./source.js";
import {
  type Arguments,
  inferInput,
  inferOptions,
  requestVerbs,
  type Verb,
  verbs,
} from "./verbs.js";
import type { Wire } from "./wire.js";

/** The version of the verbs: the first number changes when a call that worked would no longer. */
export const API_VERSION = "1.0.0";

/** Who calls, and what carries the answer. */
export interface Caller {
  /** The same for all calls of one client. */
  readonly id: string;
  readonly wire: Wire;
}

/** A service. */
export interface Service {
  /** The names of all verbs. */
  readonly names: readonly string[];
  /** A call: arguments in their order, or by name in one object. Never throws: errors are answers. */
  call(name: string, args: readonly unknown[], caller: Caller): Promise<unknown>;
  /** A caller has gone: their calls are cancelled, what is kept for them is forgotten. */
  leave(caller: string): void;
  /** Cancels all calls. */
  end(): void;
  /** How busy it is. */
  readonly load: { readonly running: number; readonly waiting: number; readonly known: number };
}

/** A page works on one call at a time; the next are read meanwhile. */
export const PAGE_LIMITS: QueueLimits = { concurrency: 2, waiting: 16, bytes: 2 ** 29 };

/** Names that may be used for a verb too. */
const ALIASES: Readonly<Record<string, string>> = { train: "finetune" };

/** Makes a service over a host. */
export function createService(host: ServiceHost, limits: QueueLimits = PAGE_LIMITS): Service {
  const queue = createQueue(limits);
  const requests = createRequests();
  const work = async (
    verb: Verb,
    args: Arguments,
    caller: Caller,
    request: Request,
  ): Promise<unknown> => {
    const options = args.get("options");
    const tell = tellerOf(callbackOf(options));
    const call: Call = {
      id: request.id,
      caller: caller.id,
      wire: caller.wire,
      signal: request.signal,
      tell: (share, message) => {
        if (request.signal.aborted) return;
        const told: Progress = { request_id: request.id, share: Math.min(1, share), message };
        request.progress(told.share, message);
        tell(told);
      },
    };
    const run = async () => {
      request.running();
      const answer = await verb.run(args, host, call);
      request.signal.throwIfAborted();
      return answer;
    };
    if (!verb.queued) return run();
    const bytes = [...args.values()].reduce<number>((sum, value) => sum + bytesIn(value), 0);
    return queue.run(run, bytes, request.signal);
  };
  const begin = (args: Arguments, caller: Caller): Request => {
    const id = fieldsOf(args.get("options"), "options").text("request_id", 64);
    return requests.begin(caller.id, id);
  };
  const perform = async (verb: Verb, args: Arguments, caller: Caller): Promise<unknown> => {
    const request = begin(args, caller);
    const answer = await answered(() => work(verb, args, caller, request));
    request.done(answer, false);
    return answer;
  };
  const infer = async (args: Arguments, caller: Caller): Promise<string> => {
    const options = inferOptions(args);
    const own = new Map<string, unknown>([
      ["image", inferInput(args)],
      ["options", options],
    ]);
    const request = begin(own, caller);
    void answered(() => work(verbs.segment, own, caller, request)).then((answer) =>
      request.done(answer, true),
    );
    return request.id;
  };
  const requestVerb = async (name: string, args: Arguments, caller: Caller): Promise<unknown> => {
    if (name === "infer") return infer(args, caller);
    const id = args.get("request_id") ?? undefined;
    const isText = typeof id === "string" && id.length <= 64;
    if (!isText && (id !== undefined || name !== "cancel"))
      throw wrong("request_id", "text of at most 64 characters", worded(id));
    if (name === "get_infer_status") return requests.status(caller.id, id as string);
    return { cancelled: requests.cancel(caller.id, id as string | undefined) };
  };
  return {
    names: verbNames,
    call: (name, args, caller) =>
      answered(async () => {
        const known = Object.hasOwn(ALIASES, name) ? ALIASES[name] : name;
        const named = argumentsOf(known, args);
        if (Object.hasOwn(requestVerbs, known)) return requestVerb(known, named, caller);
        return perform(verbs[known], named, caller);
      }),
    leave: (caller) => {
      requests.leave(caller);
      host.forget?.(caller);
    },
    end: () => requests.end(),
    get load() {
      return { ...queue.load, known: requests.size };
    },
  };
}

/** All verbs that a service answers to. */
export const verbNames: readonly string[] = [
  ...Object.keys(verbs),
  ...Object.keys(ALIASES),
  ...Object.keys(requestVerbs),
];

/** What a verb takes, for programs that choose by it: a name, a description, a JSON schema of its arguments. */
export interface VerbSchema {
  readonly name: string;
  readonly description: string;
  readonly parameters: Schema;
}

/** The schema of a verb; throws {@link Fault} for a name that is none. */
export function schemaOf(name: string): VerbSchema {
  const { description, parameters: properties, required = [] } = infoOf(name);
  return { name, description, parameters: { type: "object", properties, required } };
}

/** The names that a verb's arguments have, in their order, and after them those of its options. */
export function argumentNames(name: string): readonly string[] {
  const { parameters, options } = infoOf(name);
  const own = Object.keys(parameters);
  return [...own, ...options.filter((option) => !own.includes(option))];
}

function infoOf(name: string): Omit<Verb, "run"> {
  const known = Object.hasOwn(ALIASES, name) ? ALIASES[name] : name;
  if (Object.hasOwn(verbs, known)) return verbs[known];
  if (Object.hasOwn(requestVerbs, known)) return requestVerbs[known];
  throw new Fault("missing", `there is no verb ${worded(name)}: there are ${verbNames.join(", ")}`);
}

/**
 * Arguments by their names. They come in their order, those of options after the others; or in one object by their names, as
 * Python's clients and HTTP send them.
 */
function argumentsOf(name: string, args: readonly unknown[]): Arguments {
  const { parameters } = infoOf(name);
  const names = argumentNames(name);
  if (args.length > names.length)
    throw wrong("arguments", `at most ${names.length}`, `${args.length}`);
  const own = Object.keys(parameters);
  const [only] = args;
  const isNamed =
    args.length === 1 && isPlain(only) && !isSource(only) && own.some((one) => hasField(only, one));
  const pairs = isNamed
    ? Object.entries(only).filter(([field]) => !field.startsWith("_"))
    : args.map((value, i) => [names[i], value] as const);
  return gathered(pairs, own);
}

function gathered(
  pairs: readonly (readonly [string, unknown])[],
  own: readonly string[],
): Arguments {
  const found = new Map<string, unknown>();
  const loose: Record<string, unknown> = Object.create(null);
  for (const [field, value] of pairs) {
    if (value === undefined) continue;
    if (own.includes(field)) found.set(field, value);
    else loose[field] = value;
  }
  if (Object.keys(loose).length === 0) return found;
  const options = found.get("options");
  if (options !== undefined && !isPlain(options))
    throw wrong("options", "an object", worded(options));
  return found.set("options", { ...(options as object | undefined), ...loose });
}

function hasField(value: Record<string, unknown>, name: string): boolean {
  return Object.hasOwn(value, name);
}

/** Whether an object is an image rather than arguments by name. */
function isSource(value: Record<string, unknown>): boolean {
  return ["_rtype", "url", "imageType"].some((name) => hasField(value, name));
}

function callbackOf(options: unknown): ((progress: Progress) => unknown) | undefined {
  return fieldsOf(options, "options").call("on_progress") as
    | ((progress: Progress) => unknown)
    | undefined;
}
