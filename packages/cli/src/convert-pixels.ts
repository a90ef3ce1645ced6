/**
 * Images and labels from one format to another.
 *
 * @module
 */
import { resolve } from "node:path";
import type { RegionSource } from "@cellwright/core";
import { about } from "./batch.js";
import type { ConvertOptions } from "./commands/convert.js";
import { UsageError } from "./context.js";
import type { Conversion, Converted } from "./conversion.js";
import { imageOf, type Opened, openMasks, openPixels, type Part } from "./convert-open.js";
import { convertRecording } from "./convert-recording.js";
import { holdsTracks } from "./convert-tracks.js";
import { writePart } from "./convert-write.js";
import { recorded } from "./file-report.js";
import { stemOf } from "./inputs.js";

/** Finds where a part goes: the only one, or one of several under its own name. */
type Placing = (
  kind: Part["kind"],
  part?: string,
) => Promise<{ readonly name: string; readonly done: boolean }>;

/** Converts all parts of an input. */
export async function convertPixels(
  conversion: Conversion,
  format: string,
  placing: Placing,
): Promise<Converted> {
  const { input, options, context, output, onProgress } = conversion;
  const { cwd } = context;
  const opened = await openInput(input, format, options, cwd);
  let beside: Opened | undefined;
  try {
    const { parts } = opened;
    if (parts.length !== 1 && output !== undefined)
      throw new UsageError(
        `${input} holds ${parts.length} images: name a folder with -o, and --format`,
      );
    beside = await openBeside(conversion, format, parts[0]);
    const outputs: string[] = [];
    let skipped = 0;
    for (const [i, part] of parts.entries()) {
      const { name, done } = await placing(part.kind, parts.length > 1 ? part.file : undefined);
      outputs.push(name);
      if (done) {
        skipped++;
        continue;
      }
      const { zarrVersion, shard, tile } = options;
      const place = resolve(cwd, name);
      const several = parts.length > 1 && part.file !== undefined ? { part: part.file } : {};
      const recording = await convertRecording(conversion, format, several);
      const write = () =>
        writePart(place, withSpacing(part, options), {
          ...{ format, zarrVersion },
          name: stemOf(part.file ?? input),
          ...(shard !== undefined && { shard }),
          ...(tile !== undefined && { tile }),
          ...(beside && { beside: beside.parts[0] }),
          signal: context.signal,
          onProgress: (now, total) => onProgress((i + now / total) / parts.length),
        });
      await about(input, () =>
        recorded(place, recording, async () => {
          await write();
          return [place];
        }),
      );
    }
    const isDone = skipped === parts.length && skipped > 0;
    const what = parts.map(wordsOf).join("; ");
    return { status: isDone ? "skipped" : "done", outputs, what: isDone ? "done before" : what };
  } finally {
    await beside?.close();
    await opened.close();
  }
}

async function openInput(
  input: string,
  format: string,
  options: ConvertOptions,
  cwd: string,
): Promise<Opened> {
  if (await holdsTracks(input, cwd)) {
    if (options.labels !== undefined && options.labels !== true)
      throw new UsageError(`--labels ${options.labels} is for tracks and for --format npz`);
    return about(input, () => openMasks(input, cwd));
  }
  const { labels, image, channel } = options;
  if (typeof labels === "string" && format !== "npz")
    throw new UsageError(
      `--labels with a path is for tracks and for --format npz: put --labels last if ${labels} is the input`,
    );
  return openPixels(
    input,
    {
      format,
      ...(labels !== undefined && { labels }),
      ...(image !== undefined && { image }),
      ...(channel !== undefined && { channel }),
    },
    cwd,
  );
}

/** What stands beside a part in an `.npz`: its labels, or its image. */
async function openBeside(
  { input, options, context: { cwd } }: Conversion,
  format: string,
  { kind }: Part,
): Promise<Opened | undefined> {
  if (format !== "npz") return undefined;
  const path = kind === "labels" ? options.image : options.labels;
  if (path === undefined || path === true) return undefined;
  const found = await imageOf(input, path, cwd);
  const other = kind === "labels" ? {} : { labels: true as const };
  return openPixels(found, { format: "npz", ...other }, cwd);
}

/** The size of a pixel and the time of a frame, where they are named, instead of what the file says. */
function withSpacing(part: Part, { pixelSize, interval }: ConvertOptions): Part {
  const { pixels } = part;
  const spacing: RegionSource["spacing"] = {
    ...pixels.spacing,
    ...(pixelSize !== undefined && { y: pixelSize, x: pixelSize }),
    ...(interval !== undefined && { t: interval }),
  };
  return Object.keys(spacing).length === 0 ? part : { ...part, pixels: { ...pixels, spacing } };
}

function wordsOf({ kind, pixels: { axes, shape, type } }: Part): string {
  return `${kind}, ${shape.join(" x ")} (${axes}), ${type}`;
}
