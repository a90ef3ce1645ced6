/**
 * The work behind `cellwright track`: a movie of labels in, a folder of tracks out, whole or not at all.
 *
 * @module
 */
import { mkdir, realpath } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { setImmediate as pause } from "node:timers/promises";
import {
  collectCells,
  countTypes,
  type Image,
  type Labels,
  type Track,
  type TrackOptions,
  trackStream,
  writePng,
  writeTable,
} from "@cellwright/core";
import type { TrackCommandOptions } from "./commands/track.js";
import { type Context, UsageError } from "./context.js";
import { withTemporaryFolder, writeFlushed } from "./file-sink.js";
import { type Movie, openMovie } from "./movie.js";
import {
  checkFormats,
  checkSameMovie,
  countDivisions,
  filesOf,
  holdsPixels,
} from "./track-encode.js";
import { startTrackLog, type TrackLog } from "./track-log.js";
import { publish, startMasks, workplace } from "./track-output.js";
import { drawLineages, drawTracks } from "./track-preview.js";
import {
  checkFolder,
  isFinished,
  readTrackReport,
  reportName,
  type TrackRecipe,
  type TrackReport,
  type TrackRun,
  trackRecipe,
  trackRun,
} from "./track-report.js";
import { type FrameSource, openFrames } from "./track-source.js";
import { startTypes } from "./track-types.js";

/** What a run is made of. */
interface Job {
  readonly movie: Movie;
  readonly source: FrameSource;
  /** The images of the movie, where they were named or the movie is of images. */
  readonly image?: Movie;
  readonly options: TrackCommandOptions;
  readonly recipe: TrackRecipe;
  readonly run: TrackRun;
  readonly log: TrackLog;
  readonly signal: AbortSignal;
}

/** Tracks the movie that `inputs` name. Throws, and leaves nothing behind, where that cannot be done or is stopped. */
export async function trackMovie(
  inputs: readonly string[],
  options: TrackCommandOptions,
  context: Context,
): Promise<void> {
  checkOptions(options);
  const { cwd } = context;
  const shows = options.model === undefined ? "labels" : "images";
  const gaps = { ...(options.allowGaps && { allowGaps: true }) };
  const movie = await openMovie(inputs, { cwd, shows, ...gaps });
  let named: Movie | undefined;
  let source: FrameSource | undefined;
  try {
    if (options.image !== undefined) {
      named = await openMovie([options.image], { cwd, shows: "images", ...gaps });
      checkSameMovie(movie, named);
    }
    source = await openFrames(movie, options, context);
    const image = named ?? (shows === "images" ? movie : undefined);
    checkFormats(options.format, movie, image);
    await checkElsewhere(resolve(cwd, options.output), options.output, [
      movie,
      ...(named ? [named] : []),
    ]);
    const movies = { movie, ...(named && { image: named }), model: source.model };
    const recipe = await trackRecipe(options, movies, source.types?.files ?? []);
    const { signal } = context;
    const folder = await realPlace(resolve(cwd, options.output));
    const run = await trackRun(inputs, options, { folder, cwd });
    const log = startTrackLog(context, options, recipe);
    await work(
      { movie, source, ...(image && { image }), options, recipe, run, log, signal },
      folder,
    );
  } finally {
    await source?.close();
    await named?.close();
    await movie.close();
  }
}

/** Does what is not done yet, and moves it to its place. */
async function work(job: Job, folder: string): Promise<void> {
  const { options, recipe, log } = job;
  const before = await readTrackReport(folder);
  if (options.resume && before && (await isFinished(folder, before, recipe))) {
    log.finished(before, "skipped");
    return;
  }
  const replace = (options.overwrite || options.resume) ?? false;
  await checkFolder(folder, options.output, replace, before);
  try {
    const report = await withTemporaryFolder(await workplace(folder), async (temporary) => {
      const made = await trackInto(temporary, job);
      // Another run may have been at work in the same folder.
      const there = await readTrackReport(folder);
      await checkFolder(folder, options.output, replace, there);
      await publish(temporary, folder, made, there);
      return made;
    });
    log.finished(report, "done");
  } finally {
    log.end();
  }
}

