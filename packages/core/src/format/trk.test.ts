import { gunzipSync, gzipSync, strToU8 } from "fflate";
import { describe, expect, test } from "vitest";
import type { Image, Labels } from "../image.js";
import { readTracks } from "./ctc.js";
import { writeNpy } from "./npy.js";
import { readTrk, writeTrk } from "./trk.js";
import { readTar, writeTarGz } from "./trk-tar.js";

function frame(...rows: string[]): Labels {
  const data = Uint32Array.from(rows.join(""), Number);
  return { data, shape: [rows.length, rows[0].length], axes: "yx" };
}

const frames = [frame("110", "115"), frame("110", "005"), frame("203", "200")];
const tracks = readTracks("1 0 1 0\n5 0 1 0\n2 2 2 1\n3 2 2 1");
const raw: Image = {
  data: Uint16Array.from({ length: 36 }, (_, i) => 1000 + i),
  shape: [3, 2, 2, 3],
  axes: "tcyx",
};

/** An archive with some of its files changed. */
function altered(changes: Record<string, Uint8Array | undefined>): Uint8Array {
  const files = readTar(writeTrk({ raw, frames, tracks }));
  for (const [name, bytes] of Object.entries(changes))
    if (bytes) files.set(name, bytes);
    else files.delete(name);
  return writeTarGz(files);
}

const lineage = (value: unknown) => ({ "lineage.json": strToU8(JSON.stringify(value)) });

describe("a movie", () => {
  test("is read back as it was", () => {
    const byBegin = readTracks("1 0 1 0\n5 0 1 0\n2 2 2 1\n3 2 2 1");
    const movies = readTrk(writeTrk({ raw, frames, tracks }));
    expect(movies).toEqual([{ raw, frames, tracks: byBegin, changes: [] }]);
    const plain = readTrk(writeTrk({ frames, tracks }))[0];
    expect(plain.raw).toEqual({ data: new Uint8Array(18), shape: [3, 1, 2, 3], axes: "tcyx" });
  });

  test("has the records that DeepCell writes, channels last", () => {
    const files = readTar(writeTrk({ raw, frames, tracks }));
    expect([...files.keys()]).toEqual(["lineage.json", "raw.npy", "tracked.npy"]);
    const records = JSON.parse(new TextDecoder().decode(files.get("lineage.json")));
    expect(records[1]).toEqual({
      ...{ label: 1, frames: [0, 1], daughters: [2, 3] },
      ...{ parent: null, frame_div: 2, capped: true },
    });
    expect(records[3]).toMatchObject({ parent: 1, frame_div: null, capped: false });
    const shaped = new TextDecoder("latin1").decode(files.get("raw.npy"));
    expect(shaped).toContain("'shape': (3, 2, 3, 2)");
    expect(new TextDecoder("latin1").decode(files.get("tracked.npy"))).toContain("(3, 2, 3, 1)");
  });

  test("images of another size are not written", () => {
    expect(() => writeTrk({ raw: { ...raw, axes: "tyxc" }, frames, tracks })).toThrow(/raw/);
    expect(() => writeTrk({ raw, frames: frames.slice(1), tracks: [] })).toThrow(/2 frames of 2 x/);
    expect(() => writeTrk({ frames: [frames[0], frame("1")], tracks })).toThrow(/frame 1 must be/);
    expect(() => writeTrk({ frames: [], tracks: [] })).toThrow(/at least one/);
  });
});

test("several movies, tar without gzip", () => {
  const data = Int32Array.from([...frames, ...frames].flatMap(({ data: pixels }) => [...pixels]));
  const tracked = writeNpy({ data, shape: [2, 3, 2, 3, 1] });
  const records = [1, 5].map((label) => [label, { label, frames: [0, 1], parent: null }]);
  const one = Object.fromEntries(records);
  const files = new Map([
    ["lineages.json", strToU8(JSON.stringify([one, one]))],
    ["raw.npy", tracked],
    ["tracked.npy", tracked],
  ]);
  const movies = readTrk(gunzipSync(writeTarGz(files)));
  expect(movies).toHaveLength(2);
  expect(movies[1].frames).toEqual(frames);
  expect(movies[1].tracks).toEqual(readTracks("1 0 1 0\n5 0 1 0\n2 2 2 0\n3 2 2 0"));
  expect(movies[1].changes).toEqual([
    "label 2 has no track: it gets one",
    "label 3 has no track: it gets one",
  ]);
});

