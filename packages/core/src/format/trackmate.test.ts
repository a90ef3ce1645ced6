import { describe, expect, test } from "vitest";
import { readTracks } from "./ctc.js";
import { trackedCells } from "./tracked-cells.js";
import { readTrackmate } from "./trackmate.js";
import { writeTrackmate } from "./trackmate-write.js";

const frames = [
  [1, 1, 0, 9, 0, 4],
  [1, 1, 0, 9, 0, 0],
  [2, 0, 3, 3, 0, 0],
  [2, 0, 3, 3, 0, 8],
].map((row) => ({ data: Uint32Array.from(row), shape: [1, 6], axes: "yx" }));
const tracks = readTracks("1 0 1 0\n2 2 3 1\n3 2 3 1\n4 0 0 0\n8 3 3 4\n9 0 1 0");
const plain = trackedCells(frames, tracks);
const rows = plain.track.length;
const cells = {
  ...plain,
  columns: {
    ...plain.columns,
    "intensity_mean-0": Float64Array.from({ length: rows }, (_, i) =>
      i === 2 ? Number.NaN : i / 7,
    ),
  },
};

describe("what is written", () => {
  test("is read back as it was: lineages, a gap, lone cells, missing numbers", () => {
    expect(readTrackmate(writeTrackmate(cells))).toEqual({ ...cells, merges: 0 });
  });

  test("is in micrometres and seconds where their sizes are given, and comes back in pixels", () => {
    const text = writeTrackmate(cells, {
      pixelSize: 0.25,
      interval: 300,
      image: 'a "b" & <c>.tif',
    });
    expect(text).toContain('spatialunits="micron" timeunits="sec"');
    expect(text).toMatch(/POSITION_X="0.125" .*POSITION_T="300" FRAME="1" .* AREA="0.125"/);
    expect(text).toContain('filename="a &quot;b&quot; &amp; &lt;c>.tif"'.replace("c>", "c&gt;"));
    expect(text).toContain('width="6" height="1" nslices="1" nframes="4" pixelwidth="0.25"');
    const spacing = { t: 300, y: 0.25, x: 0.25 };
    expect(readTrackmate(text)).toEqual({ ...cells, merges: 0, spacing });
    const others = text.replace('"micron"', '"nm"').replace('"sec"', '"min"');
    expect(readTrackmate(others).spacing).toEqual({ t: 18000, y: 0.00025, x: 0.00025 });
    expect(() => writeTrackmate(cells, { pixelSize: 0 })).toThrow(/pixelSize must be above 0/);
  });

  test("has an edge from a mother to each daughter, in one track of TrackMate", () => {
    const text = writeTrackmate(cells);
    expect(text.match(/<Track /g)).toHaveLength(3);
    const first = /<Track name="Track_1".*?<\/Track>/s.exec(text)?.[0];
    expect(first?.match(/SPOT_SOURCE_ID="3"/g)).toHaveLength(2);
  });

  test("columns get names that attributes can have", () => {
    const odd = { ...cells, columns: { "µ x": plain.y, "1st": plain.x } };
    expect(Object.keys(readTrackmate(writeTrackmate(odd)).columns)).toEqual(["__x", "_1st"]);
    const clash = { ...cells, columns: { "a b": plain.y, "a c": plain.x, a_b: plain.x } };
    expect(() => writeTrackmate(clash)).toThrow(/free in TrackMate, got "a_b"/);
  });
});

/** A file with spots (id, frame, x, more) and the edges of one track. */
function file(spots: readonly string[], edges: readonly string[], rest = ""): string {
  const tags = spots.map((spot) => {
    const [id, frame, x, ...more] = spot.split(" ");
    return `<Spot ID="${id}" FRAME="${frame}" POSITION_X="${x}" POSITION_Y="0.5" ${more.join(" ")} />`;
  });
  const links = edges.map((edge) => {
    const [from, to] = edge.split(" ");
    return `<Edge SPOT_SOURCE_ID="${from}" SPOT_TARGET_ID="${to}" />`;
  });
  return `<TrackMate version="7"><Model><AllSpots><SpotsInFrame frame="0">${tags.join("")}</SpotsInFrame></AllSpots><AllTracks><Track TRACK_ID="3">${links.join("")}</Track></AllTracks>${rest}</Model></TrackMate>`;
}

describe("what TrackMate itself saves", () => {
  test("tracks that are filtered out, and spots that are invisible, stay out", () => {
    const spots = ["70 0 1", "71 1 2", '72 1 9 VISIBILITY="1"', '73 0 9 VISIBILITY="0"'];
    const all = readTrackmate(file(spots, ["71 70"]));
    expect(all.tracks).toEqual(readTracks("1 0 1 0\n2 1 1 0"));
    const none = readTrackmate(file(spots, ["71 70"], "<FilteredTracks></FilteredTracks>"));
    expect(none.tracks).toEqual(readTracks("1 1 1 0"));
    const one = '<FilteredTracks><TrackID TRACK_ID="3" /></FilteredTracks>';
    expect(readTrackmate(file(spots, ["70 71"], one)).tracks).toHaveLength(2);
  });

  test("divisions and missed frames make daughters, merging cells are counted", () => {
    const spots = ["1 0 1", "2 1 1", "3 1 5", "4 3 5", "5 4 3"];
    const read = readTrackmate(file(spots, ["1 2", "1 3", "3 4", "4 5", "2 5"]));
    expect(read.merges).toBe(1);
    expect(read.tracks).toEqual(readTracks("1 0 0 0\n2 1 1 1\n3 1 1 1\n4 3 3 3\n5 4 4 0"));
  });

  test("features are columns where they are numbers", () => {
    const spots = ['1 0 1 MEAN="3.5" NOTE="a" __proto__="1"', '2 0 2 MEAN="NaN" NOTE="1"', "3 0 3"];
    const { columns } = readTrackmate(file(spots, []));
    expect(Object.keys(columns)).toEqual(["MEAN", "__proto__"]);
    expect([...columns.MEAN]).toEqual([3.5, Number.NaN, Number.NaN]);
    expect(({} as Record<string, unknown>).MEAN).toBeUndefined();
  });

  test.each([
    ["another file", "<OME></OME>", /must be a TrackMate file, begins with <OME>/],
    ["nothing", "", /begins with <nothing>/],
    ["an entity bomb", '<!DOCTYPE a [<!ENTITY b "c">]><TrackMate/>', /DOCTYPE/],
    ["an end too early", file([], []).slice(0, -12), /ends within/],
    ["a spot twice", file(["1 0 1", "1 1 1"], []), /each spot once, has ID "1"/],
    ["an edge to nowhere", file(["1 0 1"], ["1 2"]), /edge to spot "2", which is not there/],
    ["an edge within a frame", file(["1 0 1", "2 0 1"], ["1 2"]), /link within frame 0/],
    ["a place that is none", file(["1 0 here"], []), /spot "1" must have a POSITION_X, has here/],
    ["a negative frame", file(["1 -1 1"], []), /spot "1" must be in a frame from 0, is in -1/],
    ["half a frame", file(["1 0.5 1"], []), /must be in a frame from 0, is in 0.5/],
  ])("%s is refused", (_, text, message) => {
    expect(() => readTrackmate(text)).toThrow(message);
  });
});
