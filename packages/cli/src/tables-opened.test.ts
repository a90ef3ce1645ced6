import { execFileSync } from "node:child_process";
import { join } from "node:path";
import {
  type Image,
  type Labels,
  readTable,
  synthMovie,
  type Table,
  writeTable,
  writeTiff,
} from "@cellwright/core";
import { commandFolder } from "@cellwright/testing";
import { beforeAll, describe, expect, test } from "vitest";
import { memoryContext, run } from "./index.js";
import type { MemoryContext } from "./memory-context.js";

/** The system's Python, or the one that is named: where it has pandas it opens what we write. */
const python = process.env.PYTHON ?? "/usr/bin/python3";

/** `describe` for tests that need Python libraries; where one is missing there are none. */
function describeWith(libraries: string, tests: () => void): void {
  if (runs(python, "-c", `import ${libraries}`)) describe(`opened by ${libraries}`, tests);
}

function runs(program: string, ...words: string[]): boolean {
  try {
    execFileSync(program, words, { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

const here = commandFolder<MemoryContext>({ run, context: (changes) => memoryContext(changes) });
/** Where the tables are: made once for all tests. */
const place = (name: string) => join(here.root, name);

/** Columns of words; all others are numbers. */
const words = ["type", "birth", "fate"];

/** Columns that are whole numbers and never empty. */
const whole =
  /^(track_id|parent_id|root_id|label|parent|t|frame|generation|on_border|area|bbox-\d|begin_frame|end_frame|daughters|daughter_\d_id|lifetime_frames|complete|(birth|end)_area|growth_points|cells|divisions|appeared|lost|left)$/;

/** What stands at the end of a name and says the unit. Names without are pixels, frames, or have none. */
const units = /_(um|um2|um3|s|min|frames|per_h|per_frame|px)$/;

const tables = [
  ...["image", "cells", "cells_tracks", "cells_population"],
  ...["tracks/tracks", "tracks/types", "movie/01_GT/growth", "movie/01_GT/stage"],
];

beforeAll(async () => {
  const { frames } = synthMovie({
    ...{ kind: "bacteria", frames: 16, height: 96, width: 96 },
    ...{ count: 2, doubling: 6, drift: 1, seed: 5 },
  });
  const spacing = { y: 0.1, x: 0.1, t: 300 };
  const stack = (planes: readonly (Image | Labels)[]) =>
    writeTiff({
      data: Uint16Array.from(planes.flatMap(({ data }) => [...data])),
      shape: [frames.length, 96, 96],
      axes: "tyx",
      spacing,
    });
  const { put, cellwright } = here;
  put("labels.tif", stack(frames.map(({ labels }) => labels)));
  put("images.tif", stack(frames.map(({ image }) => image)));
  put("types.csv", typesOf(frames.map(({ labels }) => labels)));
  const at = (name: string) => join(here.cwd, name);
  const runs = [
    ["track", "labels.tif", "-o", place("tracks"), "--types", "types.csv", "-q"],
    ...["csv", "parquet"].flatMap((ending) => [
      [
        ...["measure", place("tracks"), at("images.tif"), "-o", place(`cells.${ending}`)],
        ...["--interval", "300", "--pixel-size", "0.1", "--background", "median", "--ring", "2"],
      ],
      ["measure", join(place("tracks"), "mask003.tif"), "-o", place(`image.${ending}`)],
    ]),
    ["synth", "bacteria", "-o", place("movie"), "--frames", "4", "--size", "64", "--drift", "2"],
  ];
  for (const argv of runs) expect(await cellwright(argv)).toMatchObject({ code: 0, err: "" });
});

/** What a model says of the cells of a stack, as `segment` writes it. */
function typesOf(frames: readonly Labels[]): string {
  const rows = frames.flatMap(({ data }, t) =>
    [...new Set(data)].filter((label) => label > 0).map((label) => [t, label, (label % 3) / 4]),
  );
  const column = (k: number) => Float64Array.from(rows, (row) => row[k]);
  const [t, label, a] = [column(0), column(1), column(2)];
  return writeTable({ t, label, probability_a: a, probability_b: a.map((value) => 1 - value) });
}

/** What pandas makes of files: for each its columns, in order, with type, sum and number of empty fields. */
function opened(read: "csv" | "parquet", names: readonly string[]): [string, Column[]][] {
  const program = `
import sys, json, pandas
def column(name, values):
    number = values.dtype.kind in "iuf"
    return dict(name=name, type=str(values.dtype), empty=int(values.isna().sum()),
                rows=len(values), sum=float(values.sum()) if number else None,
                words=None if number else sorted(set(map(str, values))))
out = []
for name in sys.argv[1:]:
    table = pandas.read_${read}(name)
    out.append([name, [column(key, table[key]) for key in table]])
print(json.dumps(out))`;
  const files = names.map((name) => place(`${name}.${read}`));
  const text = execFileSync(python, ["-c", program, ...files], { encoding: "utf8" });
  const found = JSON.parse(text) as [string, Column[]][];
  return found.map(([, columns], i) => [names[i], columns]);
}

interface Column {
  readonly name: string;
  readonly type: string;
  readonly rows: number;
  readonly empty: number;
  readonly sum: number | null;
  readonly words: string[] | null;
}

function ours(name: string): Table<Float64Array | readonly string[]> {
  return readTable(here.text(join("..", `${name}.csv`)), words);
}

/** Compares a table that pandas opened with what we wrote. */
function expectSame(name: string, columns: readonly Column[], integer: RegExp): void {
  const table = ours(name);
  expect(columns.map((column) => column.name)).toEqual(Object.keys(table));
  for (const { name: key, type, rows, empty, sum, words: said } of columns) {
    const where = `${name}: ${key}`;
    const values = table[key];
    expect(rows, where).toBe(values.length);
    if (!(values instanceof Float64Array)) {
      expect(said, where).toEqual([...new Set(values)].sort());
      expect(sum, where).toBeNull();
      continue;
    }
    const known = values.filter((value) => !Number.isNaN(value));
    expect(empty, where).toBe(values.length - known.length);
    const total = known.reduce((a, b) => a + b, 0);
    const scale = known.reduce((a, b) => a + Math.abs(b), 1);
    expect(Math.abs((sum as number) - total) / scale, where).toBeLessThan(1e-12);
    if (integer.test(key)) expect(type, where).toMatch(/^int(32|64)$/);
    else expect(type, where).toMatch(/^(float64|int(32|64))$/);
    if (whole.test(key)) expect(empty, where).toBe(0);
  }
}

test("what has a unit says it at the end of its name, numbers have no locale", () => {
  const names = new Set(tables.flatMap((name) => Object.keys(ours(name))));
  for (const name of ["time_s", "area_um2", "length_um", "volume_um3", "begin_time_s"])
    expect(names).toContain(name);
  for (const name of ["division_time_min", "growth_rate_per_h", "lifetime_frames", "stage_y_px"])
    expect(names).toContain(name);
  for (const name of names) if (/time|rate|stage/.test(name)) expect(name, name).toMatch(units);
  for (const name of tables) expect(here.text(join("..", `${name}.csv`))).toMatch(/^[^";]*$/);
});

describeWith("pandas", () => {
  test("every table, with the types that its columns should have", () => {
    for (const [name, columns] of opened("csv", tables)) {
      expectSame(name, columns, whole);
      expect(columns[0].rows, name).toBeGreaterThan(0);
    }
  });
});

describeWith("pandas, pyarrow", () => {
  test("every Parquet file, with the same numbers", () => {
    for (const [name, columns] of opened("parquet", tables.slice(0, 4)))
      expectSame(name, columns, whole);
  });
});

/** What R makes of tables, a line a column: table, name, type, rows, empty fields, sum. */
const readInR = `
for (name in commandArgs(TRUE)) {
  table <- read.csv(name, check.names = FALSE)
  for (key in names(table)) {
    v <- table[[key]]
    sum <- if (is.numeric(v)) format(sum(v, na.rm = TRUE), digits = 15) else ""
    cat(basename(name), key, class(v), length(v), sum(is.na(v)), sum, sep = "\t")
    cat("\n")
  }
}`;

describe.runIf(runs("Rscript", "-e", "1"))("opened by R", () => {
  test("every table, numbers as numbers and words as words", () => {
    for (const name of tables) {
      const text = execFileSync("Rscript", ["-", place(`${name}.csv`)], {
        input: readInR,
        encoding: "utf8",
      });
      const table = ours(name);
      const lines = text.trim().split("\n");
      expect(lines.map((line) => line.split("\t")[1])).toEqual(Object.keys(table));
      for (const line of lines) {
        const [, key, type, rows, empty, sum] = line.split("\t");
        const values = table[key];
        expect(Number(rows), `${name}: ${key}`).toBe(values.length);
        if (!(values instanceof Float64Array)) {
          expect(type, `${name}: ${key}`).toBe("character");
          continue;
        }
        const known = values.filter((value) => !Number.isNaN(value));
        const total = known.reduce((a, b) => a + b, 0);
        const scale = known.reduce((a, b) => a + Math.abs(b), 1);
        // R takes a column without any entry for logical.
        if (known.length > 0) expect(type, `${name}: ${key}`).toMatch(/^(integer|numeric)$/);
        expect(Number(empty), `${name}: ${key}`).toBe(values.length - known.length);
        if (known.length > 0) expect(Math.abs(Number(sum) - total) / scale).toBeLessThan(1e-12);
      }
    }
  });
});
