import { describe, expect, test } from "vitest";
import type { Labels } from "../image.js";
import { readTable } from "../table.js";
import { cellsFromGraph, linksOf } from "./cell-graph.js";
import { readTracks } from "./ctc.js";
import { checkTrackedCells, trackedCells } from "./tracked-cells.js";
import { readTracksTable, tracksTable, writeTracksTable } from "./tracks-table.js";

function frame(...rows: string[]): Labels {
  const data = Uint32Array.from(rows.join(""), Number);
  return { data, shape: [rows.length, rows[0].length], axes: "yx" };
}

const movie = [frame("1100", "1105"), frame("1100", "0005"), frame("2033", "2000")];
const tracks = readTracks("1 0 1 0\n2 2 2 1\n3 2 2 1\n5 0 1 0");
const cells = trackedCells(movie, tracks);

test("cells are taken from frames: centre and area", () => {
  expect([...cells.track]).toEqual([1, 5, 1, 5, 2, 3]);
  expect([...cells.frame]).toEqual([0, 0, 1, 1, 2, 2]);
  expect([...cells.y]).toEqual([0.5, 1, 0, 1, 0.5, 0]);
  expect([...cells.x]).toEqual([0.5, 3, 0.5, 3, 0, 2.5]);
  expect([...cells.columns.area]).toEqual([4, 1, 2, 1, 2, 2]);
  expect(() => trackedCells(movie, tracks.slice(1))).toThrow(/parent 1, which is not there/);
  expect(() => trackedCells(movie, readTracks("1 0 2 0\n2 2 2 0\n3 2 2 0\n5 0 1 0"))).toThrow(
    /must have 7 cells, .* there are 6/,
  );
});

test("cells out of order, twice or of no track are refused", () => {
  const swap = (column: Uint32Array) => Uint32Array.of(column[1], column[0], ...column.slice(2));
  expect(() => checkTrackedCells({ ...cells, track: swap(cells.track) })).toThrow(/in order/);
  const none = { ...cells, tracks: tracks.filter(({ label }) => label !== 5) };
  expect(() => checkTrackedCells(none)).toThrow(/has track 5, which is not there/);
  const taken = { ...cells, columns: { parent: cells.y } };
  expect(() => checkTrackedCells(taken)).toThrow(/column name must be none of/);
  const short = { ...cells, columns: { area: cells.y.slice(1) } };
  expect(() => checkTrackedCells(short)).toThrow(/column area must be 6 rows, got 5/);
});

describe("the graph of cells", () => {
  test("has a link a step and one a daughter, and gives the same tracks", () => {
    const links = linksOf(cells);
    expect([...links.from]).toEqual([0, 1, 2, 2]);
    expect([...links.to]).toEqual([2, 3, 4, 5]);
    const back = cellsFromGraph({ ...cells, ...links, label: cells.track });
    expect(back).toEqual({ ...cells, merges: 0 });
    const { tracks: fresh } = cellsFromGraph({ ...cells, ...links });
    expect(fresh).toEqual(readTracks("1 0 1 0\n2 0 1 0\n3 2 2 1\n4 2 2 1"));
  });

  const line = (frames: number[], from: number[], to: number[], label?: number[]) =>
    cellsFromGraph({
      frame: Uint32Array.from(frames),
      y: new Float64Array(frames.length),
      x: new Float64Array(frames.length),
      columns: {},
      from: Uint32Array.from(from),
      to: Uint32Array.from(to),
      ...(label && { label: Uint32Array.from(label) }),
    });

  test("missed frames, changed labels and a mother's number kept make daughters", () => {
    expect(line([0, 2, 3], [0, 1], [1, 2]).tracks).toEqual(readTracks("1 0 0 0\n2 2 3 1"));
    expect(line([0, 1], [0], [1], [7, 8]).tracks).toEqual(readTracks("7 0 0 0\n8 1 1 7"));
    expect(line([0, 1, 1], [0, 0], [1, 2], [7, 7, 8]).tracks).toEqual(
      readTracks("7 0 0 0\n8 1 1 7\n9 1 1 7"),
    );
  });

  test("cells that merge have no parent and are counted", () => {
    const merged = line([0, 0, 1, 2], [0, 1, 2], [2, 2, 3]);
    expect(merged.merges).toBe(1);
    expect(merged.tracks).toEqual(readTracks("1 0 0 0\n2 0 0 0\n3 1 2 0"));
  });

  test("links may point back and be there twice, but not stay within a frame or lead nowhere", () => {
    expect(line([1, 0], [0, 1], [1, 0]).tracks).toEqual(readTracks("1 0 1 0"));
    expect(() => line([0, 0], [0], [1])).toThrow(/link within frame 0/);
    expect(() => line([0, 1], [0], [5])).toThrow(/not there: 0 to 5/);
  });
});

describe("the table", () => {
  test("begins with napari's columns, sorted as napari wants, and is read back as it was", () => {
    const text = writeTracksTable(cells);
    expect(text.split("\r\n")[0]).toBe("track_id,t,y,x,parent,label,area");
    const { track_id, t, parent } = readTable(text);
    expect([...track_id]).toEqual([1, 1, 2, 3, 5, 5]);
    expect([...t]).toEqual([0, 1, 2, 2, 0, 1]);
    expect([...parent]).toEqual([0, 0, 1, 1, 0, 0]);
    expect(readTracksTable(text)).toEqual({ ...cells, merges: 0 });
    expect(Object.keys(tracksTable(cells))).toHaveLength(7);
  });

  test("other programs' names, no parents, missing numbers", () => {
    const read = readTracksTable("Track ID,Frame,y,x,mean\n4,1,2,3,\n4,0,1.5,2,8\n");
    expect(read.tracks).toEqual(readTracks("4 0 1 0"));
    expect([...read.columns.mean]).toEqual([8, Number.NaN]);
    const empty = readTracksTable("track_id,t,y,x\n");
    expect(empty.tracks).toEqual([]);
  });

  test.each([
    ["t,y,x\n1,2,3", /must have the column track_id; has t, y, x/],
    ["", /must have the column track_id; has none/],
    ["track_id,t,y,x\n1.5,0,0,0", /track_id must be whole numbers from 1, is 1.5 in row 1/],
    ["track_id,t,y,x\n1,-1,0,0", /t must be whole/],
    ["track_id,t,y,x\n1,0,,0", /y must be numbers, has NaN/],
    ["track_id,t,y,x\n1,0,0,0\n1,0,1,1", /track 1 is in frame 0 twice/],
    ["track_id,t,y,x,parent\n1,0,0,0,3", /parent 3, which is not there/],
    ["track_id,t,y,x,parent\n1,0,0,0,0\n1,1,0,0,2\n2,0,0,0,0", /one parent, has 0 and 2/],
    ["track_id,t,y,x,parent\n1,0,0,0,0\n2,0,0,0,1", /must begin after its parent 1 ends/],
  ])("%j is refused", (text, message) => {
    expect(() => readTracksTable(text)).toThrow(message);
  });
});
