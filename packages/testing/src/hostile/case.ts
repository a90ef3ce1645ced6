/**
 * What a hostile case is: files as an attacker or a broken microscope leaves them, how they are opened, and what has to
 * come of it. Plain data, made anew in every run from numbers and a seed.
 *
 * @module
 */

/** How a case is opened. */
export type HostileKind =
  | "image"
  | "zarr"
  | "zarr-zip"
  | "itk"
  | "model"
  | "model-zip"
  | "onnx"
  | "yaml"
  | "rois"
  | "seg"
  | "coco"
  | "geojson"
  | "trackmate"
  | "tracks"
  | "tracks-table"
  | "table"
  | "trk"
  | "geff"
  | "deepcell"
  | "plan";

/** What has to come of a case: an error of ours, something sound, or one of both. */
export type Expected = "refused" | "read" | "either";

/** One case. */
export interface HostileCase {
  /** The family and what is wrong: `tiff/offset-beyond-end`. */
  readonly id: string;
  readonly kind: HostileKind;
  /** What the file or folder is called. */
  readonly name: string;
  /** Bytes by path below the folder; a file alone has the path "". */
  readonly files: Readonly<Record<string, Uint8Array>>;
  readonly expected: Expected;
  /** What the message must contain, where it matters. */
  readonly says?: string;
}

/** What is wrong, and the bytes that have it; expected to be refused unless said. */
export type Alone = readonly [
  what: string,
  bytes: Uint8Array,
  more?: Pick<Partial<HostileCase>, "expected" | "says" | "name">,
];

/** Cases of one file each. */
export function alone(
  family: string,
  kind: HostileKind,
  ending: string,
  list: Iterable<Alone>,
): HostileCase[] {
  return [...list].map(([what, bytes, more]) => ({
    ...{ id: `${family}/${what}`, kind, name: `${what}.${ending}`, files: { "": bytes } },
    expected: "refused",
    ...more,
  }));
}

/** Bytes of text, UTF-8. */
export function text(content: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new TextEncoder().encode(content));
}

/** Bytes of text, one a character. */
export function latin(content: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(content, (sign) => sign.charCodeAt(0));
}

/** A value as JSON; `"#proto"` stands for `__proto__`, which a literal cannot have as a key. */
export function json(value: unknown): Uint8Array<ArrayBuffer> {
  return text(JSON.stringify(value).replaceAll("#proto", "__proto__"));
}

/** Bytes one after the other. */
export function joined(
  ...parts: readonly (Uint8Array | readonly number[] | string)[]
): Uint8Array<ArrayBuffer> {
  const pieces = parts.map((part) => (typeof part === "string" ? latin(part) : part));
  const out = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    out.set(piece, at);
    at += piece.length;
  }
  return out;
}

/** The same bytes with others written over them at a place. */
export function patched(
  bytes: Uint8Array,
  at: number,
  over: Uint8Array | readonly number[] | string,
): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(bytes);
  out.set(typeof over === "string" ? latin(over) : over, at);
  return out;
}

/** A whole number as `size` bytes, the low one first, or last with `big`. */
export function number(value: number | bigint, size: number, big = false): number[] {
  const bytes = Array.from({ length: size }, (_, i) =>
    typeof value === "bigint"
      ? Number((value >> BigInt(8 * i)) & 255n)
      : Math.floor(value / 256 ** i) & 255,
  );
  return big ? bytes.reverse() : bytes;
}

/** What every object inherits, as a list: it must be the same before and after. */
export function inherited(): string {
  return Object.getOwnPropertyNames(Object.prototype).sort().join();
}
