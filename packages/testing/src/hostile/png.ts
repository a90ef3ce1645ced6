/**
 * PNGs that are cut, lie about their size, or unpack to far more than they are.
 *
 * @module
 */
import { crc32, writePng } from "@cellwright/core";
import { zlibZeros } from "./bomb.js";
import { type Alone, alone, type HostileCase, joined, latin, number, patched } from "./case.js";

/** A sound file of 16 x 12 grey pixels. */
export function soundPng(): Uint8Array<ArrayBuffer> {
  const data = Uint8Array.from({ length: 192 }, (_, i) => (i * 7) % 251);
  return new Uint8Array(writePng({ data, shape: [12, 16], axes: "yx" }));
}

const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

function chunk(type: string, content: Uint8Array): Uint8Array {
  const inner = joined(type, content);
  return joined(
    Uint8Array.from(number(content.length, 4, true)),
    inner,
    Uint8Array.from(number(crc32(inner), 4, true)),
  );
}

interface Head {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  readonly colour: number;
  readonly rest: readonly [compression: number, filter: number, interlace: number];
}

function header(head: Partial<Head>): Uint8Array {
  const { width = 16, height = 12, depth = 8, colour = 0, rest = [0, 0, 0] } = head;
  const lengths = [...number(width, 4, true), ...number(height, 4, true)];
  return chunk("IHDR", Uint8Array.from([...lengths, depth, colour, ...rest]));
}

function pngOf(head: Partial<Head>, stream: Uint8Array, ...between: Uint8Array[]): Uint8Array {
  return joined(
    signature,
    header(head),
    ...between,
    chunk("IDAT", stream),
    chunk("IEND", new Uint8Array(0)),
  );
}

/** The IDAT of the sound file. */
function soundStream(): Uint8Array {
  const sound = soundPng();
  return sound.slice(41, 41 + new DataView(sound.buffer).getUint32(33));
}

function* cases(): Iterable<Alone> {
  const sound = soundPng();
  const stream = soundStream();
  for (const at of [8, 15, 20, 33, 40, 50, sound.length - 12, sound.length - 1])
    yield [`cut-at-${at}`, sound.slice(0, at)];
  for (const [what, head] of Object.entries({
    "width-0": { width: 0 },
    "height-0": { height: 0 },
    "width-2^31": { width: 2 ** 31 },
    "width-17": { width: 17 },
    "depth-3": { depth: 3 },
    "depth-0": { depth: 0 },
    "rgb-of-4-bits": { depth: 4, colour: 2 },
    "colour-5": { colour: 5 },
    "colour-255": { colour: 255 },
    "compression-1": { rest: [1, 0, 0] },
    "filter-method-1": { rest: [0, 1, 0] },
    "interlace-2": { rest: [0, 0, 2] },
    "interlaced-said": { rest: [0, 0, 1] },
    "says-16-bits": { depth: 16 },
    "palette-missing": { colour: 3 },
  } satisfies Record<string, Partial<Head>>))
    yield [what, pngOf(head, stream)];
  yield ["says-a-billion-pixels", pngOf({ width: 30_000, height: 30_000 }, stream)];
  yield ["bomb-as-said", pngOf({ width: 25_000, height: 25_000 }, zlibZeros(25_000 * 25_001)), lim];
  yield ["bomb-says-16", pngOf({}, zlibZeros(2 ** 30))];
  yield [
    "bomb-in-a-text",
    pngOf({}, stream, chunk("zTXt", joined("a\0\0", zlibZeros(2 ** 30)))),
    ok,
  ];
  yield [
    "bomb-in-a-profile",
    pngOf({}, stream, chunk("iCCP", joined("a\0\0", zlibZeros(2 ** 29)))),
    ok,
  ];
  yield ["checksum-wrong", patched(sound, 29, [1, 2, 3, 4])];
  yield ["pixels-damaged", patched(sound, 50, [0, 255, 0, 255, 9])];
  yield ["filter-77", unknownFilter()];
  yield ["header-twice", joined(signature, header({}), sound.slice(8))];
  yield ["header-last", joined(signature, sound.slice(33, sound.length - 12), header({}))];
  yield [
    "header-of-12-bytes",
    joined(signature, chunk("IHDR", new Uint8Array(12)), sound.slice(33)),
  ];
  yield ["no-pixels", joined(signature, header({}), chunk("IEND", new Uint8Array(0)))];
  yield ["length-2^32-1", patched(sound, 33, [255, 255, 255, 255])];
  yield [
    "fifty-thousand-empty-chunks",
    joined(sound.slice(0, 33), manyChunks(50_000), sound.slice(33)),
    ok,
  ];
  yield [
    "palette-of-300",
    pngOf({ colour: 3 }, stream, chunk("PLTE", new Uint8Array(900))),
    either,
  ];
  yield ["palette-of-1-byte", pngOf({ colour: 3 }, stream, chunk("PLTE", new Uint8Array(1)))];
  yield ["jpeg-in-a-png", joined(Uint8Array.of(0xff, 0xd8, 0xff, 0xe0), latin("JFIF"))];
}

const lim = { says: "limit" } as const;
const ok = { expected: "read" } as const;
const either = { expected: "either" } as const;

function manyChunks(count: number): Uint8Array {
  const one = chunk("tEXt", new Uint8Array(0));
  const out = new Uint8Array(count * one.length);
  for (let i = 0; i < count; i++) out.set(one, i * one.length);
  return out;
}

/** One row of one pixel whose filter does not exist, stored without compression. */
function unknownFilter(): Uint8Array {
  const stored = Uint8Array.of(0x78, 0x01, 1, 2, 0, 0xfd, 0xff, 77, 1, 0, 0x9d, 0, 0x4f);
  return pngOf({ width: 1, height: 1 }, stored);
}

/** All of them. */
export function pngCases(): HostileCase[] {
  return alone("png", "image", "png", cases());
}
