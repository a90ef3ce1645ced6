/**
 * The tracks of the Cell Tracking Challenge: `res_track.txt` and `man_track.txt`, a line `L B E P` a track (label, first
 * frame, last frame, parent or 0).
 *
 * @module
 */
import { FormatError } from "../errors.js";
import { checkTracks, type Track } from "../track/lineage.js";

/** Labels must fit into the pixels of a label image, frames into an index. */
const largest = 0xffffffff;

/** The lines of tracks, in the order given. Throws {@link FormatError} where they are not sound. */
export function writeTracks(tracks: readonly Track[]): string {
  checkTracks(tracks);
  return tracks
    .map(({ label, begin, end, parent }) => `${label} ${begin} ${end} ${parent}\n`)
    .join("");
}

/**
 * Reads tracks, a line each, in the order of the text. Blank lines are passed over.
 * Throws {@link FormatError} naming the line that is not four whole numbers, or what `checkTracks` finds wrong; `check:
 * false` leaves that to who mends it with `mendTracks`.
 */
export function readTracks(text: string, options: { readonly check?: boolean } = {}): Track[] {
  const tracks: Track[] = [];
  for (const [i, line] of text
    .replace(/^\ufeff/, "")
    .split(/\r\n|\r|\n/)
    .entries()) {
    const words = line.trim();
    if (words === "") continue;
    const numbers = words
      .split(/\s+/)
      .map((word) => (/^[0-9]{1,10}$/.test(word) ? Number(word) : -1));
    if (numbers.length !== 4 || numbers.some((n) => n < 0 || n > largest))
      throw new FormatError(
        `line ${i + 1} must be four whole numbers (label, begin, end, parent), is "${words.slice(0, 60)}"`,
      );
    const [label, begin, end, parent] = numbers;
    tracks.push({ label, begin, end, parent });
  }
  if (options.check !== false) checkTracks(tracks);
  return tracks;
}
