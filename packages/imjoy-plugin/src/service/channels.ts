/**
 * Which channel of an image shows what a model wants: as the caller says, else by the names in the file, else by their order
 * where there can be no doubt.
 *
 * @module
 */
import { type Image, lengthOf, type PyramidReader, stackPlanes } from "@cellwright/core";
import { worded, wrong } from "./fault.js";
import { isPlain } from "./read.js";

/**
 * The numbers of the channels that show `wanted`. `choice` is a number or a name, a list of them in the order wanted, or an
 * object of them by what they show. Throws {@link Fault} where the caller must say which.
 */
export function pickChannels(
  reader: Pick<PyramidReader, "axes" | "shape" | "channels">,
  wanted: readonly string[],
  choice: unknown,
): number[] {
  const list = Array.isArray(choice) || choice === undefined || isPlain(choice) ? choice : [choice];
  if (Array.isArray(list) && list.length !== wanted.length)
    throw wrong("options.channels", `${wanted.length} (${wanted.join(", ")})`, `${list.length}`);
  return wanted.map((shows, i) => {
    const said = Array.isArray(list) ? list[i] : own(list, shows);
    return said === undefined ? guess(reader, wanted, i) : look(reader, said);
  });
}

function own(choice: unknown, name: string): unknown {
  return isPlain(choice) && Object.hasOwn(choice, name) ? choice[name] : undefined;
}

type Named = Pick<PyramidReader, "axes" | "shape" | "channels">;

function look(reader: Named, said: unknown): number {
  const count = lengthOf(reader, "c");
  if (typeof said === "number" && Number.isInteger(said) && said >= 0 && said < count) return said;
  const named = typeof said === "string" ? byName(reader, said) : -1;
  if (named >= 0) return named;
  throw wrong("a channel", describe(reader), worded(said));
}

function guess(reader: Named, wanted: readonly string[], i: number): number {
  const named = byName(reader, wanted[i]);
  if (named >= 0) return named;
  if (lengthOf(reader, "c") === wanted.length) return i;
  throw wrong(
    "the image",
    `of ${wanted.length} channels (${wanted.join(", ")}), or options.channels to say which they are`,
    `channels ${describe(reader)}`,
  );
}

function byName({ channels = [] }: Named, name: string): number {
  return channels.findIndex((other) => other.toLowerCase() === name.toLowerCase());
}

function describe(reader: Named): string {
  const count = lengthOf(reader, "c");
  const names = reader.channels?.length ? ` (${reader.channels.join(", ")})` : "";
  return count === 1 ? `0, the only one${names}` : `0 to ${count - 1}${names}`;
}

/** Channels of a plane as `"cyx"`. */
export async function readPlane(
  reader: PyramidReader,
  index: Readonly<Record<string, number>>,
  channels: readonly number[],
  names: readonly string[],
  signal: AbortSignal,
): Promise<Image> {
  const box = { y: 0, x: 0, height: lengthOf(reader, "y"), width: lengthOf(reader, "x") };
  const planes: Image[] = [];
  for (const c of channels) {
    const at = reader.axes.includes("c") ? { ...index, c } : index;
    planes.push(await reader.readRegion({ index: at, box, signal }));
  }
  const { spacing } = reader;
  return { ...stackPlanes(planes, names), ...(spacing && { spacing }) };
}
