// A movie of labels → tracks → growth curves and a family tree, in one breath: `npm run examples` builds and runs this.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import {
  bytesSource,
  measureLineages,
  measureMovie,
  planeOf,
  plotGrowth,
  plotTrees,
  readImage,
  toLabels,
  track,
  writeTable,
} from "@cellwright/core";

const file = process.argv[2] ?? new URL("colony.tif", import.meta.url);
const movie = await readImage(bytesSource("colony.tif", await readFile(file)));
const found = Array.from({ length: movie.shape[0] }, (_, t) => toLabels(planeOf(movie, { t })));
const { frames, tracks } = track(found);
const series = measureMovie(
  frames.map((labels) => ({ labels })),
  { tracks },
);
const interval = movie.spacing?.t;
const lineages = measureLineages(series, tracks, { interval });
await save("colony.csv", writeTable(lineages.tracks));
await save("colony-growth.svg", plotGrowth(lineages, { interval }));
await save("colony-tree.svg", plotTrees(lineages, { interval }));
const divided = lineages.tracks.fate.filter((fate) => fate === "divided").length;
console.log(`${tracks.length} cells in ${frames.length} frames, ${divided} of them divided`);

async function save(name, text) {
  await mkdir(new URL("output/", import.meta.url), { recursive: true });
  await writeFile(new URL(`output/${name}`, import.meta.url), text);
}