/** Tracks into a folder that is there and empty. */
async function trackInto(folder: string, job: Job): Promise<TrackReport> {
  const start = performance.now();
  const { movie, source, options, recipe } = job;
  const { format } = options;
  const masks = format.includes("ctc") ? startMasks(folder, movie.frames) : undefined;
  const collector = collectCells();
  const types = source.types && startTypes(source.types.names);
  const kept: Labels[] = [];
  const keep = format.some(holdsPixels);
  let last: Labels | undefined;
  let t = 0;
  const tracks = await eachFrame(job, async (labels) => {
    collector.add(labels);
    await masks?.write(labels);
    types?.add(source.taken(t), labels, source.types?.of(t));
    if (keep) kept.push(labels);
    last = labels;
    t++;
  });
  const cells = collector.finish(tracks);
  const contents = new Map<string, Uint8Array | string>();
  for (const one of format) {
    const result = { cells, movie, frames: kept, ...(job.image && { image: job.image }) };
    for (const [name, content] of await filesOf(one, result)) contents.set(name, content);
  }
  const typeTable = types?.table();
  if (typeTable) contents.set("types.csv", writeTable(typeTable));
  if (options.preview && last) {
    const image = await job.image?.readFrame(t - 1);
    const shown = firstChannel(image);
    const picture = { labels: last, frame: t - 1, cells, ...(shown && { image: shown }) };
    contents.set("preview.png", writePng(drawTracks(picture)));
    contents.set("lineages.svg", drawLineages(cells, movie, typeTable));
  }
  for (const [name, content] of contents) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFlushed(join(folder, name), content);
  }
  const written = await masks?.end();
  const names = [...contents.keys()].map((name) => name.split("/")[0]);
  const report: TrackReport = {
    ...recipe,
    outputs: [...(written?.names ?? []), ...new Set(names)],
    frames: t,
    cells: cells.track.length,
    tracks: tracks.length,
    divisions: countDivisions(cells),
    ...(typeTable && { trackTypes: countTypes(typeTable, source.types?.names ?? []) }),
    warnings: warningsOf(cells.track.length, written?.wide ?? false),
    run: job.run,
    seconds: Math.round(performance.now() - start) / 1000,
  };
  await writeFlushed(join(folder, reportName), `${JSON.stringify(report, undefined, 2)}\n`);
  return report;
}

/** Hands over the tracked frames in their order, and returns the tracks. */
async function eachFrame(job: Job, take: (labels: Labels) => Promise<void>): Promise<Track[]> {
  const { movie, source, options, log, signal } = job;
  const { method, maxDistance, maxGap, divisions, repair, drift } = options;
  const stream = trackStream(source.frames(), {
    ...{ method: method as TrackOptions["method"], divisions, repair, signal },
    ...(drift ? {} : { drift }),
    ...(maxDistance !== undefined && { maxDistance }),
    ...(maxGap !== undefined && { maxGap }),
  });
  for (let t = 0; ; t++) {
    // Lets a Ctrl-C in, which the arithmetic of a frame would not.
    await pause();
    signal.throwIfAborted();
    log.working(t, t < movie.frames ? movie.frameName(t) : "");
    const next = await stream.next();
    if (next.done) return next.value;
    await take(next.value);
  }
}

function checkOptions(options: TrackCommandOptions): void {
  const { maxDistance, maxGap, divisions, repair } = options;
  const unused =
    (maxDistance !== undefined && "max-distance") ||
    (maxGap !== undefined && "max-gap") ||
    (!divisions && "no-divisions") ||
    (!repair && "no-repair");
  if (options.method === "paper" && unused)
    throw new UsageError(`--${unused} means nothing to --method paper: leave it out`);
  for (const name of ["channel", "diameter", "pixelSize", "saturated"] as const)
    if (options[name] !== undefined && options.model === undefined)
      throw new UsageError(
        `--${name === "pixelSize" ? "pixel-size" : name} is for --model: labels need none`,
      );
  if (options.model !== undefined && typeof options.types === "string")
    throw new UsageError("give --types or --model, not both: the model says the types itself");
}

/** The masks of a tracked movie have the names of the masks it was made from, where those are a challenge folder. */
async function checkElsewhere(
  folder: string,
  shown: string,
  movies: readonly Movie[],
): Promise<void> {
  const place = await realPlace(folder);
  for (const { name, files } of movies)
    for (const home of new Set(files.map((file) => dirname(file))))
      if ((await realPlace(home)) === place)
        throw new UsageError(`${name} lies in ${shown}: write the tracks to another folder`);
}

/** A path with all links followed; as it is where nothing is there. */
async function realPlace(path: string): Promise<string> {
  return realpath(path).catch(() => path);
}

function warningsOf(cells: number, wide: boolean): string[] {
  return [
    ...(cells === 0 ? ["there is no cell in any frame"] : []),
    ...(wide
      ? [
          "more than 65535 tracks: the masks have 32 bits a pixel, the Cell Tracking Challenge's own programs take 16",
        ]
      : []),
  ];
}

function firstChannel(image: Image | undefined): Image | undefined {
  if (!image || image.axes === "yx") return image;
  const [, height, width] = image.shape;
  return {
    data: image.data.subarray(0, height * width) as Image["data"],
    shape: [height, width],
    axes: "yx",
  };
}
