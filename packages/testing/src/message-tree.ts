/**
 * Messages as bytes, such that any bytes are a message: nulls, truth, numbers, texts, lists, objects and bytes, each begun by
 * its kind. So a message can be damaged like a file, and what comes out is still one.
 *
 * @module
 */

const kinds = [
  "null",
  "no",
  "yes",
  "byte",
  "number",
  "text",
  "list",
  "object",
  "bytes",
  "array",
] as const;

/** Deeper than any message that is meant. */
const deepest = 40;

/** The bytes of a message of plain data and `Uint8Array`s. */
export function writeTree(value: unknown): Uint8Array {
  const out: number[] = [];
  const put = (kind: (typeof kinds)[number]) => out.push(kinds.indexOf(kind));
  const many = (length: number) => out.push(length & 255, length >> 8);
  const words = (text: string) => {
    const bytes = new TextEncoder().encode(text);
    many(bytes.length);
    out.push(...bytes);
  };
  const write = (each: unknown): void => {
    if (each === null || each === undefined) put("null");
    else if (typeof each === "boolean") put(each ? "yes" : "no");
    else if (typeof each === "number") {
      put("number");
      out.push(...new Uint8Array(Float64Array.of(each).buffer));
    } else if (typeof each === "string") {
      put("text");
      words(each);
    } else if (each instanceof Uint8Array) {
      put("bytes");
      many(each.length);
      out.push(...each);
    } else if (Array.isArray(each)) {
      put("list");
      many(each.length);
      each.forEach(write);
    } else {
      const entries = Object.entries(each as object);
      put("object");
      many(entries.length);
      for (const [name, one] of entries) {
        words(name);
        write(one);
      }
    }
  };
  write(value);
  return Uint8Array.from(out);
}

/** The message that bytes stand for: where they end early, the rest is null. */
export function readTree(bytes: Uint8Array): unknown {
  let at = 0;
  const take = (length: number) => {
    const part = bytes.slice(at, at + length);
    at = Math.min(bytes.length, at + length);
    return part;
  };
  const many = () => Math.min((bytes[at++] ?? 0) + 256 * (bytes[at++] ?? 0), bytes.length - at);
  const words = () => new TextDecoder().decode(take(Math.max(0, many())));
  const listed = <T>(one: () => T) => Array.from({ length: Math.max(0, many()) }, one);
  const number = () => {
    const part = take(8);
    return part.length === 8 ? new Float64Array(part.buffer)[0] : Number.NaN;
  };
  const array = () => {
    const part = take(many());
    return part.length % 2 === 0 ? new Float32Array(part.buffer, 0, part.length >> 2) : part.buffer;
  };
  const makers: Record<(typeof kinds)[number], (depth: number) => unknown> = {
    null: () => null,
    no: () => false,
    yes: () => true,
    byte: () => bytes[at++] ?? 0,
    text: words,
    bytes: () => take(many()),
    ...{ number, array },
    list: (depth) => listed(() => read(depth + 1)),
    // As a message is made far away: any name is an own field, `__proto__` too.
    object: (depth) => Object.fromEntries(listed(() => [words(), read(depth + 1)])),
  };
  const read = (depth: number): unknown => {
    if (at >= bytes.length || depth > deepest) return null;
    return makers[kinds[bytes[at++] % kinds.length]](depth);
  };
  return read(0);
}
