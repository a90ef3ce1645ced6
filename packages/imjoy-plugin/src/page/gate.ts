/**
 * Stands before the RPC library: lets in what the page around this one may say, and nothing else. The library itself runs
 * code that a message brings, and follows any path of names from our functions to their constructors.
 *
 * @module
 */

/** Who may speak, and which functions they may name. */
export interface GateOptions {
  /** The window around this one. */
  readonly source: unknown;
  readonly origin: string;
  readonly methods: ReadonlySet<string>;
}

/** What of a message event is looked at. */
export interface Heard {
  readonly source: unknown;
  readonly origin: string;
  readonly data: unknown;
  stopImmediatePropagation(): void;
}

/** Messages without arguments that the library needs. */
const plain: ReadonlySet<string> = new Set([
  "getInterface",
  "setInterface",
  "interfaceSetAsRemote",
  "disconnect",
]);

/** The names of fields that lead away from data. */
const forbidden: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

/** A call that may not be made is answered by this function of ours instead. */
export const REFUSAL = "refuse";

/** A listener to be put before all others: it stops what may not go on. */
export function messageGate(options: GateOptions): (event: Heard) => void {
  return (event) => {
    if (event.source !== options.source || event.origin !== options.origin)
      event.stopImmediatePropagation();
    else if (!isSound(event.data, options) && !redirect(event.data))
      event.stopImmediatePropagation();
  };
}

/** Whether a message may reach the library. */
export function isSound(data: unknown, { methods }: Pick<GateOptions, "methods">): boolean {
  if (typeof data !== "object" || data === null) return false;
  const { type, name, id, promise, args } = data as Record<string, unknown>;
  if (typeof type !== "string") return false;
  if (plain.has(type)) return isData(data, 0);
  if (promise !== undefined && !isPair(promise)) return false;
  if (args !== undefined && !(Array.isArray(args) && isData(args, 0))) return false;
  if (type === "method") return typeof name === "string" && methods.has(name);
  return type === "callback" && typeof id === "number" && Number.isSafeInteger(id) && id >= 0;
}

/** Makes a call that somebody waits for into one of {@link REFUSAL}. Answers whether it was one. */
function redirect(data: unknown): boolean {
  const { type, promise } = (data ?? {}) as Record<string, unknown>;
  if (type !== "method" || !isPair(promise)) return false;
  Object.assign(data as object, { name: REFUSAL, args: [] });
  return true;
}

/** Where an answer goes: two callbacks. */
function isPair(promise: unknown): boolean {
  const isCallback = (one: unknown) =>
    typeof one === "object" && one !== null && (one as { _rtype?: unknown })._rtype === "callback";
  return Array.isArray(promise) && promise.length === 2 && promise.every(isCallback);
}

/** How deep data may nest, and how many parts it may have: the library calls itself for each. */
const DEEPEST = 32;
const MOST = 100_000;

/** Whether something is data that does not nest too deep; buffers are not looked into. */
function isData(value: unknown, depth: number, count = { parts: 0 }): boolean {
  if (typeof value !== "object" || value === null) return true;
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer || value instanceof Blob)
    return true;
  if (depth > DEEPEST) return false;
  for (const name of Object.keys(value)) {
    if (++count.parts > MOST || forbidden.has(name)) return false;
    if (!isData((value as Record<string, unknown>)[name], depth + 1, count)) return false;
  }
  return true;
}
