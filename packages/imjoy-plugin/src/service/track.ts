/**
 * `track`: gives the cells of a movie one number over time, after finding them where images are given.
 *
 * @module
 */
import { type Image, type Labels, labelPlanes, type Track } from "@cellwright/core";
import { LABELS_AS, writeLabels } from "./answers.js";
import type { Call } from "./call.js";
import { wrong } from "./fault.js";
import type { ServiceHost } from "./host.js";
import type { Fields } from "./read.js";
import { findIn, SEGMENT_FIELDS } from "./segment.js";
import { type Given, readLabels, readSource } from "./source.js";
import type { NdArray } from "./wire.js";

/** Names of the options of `track`: with `model`, those of `segment` too. */
export const TRACK_FIELDS: readonly string[] = [...SEGMENT_FIELDS, "divisions"];

/** What `track` answers. */
export interface Tracked {
  readonly request_id: string;
  /** A number is one cell in all frames. */
  readonly labels: NdArray;
  readonly axes: string;
  /** From birth to division, death or loss; `parent` is 0 where a cell came from none. */
  readonly tracks: readonly Track[];
  readonly seconds: number;
}

/** The verb. */
export async function trackVerb(
  source: unknown,
  options: Fields,
  host: ServiceHost,
  call: Call,
): Promise<Tracked> {
  options.only(TRACK_FIELDS);
  const as = options.word("labels", LABELS_AS) ?? "auto";
  const divisions = options.flag("divisions") ?? true;
  const start = performance.now();
  const { frames, share: found } = await movieOf(source, options, host, call);
  if (frames.length < 2) throw wrong("frames", "at least 2", `${frames.length}`);
  const answer = await host.track(
    frames,
    { divisions },
    {
      signal: call.signal,
      onProgress: (share, message = "tracking") => call.tell(found + (1 - found) * share, message),
    },
  );
  const labels = joined(answer.frames);
  if (options.flag("show") ?? true)
    await host.stage(call.caller).setLabels(labels, "tracks", answer.tracks);
  const { tracks } = answer;
  return {
    request_id: call.id,
    labels: writeLabels(labels, as, labels.shape, call.wire),
    axes: "tyx",
    tracks: tracks.map(({ label, begin, end, parent }) => ({ label, begin, end, parent })),
    seconds: (performance.now() - start) / 1000,
  };
}

interface Movie {
  readonly frames: readonly Labels[];
  /** Which share of the work is done. */
  readonly share: number;
}

/** Frames of labels: those given, or found on the images given. */
async function movieOf(
  source: unknown,
  options: Fields,
  host: ServiceHost,
  call: Call,
): Promise<Movie> {
  const isLabels = options.text("model", 256) === undefined;
  const what = { name: "frames", isImage: !isLabels };
  const given = inTime(await readSource(source, options, host, call.signal, what));
  const shows = options.flag("show") ?? true;
  if (isLabels)
    return { frames: planesOfMovie(await readLabels(given, call.signal, "frames")), share: 0 };
  const tell = (share: number, message: string) => call.tell(0.9 * share, message);
  const { labels } = await findIn(given, options, host, { ...call, tell });
  if (shows) await host.stage(call.caller).open(given);
  return { frames: planesOfMovie(labels), share: 0.9 };
}

/** A stack without an axis of time is a movie here: nobody tracks in depth. */
function inTime(given: Given): Given {
  const { reader } = given;
  const isMovie = !reader.axes.includes("z") || reader.axes.includes("t");
  if (isMovie) return given;
  const rename = (axes: string) => axes.replace("z", "t");
  // In our order time comes before the channels.
  const order = [...rename(reader.axes)].sort((a, b) => "tczyx".indexOf(a) - "tczyx".indexOf(b));
  const shape = order.map((axis) => reader.shape[rename(reader.axes).indexOf(axis)]);
  return {
    ...given,
    plain: { ...given.plain, axes: rename(given.plain.axes) },
    reader: {
      ...reader,
      axes: order.join(""),
      shape,
      readRegion: ({ index: { t, ...rest } = {}, ...region }) =>
        reader.readRegion({ ...region, index: { ...rest, ...(t !== undefined && { z: t }) } }),
    },
  };
}

function planesOfMovie(labels: Image<Uint32Array>): Labels[] {
  return labelPlanes(labels).map(({ labels: plane }) => plane);
}

function joined(frames: readonly Labels[]): Image<Uint32Array> {
  const [{ shape, spacing }] = frames;
  const data = new Uint32Array(frames.length * shape[0] * shape[1]);
  for (const [n, frame] of frames.entries()) data.set(frame.data, n * shape[0] * shape[1]);
  return {
    data,
    shape: [frames.length, ...shape],
    axes: "tyx",
    ...(spacing && { spacing }),
  };
}
