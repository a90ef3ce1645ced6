import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import {
  readTracks,
  trackedCells,
  writeGeff,
  writeTrackmate,
  writeTracksTable,
} from "@cellwright/core";
import { beforeEach, expect, test } from "vitest";
import { readTracksFile } from "./track-formats.js";

let cwd = "";
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), "cellwright-"));
});

function put(name: string, content: Uint8Array | string): void {
  mkdirSync(dirname(join(cwd, name)), { recursive: true });
  writeFileSync(join(cwd, name), content);
}

const frames = [
  [1, 1, 0, 9],
  [1, 0, 0, 9],
  [2, 0, 3, 3],
].map((row) => ({ data: Uint32Array.from(row), shape: [1, 4], axes: "yx" }));
const plain = trackedCells(frames, readTracks("1 0 1 0\n2 2 2 1\n3 2 2 1\n9 0 1 0"));
const mean = Float64Array.of(1, Number.NaN, 3, 4, 5, 6);
const cells = { ...plain, columns: { ...plain.columns, mean } };

test("tables, TrackMate's XML and GEFF folders are told apart and read back as they were", async () => {
  put("tracks.csv", writeTracksTable(cells));
  put("tracks.xml", writeTrackmate(cells));
  for (const [name, bytes] of writeGeff(cells)) put(`tracks.geff/${name}`, bytes);
  for (const name of ["tracks.csv", "tracks.xml", "tracks.geff"])
    expect(await readTracksFile(name, cwd), name).toEqual({ ...cells, merges: 0 });
});

test("what is none of them is named", async () => {
  put("a.csv", "hello\n");
  put("b.xml", "<OME></OME>");
  put("nothing/x", "");
  put("other.zarr/.zgroup", '{"zarr_format": 2}');
  const refusal = (name: string) => expect(readTracksFile(name, cwd)).rejects;
  await refusal("a.csv").toThrow(/^a\.csv: must have the column track_id/);
  await refusal("b.xml").toThrow(/^b\.xml: must be a TrackMate file/);
  await refusal("nothing").toThrow(/^nothing: must be a GEFF/);
  await refusal("other.zarr").toThrow(/^other\.zarr: must be a GEFF/);
  await refusal("gone.csv").toThrow(/gone\.csv: no such file/);
});

test("a GEFF whose arrays lie about their size is refused", async () => {
  for (const [name, bytes] of writeGeff(cells)) put(`big/${name}`, bytes);
  const lie = { zarr_format: 2, shape: [1e12], chunks: [1e12], dtype: "<u8", fill_value: 0 };
  const rest = { compressor: null, filters: null, order: "C" };
  put("big/nodes/ids/.zarray", JSON.stringify({ ...lie, ...rest }));
  await expect(readTracksFile("big", cwd)).rejects.toThrow(
    /^big: .*more than is (read|decoded) at once/,
  );
});
