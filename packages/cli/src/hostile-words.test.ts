import { execFileSync } from "node:child_process";
import {
  existsSync,
  linkSync,
  readdirSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { writeTiff } from "@cellwright/core";
import { commandFolder, squares } from "@cellwright/testing";
import { control, crash } from "@cellwright/testing/hostile";
import { expect, test } from "vitest";
import { memoryContext, run } from "./index.js";
import type { MemoryContext } from "./memory-context.js";

const here = commandFolder<MemoryContext>({ run, context: memoryContext });
const { cellwright, put } = here;

test("flags that ask for what cannot be end with 2 and a line", async () => {
  put("a.tif", writeTiff(squares(2)));
  const faults: string[] = [];
  const wrong: [string, ...string[]][] = [
    ...["0", "-5", "NaN", "Infinity", "1e999", "", " ", "ten", "1\n2", "0x10g", "--"].flatMap(
      (value): [string, ...string[]][] => [
        ["segment", `--diameter=${value}`],
        ["segment", `--pixel-size=${value}`],
        ["segment", `--tile=${value}`],
        ["segment", `--max-pixels=${value}`],
        ["segment", `--max-bytes=${value}`],
        ["segment", `--threads=${value}`],
      ],
    ),
    ...["__proto__", "constructor", "a\u001b[31mb", "x".repeat(10_000)].flatMap(
      (value): [string, ...string[]][] => [
        ["segment", `--format=${value}`],
        ["segment", `--engine=${value}`],
        ["segment", `--on-error=${value}`],
        ["segment", `--${value}`],
      ],
    ),
    ["segment", "--saturated=100"],
    ["segment", "--saturated=-1"],
    ["segment", "--resume", "--overwrite"],
  ];
  for (const [verb, ...words] of wrong) {
    const { code, err } = await cellwright([
      verb,
      "a.tif",
      "-o",
      "out",
      "-m",
      "classical-nuclei",
      ...words,
    ]);
    if (code !== 2) faults.push(`${words} ends with ${code}: ${err.slice(0, 200)}`);
    if (crash.test(err) || control.test(err))
      faults.push(`${words} says ${JSON.stringify(err.slice(0, 200))}`);
  }
  expect(faults).toEqual([]);
  expect(existsSync(join(here.cwd, "out"))).toBe(false);
});

test("hostile names and special files: the good ones are done, no sign of control reaches the terminal", async () => {
  const tiff = writeTiff(squares(3));
  const names = ["a\nb.tif", "a\u001b[31mred\u0007.tif", "-o.tif", "--help.tif", "tab\there.tif"];
  const long = `${"n".repeat(251)}.tif`;
  for (const name of [
    ...names,
    "\u202etif.exe.tif",
    "=cmd|x.tif",
    "<b>.tif",
    long,
    "emoji-\u{1f52c}.tif",
  ])
    put(`in/${name}`, tiff);
  const folder = join(here.cwd, "in");
  execFileSync("mkfifo", [join(folder, "pipe.tif")]);
  symlinkSync("/dev/zero", join(folder, "zero.tif"));
  symlinkSync("nowhere", join(folder, "dangling.tif"));
  symlinkSync(".", join(folder, "loop"));
  symlinkSync("circle.tif", join(folder, "circle.tif"));
  symlinkSync("/", join(folder, "root.zarr"));
  writeFileSync(join(folder, "sparse.tif"), "");
  truncateSync(join(folder, "sparse.tif"), 20 * 2 ** 30);
  linkSync(join(folder, "-o.tif"), join(folder, "hard.tif"));
  const before = here.below().filter((path) => !path.includes("root.zarr"));
  const options = ["-m", "classical-nuclei", "--no-rescale", "-o", "in/out"];
  const { code, err, out } = await cellwright(["segment", "in", "-r", ...options]);
  expect(code).toBe(3);
  expect(err).not.toMatch(crash);
  expect(err).not.toMatch(control);
  expect(out).not.toMatch(control);
  for (const name of ["pipe.tif", "zero.tif", "dangling.tif", "circle.tif", "sparse.tif"])
    expect(err).toContain(name);
  const after = here
    .below()
    .filter((path) => !path.includes("/in/out") && !path.includes("root.zarr"));
  expect(after).toEqual(before);
  // Its own output in the input folder is not taken for an image.
  const again = await cellwright(["segment", "in", "-r", ...options, "--resume"]);
  expect(again.code).toBe(3);
  expect(readdirSync(join(here.cwd, "in/out")).filter((name) => /_masks_masks/.test(name))).toEqual(
    [],
  );
  const dashed = await cellwright([
    "segment",
    "-o",
    "dashed",
    "-m",
    "classical-nuclei",
    "--",
    "in/-o.tif",
  ]);
  expect(dashed.code).toBe(0);
  const clash = await cellwright([
    "segment",
    "in/hard.tif",
    "x/hard.png",
    "-o",
    "c",
    "-m",
    "classical-nuclei",
  ]);
  expect([1, 2, 3]).toContain(clash.code);
});

test("without --debug there is no stack, with it there is", async () => {
  put("a.tif", "not an image");
  const words = ["models", "show", "nowhere.zip"];
  expect((await cellwright(words)).err).not.toMatch(/\n\s+at /);
  expect((await cellwright([...words, "--debug"])).err).toMatch(/\n\s+at /);
});

test("the budget is told, and can be raised and lowered for every command", async () => {
  put("a.tif", writeTiff({ data: new Uint8Array(6500 * 6500), shape: [6500, 6500], axes: "yx" }));
  put("b.tif", writeTiff(squares(2)));
  const options = ["-m", "classical-nuclei", "--no-rescale", "-q", "-o", "out"];
  const refused = await cellwright(["segment", "a.tif", ...options]);
  expect(refused.code).toBe(1);
  expect(refused.err).toMatch(
    /has 42250000 pixels, the budget for a file of its size is \d+: raise it with --max-pixels/,
  );
  const low = await cellwright(["segment", "b.tif", ...options, "--max-pixels", "100"]);
  expect(low.err).toContain("the budget for a file of its size is 100");
  const bytes = await cellwright(["measure", "b.tif", "--max-bytes", "100"]);
  expect(bytes.err).toContain("the limit is 100");
  const raised = await cellwright(["segment", "b.tif", ...options, "--max-pixels", "1e6"]);
  expect(raised.code).toBe(0);
});
