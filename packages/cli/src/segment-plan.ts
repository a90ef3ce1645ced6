/**
 * What `segment` is going to do, settled before anything is read: which images, from which files, with which options.
 *
 * @module
 */
import { pairs } from "./channel-files.js";
import type { SegmentOptions } from "./commands/segment.js";
import { UsageError } from "./context.js";
import { findFiles, type Item, type Problem, refuseClashes, singles } from "./inputs.js";
import { isPattern } from "./name-pattern.js";
import type { Tools } from "./segment-image.js";
import type { Recipe } from "./segment-report.js";
import { version } from "./version.js";

/** Throws {@link UsageError} for what this version cannot do and for options that contradict each other. */
export function checkSegmentOptions(options: SegmentOptions): void {
  if (!options.rescale && (options.diameter ?? options.pixelSize) !== undefined)
    throw new UsageError(
      `give --no-rescale or --${options.diameter === undefined ? "pixel-size" : "diameter"}, not both`,
    );
  const named = Object.keys(namedChannels(options));
  if (options.channel !== undefined && named.length > 0)
    throw new UsageError(`give --channel or --${named[0]}, not both`);
  const patterns = Object.values(namedChannels(options)).filter(isPattern);
  if (patterns.length > 0 && patterns.length < named.length)
    throw new UsageError(
      "give both --phase and --nuclear as patterns of file names, or both as channels",
    );
}

/** What the user said about channels that have a name. */
export function namedChannels(options: SegmentOptions): Record<string, string> {
  const { phase, nuclear } = options;
  return { ...(phase !== undefined && { phase }), ...(nuclear !== undefined && { nuclear }) };
}

/** The images to segment, and what was named but cannot be. Throws {@link UsageError} where two would be one. */
export async function findItems(
  inputs: readonly string[],
  options: SegmentOptions,
  tools: Tools,
  cwd: string,
): Promise<{ items: Item[]; problems: Problem[] }> {
  return itemsOf(inputs, await filesOf(inputs, options, cwd), options, tools);
}

/** The files that `inputs` name. */
export function filesOf(
  inputs: readonly string[],
  options: SegmentOptions,
  cwd: string,
): ReturnType<typeof findFiles> {
  return findFiles(inputs, { cwd, recursive: options.recursive ?? false });
}

/** {@link findItems}, where the files have been found. */
export function itemsOf(
  inputs: readonly string[],
  found: Awaited<ReturnType<typeof filesOf>>,
  options: SegmentOptions,
  tools: Tools,
): { items: Item[]; problems: Problem[] } {
  const named = namedChannels(options);
  for (const name of Object.keys(named))
    if (!tools.channels.includes(name))
      throw new UsageError(
        `--${name} has no use here: ${tools.main.card.name} looks at ${tools.channels.join(", ")}`,
      );
  if (!Object.values(named).some(isPattern)) {
    const items = singles(found.files);
    refuseClashes(items);
    return { items, problems: found.problems };
  }
  const missing = tools.channels.filter((shows) => named[shows] === undefined);
  if (missing.length > 0)
    throw new UsageError(
      `--${missing[0]} '*…*' is missing: ${tools.main.card.name} looks at it too`,
    );
  const patterns = Object.fromEntries(tools.channels.map((shows) => [shows, named[shows]]));
  const paired = pairs(found.files, patterns);
  refuseClashes(paired.items);
  const problems = [...found.problems, ...paired.problems];
  if (paired.items.length + problems.length === 0)
    problems.push({
      input: inputs.join(" "),
      message: `no file has a name like ${Object.values(patterns).join(" or ")}`,
    });
  return { items: paired.items, problems };
}

/** What decides the labels, as the reports record it. */
export function recipeOf(options: SegmentOptions, tools: Tools): Recipe {
  return {
    cellwright: version(),
    model: tools.main.recipe,
    ...(tools.seeds && { seeds: tools.seeds.recipe }),
    options: {
      ...(options.channel !== undefined && { channel: options.channel }),
      ...namedChannels(options),
      ...(options.diameter !== undefined && { diameter: options.diameter }),
      ...(options.pixelSize !== undefined && { "pixel-size": options.pixelSize }),
      ...(!options.rescale && { "no-rescale": true }),
      ...(options.averageTurns && { "average-turns": true }),
      ...(options.saturated && { saturated: options.saturated }),
      format: options.format,
      ...(options.preview && { preview: true }),
    },
  };
}

/** What {@link recipeOf} recorded, as options again. */
export function optionsOfRecipe({
  options,
}: Recipe): Omit<SegmentOptions, "output" | "model" | "engine" | "device" | "onError"> {
  const {
    "pixel-size": pixelSize,
    "no-rescale": kept,
    "average-turns": averageTurns,
    ...others
  } = options as Recipe["options"] & RecordedOptions;
  return {
    ...others,
    ...(pixelSize !== undefined && { pixelSize }),
    ...(averageTurns !== undefined && { averageTurns }),
    rescale: kept !== true,
  };
}

/** The options of a recipe by the names that they have there. */
interface RecordedOptions
  extends Pick<
    SegmentOptions,
    "channel" | "phase" | "nuclear" | "diameter" | "saturated" | "format" | "preview"
  > {
  readonly "pixel-size"?: number;
  readonly "no-rescale"?: boolean;
  readonly "average-turns"?: boolean;
}
