import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { referenceEngine, writeTiff } from "@cellwright/core";
import { commandFolder, squares } from "@cellwright/testing";
import { builtCommand } from "@cellwright/testing/command";
import { control, crash, type HostileCase, hostileCases } from "@cellwright/testing/hostile";
import { expect, test } from "vitest";
import { memoryContext, run } from "./index.js";
import type { MemoryContext } from "./memory-context.js";

const here = commandFolder<MemoryContext>({
  run,
  context: (changes) => memoryContext({ openEngine: async () => referenceEngine, ...changes }),
});
const { cellwright, put } = here;
const cases = await hostileCases();

/** Writes a case as a file or a folder; names that no file system takes are left out. */
function lay(folder: string, { name, files }: HostileCase): string {
  const place = join(here.cwd, folder, name);
  for (const [path, bytes] of Object.entries(files)) {
    const file = path === "" ? place : join(place, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, bytes);
  }
  return place;
}

const of = (...kinds: HostileCase["kind"][]) => cases.filter(({ kind }) => kinds.includes(kind));

/** Nothing beside `folders` is new, nothing half-written is left, and no line shows that the program fell over. */
function expectClean(before: readonly string[], err: string, ...folders: string[]): void {
  const own = folders.map((folder) => join(here.cwd, folder));
  const fresh = here
    .below()
    .filter((path) => !before.includes(path) && !own.some((folder) => path.startsWith(folder)));
  expect(fresh).toEqual([]);
  expect(here.below().filter((path) => /\.tmp$/.test(path))).toEqual([]);
  expect(err).not.toMatch(crash);
  expect(err).not.toMatch(control);
  expect(existsSync(join(here.cwd, "hacked"))).toBe(false);
}

test("a batch with every hostile image in it does the good ones, to the byte, and names each bad one in a line", async () => {
  const images = of("image", "zarr", "zarr-zip", "itk");
  const wanted = images.filter(({ name }, i) => images.findIndex((one) => one.name === name) === i);
  for (const one of wanted) lay(`all/${one.id.split("/")[0]}`, one);
  for (const folder of ["good", "all"]) {
    put(`${folder}/1-first.tif`, writeTiff(squares(5)));
    put(`${folder}/zz-last.tif`, writeTiff(squares(9)));
  }
  const options = ["--model", "classical-nuclei", "--no-rescale", "-q"];
  const good = await cellwright(["segment", "good", "-o", "out-good", ...options]);
  expect(good.code).toBe(0);
  const before = here.below();
  const peak = process.resourceUsage().maxRSS;
  const { code, err } = await cellwright(["segment", "all", "-r", "-o", "out", ...options]);
  expect(process.resourceUsage().maxRSS - peak).toBeLessThan(700 * 1024);
  expect(code).toBe(3);
  expectClean(before, err, "out");
  const content = (name: string) => readFileSync(join(here.cwd, name)).toString("base64");
  for (const name of ["1-first", "zz-last"])
    for (const ending of ["_masks.tif", "_cells.csv"])
      expect(content(`out/${name}${ending}`)).toBe(content(`out-good/${name}${ending}`));
  const lines = err.trim().split("\n");
  const missing = wanted.filter(
    ({ name, expected, kind }) =>
      expected === "refused" && kind !== "itk" && !lines.some((line) => line.includes(name)),
  );
  expect(missing.map(({ id }) => id)).toEqual([]);
  expect(lines.filter((line) => line.length > 1200)).toEqual([]);
});

