// A made-up growing colony, from its images to growth rates of single cells: segment, track, measure, as a user would.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cellwright, round, run } from "./study.mjs";

const main = fileURLToPath(new URL("../packages/cli/dist/main.js", import.meta.url));

/** The colony: options of `cellwright synth bacteria`; seconds from frame to frame are the paper's. */
export const COLONY = { frames: 44, size: 200, cells: 3, doubling: 14, interval: 300 };

/**
 * The numbers of one colony by one method: `truth` measures the true labels; `ours` segments and tracks with a model;
 * `published` segments with the paper's ensemble and links by the paper's method.
 *
 * @param {string} movie the folder of the colony, made where it is not there
 * @param {number} seed
 * @param {string} method
 * @param {{ model?: string, threads: readonly string[] }} how
 */
export async function growthRow(movie, seed, method, { model, threads }) {
  const words = Object.entries(COLONY).flatMap(([name, value]) => [`--${name}`, `${value}`]);
  if (!existsSync(movie))
    await cellwright(["synth", "bacteria", ...words, "--seed", `${seed}`, "-o", movie]);
  const truth = join(movie, "01_GT");
  const tracks = model ? await tracked(movie, method, model, threads) : truth;
  const file = join(movie, `${method}.csv`);
  const interval = ["--interval", `${COLONY.interval}`];
  await run(process.execPath, [main, "measure", tracks, "-o", file, ...interval, "--overwrite"]);
  if (!model) return growthOf(file);
  const said = await cellwright(["score", truth, tracks, "--metric", "ctc"]);
  const { tra, det, seg, divisions } = said.find(({ type }) => type === "file");
  // A division may be told a frame early or late.
  const { truePositives, falsePositives, falseNegatives } = divisions.find(
    ({ tolerance }) => tolerance === 1,
  );
  return {
    ...growthOf(file),
    ...{ tra: round(tra), det: round(det), seg: round(seg) },
    divisions: { truePositives, falsePositives, falseNegatives },
  };
}

/** The colony's tracks by a model. */
async function tracked(movie, method, model, threads) {
  const input = join(movie, "01");
  const [cells, tracks] = [join(movie, `${method}-cells`), join(movie, `${method}-tracks`)];
  if (method === "ours")
    await cellwright(["track", input, "-o", tracks, "-m", model, "--overwrite"]);
  else {
    await cellwright(["segment", input, "-o", cells, "-m", model, "--resume", ...threads]);
    await cellwright(["track", cells, "-o", tracks, "--method", "paper", "--overwrite"]);
  }
  return tracks;
}

/**
 * What the tables of `measure` say of growth. A link is a cell in two frames, one after the other, whole in both; a jump is a
 * link over which the area changes by more than 30 %, as the paper counted its links.
 */
function growthOf(file) {
  const rows = readTable(file);
  const tracks = readTable(file.replace(".csv", "_tracks.csv"));
  const population = readTable(file.replace(".csv", "_population.csv"));
  const whole = rows.filter((row) => row.on_border === "0");
  const areas = new Map(whole.map((row) => [`${row.track_id} ${row.frame}`, Number(row.area)]));
  const links = whole.flatMap((row) => {
    const next = areas.get(`${row.track_id} ${Number(row.frame) + 1}`);
    return next === undefined ? [] : [next / Number(row.area)];
  });
  const numbers = (list, column) => list.map((row) => round(Number(row[column])));
  const long = tracks.filter((row) => Number(row.growth_points) >= 5);
  const complete = tracks.filter((row) => row.complete === "1");
  return {
    tracks: tracks.length,
    links: links.length,
    jumps: links.filter((ratio) => Math.abs(ratio - 1) > 0.3).length,
    doublings: numbers(long, "doubling_time_min"),
    divisionTimes: numbers(complete, "division_time_min"),
    cells: numbers(population, "cells"),
    area: numbers(population, "area"),
  };
}

/** The rows of a CSV file as objects of words. @param {string} path @returns {Record<string, string>[]} */
export function readTable(path) {
  const [header, ...lines] = readFileSync(path, "utf8").trim().split(/\r?\n/);
  const names = header.split(",");
  return lines.map((line) =>
    Object.fromEntries(line.split(",").map((word, i) => [names[i], word])),
  );
}
