/**
 * What the report of a converted file says it was made of.
 *
 * @module
 */
import type { Conversion } from "./conversion.js";
import { imageOf } from "./convert-open.js";
import type { Recording } from "./file-report.js";
import type { AskedInput } from "./input-content.js";

/** What is recorded of a conversion to `format`; `part` names one of several results of one input. */
export async function convertRecording(
  { input, options, context: { cwd } }: Conversion,
  format: string,
  { tracks = false, part }: { readonly tracks?: boolean; readonly part?: string } = {},
): Promise<Recording> {
  const { labels, image, channel, pixelSize, interval, zarrVersion, shard, tile } = options;
  const inputs: AskedInput[] = [{ as: "input", path: input }];
  const add = async (as: string, path: string, shows?: "images") => {
    // Of a folder of images the one that belongs to the input; tracks have a movie.
    const found = tracks ? path : await imageOf(input, path, cwd).catch(() => undefined);
    if (found !== undefined) inputs.push({ as, path: found, ...(shows && { shows }) });
  };
  if (typeof labels === "string") await add("labels", labels);
  if (image !== undefined) await add("image", image, "images");
  const given = {
    ...{ format, labels: labels === true || undefined, channel },
    ...{ "pixel-size": pixelSize, interval },
    ...(format === "ome-zarr" && { "zarr-version": zarrVersion, shard }),
    ...{ tile, part },
  };
  return { verb: "convert", inputs, options: given, cwd };
}