describe("hostile and damaged files are refused", () => {
  const zeros = (...shape: number[]) =>
    writeNpy({ data: new Uint8Array(shape.reduce((a, b) => a * b, 1)), shape });

  /** The same array, said to be one of objects. */
  const pickled = (npy: Uint8Array) => {
    const text = new TextDecoder("latin1").decode(npy).replace("'|u1'", "'|O' ");
    return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
  };

  test.each([
    ["no lineage", { "lineage.json": undefined }, /must have the file lineage\.json/],
    ["no labels", { "tracked.npy": undefined }, /must have the file tracked\.npy/],
    ["no JSON", { "lineage.json": strToU8("{") }, /lineage\.json is not JSON/],
    ["a lineage that is none", lineage(["a"]), /must be an object/],
    ["two lineages", lineage([{}, {}]), /must have 1 lineages, one a movie, has 2/],
    ["a key that is no label", lineage({ constructor: {} }), /from 1 as key, has "constructor"/],
    ["another label", lineage({ 1: { label: 2 } }), /from 1 as key, has "1"/],
    ["frames of text", lineage({ 1: { frames: ["0"] } }), /track 1 must have whole numbers/],
    ["a negative parent", lineage({ 1: { frames: [0], parent: -1 } }), /track 1 must have whole/],
    ["sizes that differ", { "raw.npy": zeros(3, 2, 4, 1) }, /must have the shape \[3,2,4,1\] like/],
    ["too few axes", { "tracked.npy": zeros(3, 2) }, /tracked\.npy must have 4 axes/],
    [
      "labels that are no whole numbers",
      { "tracked.npy": writeNpy({ data: new Float32Array(18).fill(0.5), shape: [3, 2, 3, 1] }) },
      /whole numbers from 0, has 0.5 in frame 0/,
    ],
    ["a pickle", { "raw.npy": pickled(zeros(3, 2, 3, 1)) }, /NumPy type "\|O"/],
  ])("%s", (_, changes, message) => {
    expect(() => readTrk(altered(changes))).toThrow(message);
  });

  test("a record called __proto__", () => {
    expect(() => readTrk(altered({ "lineage.json": strToU8('{"__proto__": {}}') }))).toThrow(
      /as key, has "__proto__"/,
    );
  });

  test("a bomb stops at the limit", () => {
    const bomb = gzipSync(new Uint8Array(5e6));
    expect(() => readTrk(bomb, { maxBytes: 1e6 })).toThrow(/the limit is 1000000/);
  });

  test("lying sizes, damage and files cut off anywhere", () => {
    const whole = writeTrk({ raw, frames, tracks });
    const tar = gunzipSync(whole);
    for (let length = 0; length < tar.length - 1536; length += 97)
      expect(() => readTrk(tar.subarray(0, length)), `${length}`).toThrow(/must have|cut off|tar/);
    for (let length = 0; length < whole.length; length += 7)
      expect(() => readTrk(whole.subarray(0, length)), `${length}`).toThrow(/damaged|tar/);
    const lying = tar.slice();
    lying.set(strToU8("77777777777"), 124);
    expect(() => readTrk(lying)).toThrow(/checksum at byte 0 differs/);
    const twice = new Uint8Array(2 * tar.length);
    twice.set(tar.subarray(0, tar.length - 1024));
    twice.set(tar, tar.length - 1024);
    expect(() => readTrk(twice)).toThrow(/has the file lineage\.json twice/);
  });

  test("names are keys only", () => {
    const files = readTar(writeTarGz(new Map([["../../etc/passwd", strToU8("x")]])));
    expect([...files.keys()]).toEqual(["../../etc/passwd"]);
    expect(() => writeTarGz(new Map([["é", strToU8("x")]]))).toThrow(/ASCII/);
  });
});