test("no hostile model is opened, fetched for or unpacked beside itself", async () => {
  put("a.tif", writeTiff(squares(2)));
  const models = of("model", "model-zip");
  const faults: string[] = [];
  const places = models.map((one) => lay("models", one));
  const before = here.below();
  for (const [n, one] of models.entries()) {
    const place = places[n];
    const codes: number[] = [];
    for (const words of [
      ["models", "show", place],
      ["models", "test", place],
      ["segment", "a.tif", "-m", place, "-o", "out", "--overwrite", "--no-rescale"],
    ]) {
      const { code, err, out } = await cellwright(words);
      codes.push(code);
      if (crash.test(err + out) || control.test(err))
        faults.push(`${one.id} ${words[1]}: ${err}${out}`.slice(0, 400));
    }
    if (one.expected === "refused" && codes.every((code) => code === 0))
      faults.push(`${one.id} was opened`);
  }
  rmSync(join(here.cwd, "out"), { recursive: true, force: true });
  expect(faults).toEqual([]);
  expect(here.below()).toEqual(before);
});

test("hostile labels, tables, tracks and annotations are refused in a line, and leave nothing", async () => {
  put("a.tif", writeTiff(squares(2)));
  put("good.tif", writeTiff({ ...squares(2), data: Uint16Array.from(squares(2).data) }));
  const faults: string[] = [];
  const look = async (one: HostileCase, words: string[]) => {
    const { code, err } = await cellwright(words);
    const lines = err.trim().split("\n");
    // A set of no regions is one of an image without cells.
    if (one.expected === "refused" && code === 0 && one.id !== "roi/set-empty")
      faults.push(`${one.id}: ${words.join(" ")} was done`);
    if (crash.test(err) || control.test(err) || lines.some(({ length }) => length > 1200))
      faults.push(`${one.id}: ${words[0]} says ${err.slice(0, 300)}`);
  };
  for (const one of of(
    "seg",
    "rois",
    "coco",
    "geojson",
    "trackmate",
    "tracks",
    "tracks-table",
    "trk",
    "geff",
  )) {
    const place = lay(one.id.split("/")[0], one);
    await look(one, [
      "convert",
      place,
      "-o",
      join("done", `${one.name}.out.tif`),
      "--image",
      "a.tif",
      "-q",
    ]);
  }
  for (const one of of("geff", "tracks")) {
    const place = lay(`again-${one.kind}`, one);
    await look(one, ["measure", "good.tif", "--tracks", place, "-o", "done/t.csv"]);
  }
  for (const one of of("image").slice(0, 40)) {
    const place = lay("labels", one);
    await look({ ...one, expected: "either" }, ["score", place, "good.tif"]);
    await look({ ...one, expected: "either" }, [
      "measure",
      place,
      "-o",
      "done/m.csv",
      "--overwrite",
    ]);
  }
  expect(faults).toEqual([]);
  expect(here.below().filter((path) => /\.tmp$/.test(path))).toEqual([]);
});

test("a real process takes no more than 700 MB for bombs and lies, and finds the good image among them", async () => {
  const program = await builtCommand();
  for (const one of of("image", "zarr", "zarr-zip"))
    if (/bomb|gibibyte|2\^|billion|says/.test(one.id)) lay(`bombs/${one.id.split("/")[0]}`, one);
  put("bombs/good.tif", writeTiff(squares(4)));
  const peak = join(here.cwd, "peak");
  const code = `import { writeFileSync } from "node:fs";
    process.on("exit", () => writeFileSync(${JSON.stringify(peak)}, String(process.resourceUsage().maxRSS)));`;
  const preload = `--import=data:text/javascript,${encodeURIComponent(code)}`;
  const words = [
    "segment",
    "bombs",
    "-r",
    "-o",
    "out",
    "-m",
    "classical-nuclei",
    "--no-rescale",
    "-q",
  ];
  const { status, stderr } = spawnSync(process.execPath, [preload, program, ...words], {
    ...{ cwd: here.cwd, encoding: "utf8", timeout: 100_000 },
  });
  expect(status).toBe(3);
  expect(stderr).not.toMatch(crash);
  expect(stderr.trim().split("\n").length).toBeGreaterThan(30);
  expect(here.list("out")).toContain("good_masks.tif");
  expect(Number(readFileSync(peak, "utf8"))).toBeLessThan(700 * 1024);
});
