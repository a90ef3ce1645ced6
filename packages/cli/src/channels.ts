/**
 * Which channel of an image is which: what the user says goes first, then the names in the file, then their order
 * where there can be no doubt. Never a silent guess.
 *
 * @module
 */
import { type Image, lengthOf, type Pixels, planeOf, ShapeError } from "@cellwright/core";
import { UsageError } from "./context.js";

/** What the user said about channels: `list` in the order wanted, or one at a time by what they show. */
export interface ChannelChoice {
  readonly list?: readonly string[];
  readonly named: Readonly<Record<string, string>>;
}

/**
 * The numbers of the channels (from 0) that show `wanted`, in that order.
 * Throws {@link ShapeError} where the image has no such channel or the user must say which.
 */
export function chooseChannels(
  image: Image,
  wanted: readonly string[],
  choice: ChannelChoice = { named: {} },
): number[] {
  if (choice.list && choice.list.length !== wanted.length)
    throw new UsageError(
      `--channel must name ${wanted.length} (${wanted.join(", ")}), got ${choice.list.length}`,
    );
  return wanted.map((shows, i) => {
    const said = choice.list?.[i] ?? choice.named[shows];
    return said === undefined ? infer(image, shows, i, wanted) : look(image, said);
  });
}

function look(image: Image, said: string): number {
  const count = lengthOf(image, "c");
  const number = Number(said);
  if (said.trim() !== "" && Number.isInteger(number) && number >= 0 && number < count)
    return number;
  const named = byName(image, said);
  if (named >= 0) return named;
  throw new ShapeError("channel", describeChannels(image), `"${said}"`);
}

function infer(image: Image, shows: string, i: number, wanted: readonly string[]): number {
  const count = lengthOf(image, "c");
  const named = byName(image, shows);
  if (named >= 0) return named;
  if (count === wanted.length) return i;
  if (wanted.length === 1 && allEqual(image)) return 0;
  const options =
    wanted.length === 1
      ? "say which with --channel"
      : `say which with --channel, in the order ${wanted.join(",")}`;
  throw new ShapeError(
    `number of channels`,
    `${wanted.length} (${wanted.join(", ")})`,
    `${describeChannels(image)}: ${options}`,
  );
}

function byName(image: Image, name: string): number {
  return (image.channels ?? []).findIndex((other) => other.toLowerCase() === name.toLowerCase());
}

function describeChannels(image: Image): string {
  const count = lengthOf(image, "c");
  const names = image.channels?.length ? ` (${image.channels.join(", ")})` : "";
  return count === 1 ? `0, the only one${names}` : `0 to ${count - 1}${names}`;
}

/** Whether an image's colours are one grey three times over; a fourth, opaque channel does not count. */
function allEqual(image: Image): boolean {
  const count = lengthOf(image, "c");
  if (image.axes !== "cyx" || count < 3 || count > 4) return false;
  const [red, green, blue]: Pixels[] = [0, 1, 2].map((c) => planeOf(image, { c }).data);
  for (let i = 0; i < red.length; i++) if (red[i] !== green[i] || red[i] !== blue[i]) return false;
  return true;
}
