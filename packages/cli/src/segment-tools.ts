/**
 * The models and the engine of a batch, loaded once and given back at its end.
 *
 * @module
 */
import type { Engine, Image } from "@cellwright/core";
import type { SegmentOptions } from "./commands/segment.js";
import { type Context, UsageError } from "./context.js";
import { openModel } from "./model-folder.js";
import type { ReadyModel, Tools } from "./segment-image.js";
import { namedChannels } from "./segment-plan.js";

/** Further off than this factor, cells look too large or too small for the network. */
const largestScale = 1.5;

/** Loads the models that the options name into the engine that they name. `dispose` gives back what the engine holds. */
export async function openTools(
  options: SegmentOptions,
  context: Context,
): Promise<{ tools: Tools; dispose: () => Promise<void> }> {
  const opened = await openModel(options.model, context.cwd);
  const openedSeeds =
    options.seeds === undefined ? undefined : await openModel(options.seeds, context.cwd);
  for (const { model } of openedSeeds ? [opened, openedSeeds] : [opened])
    if (options.pixelSize !== undefined && model.pixelSize === undefined)
      throw new UsageError(
        `${model.name} does not say which pixel size it knows: leave out --pixel-size`,
      );
  checkSeeds(opened.model.name, opened.model.decoder.kind, options.seeds);
  const { engine: name, device, threads } = options;
  const engine = await context.openEngine({ engine: name, device, ...(threads && { threads }) });
  const main = await ready(engine, opened);
  const seeds = openedSeeds && (await ready(engine, openedSeeds));
  const channels = [...new Set([...main.model.channels, ...(seeds?.model.channels ?? [])])];
  return {
    tools: {
      main,
      ...(seeds && { seeds }),
      channels,
      choice: {
        ...(options.channel !== undefined && { list: options.channel.split(",") }),
        named: namedChannels(options),
      },
      ...(options.pixelSize !== undefined && { pixelSize: options.pixelSize }),
      ...(options.tile !== undefined && { tile: options.tile }),
      preview: options.preview ?? false,
    },
    dispose: async () => {
      await main.program.dispose();
      await seeds?.program.dispose();
    },
  };
}

/** What to tell the user where an image says that its cells are of another size than the model has learnt. */
export function scaleWarning(image: Image, tools: Tools): string | undefined {
  const size = image.spacing?.x;
  const known = tools.main.model.pixelSize;
  if (tools.pixelSize !== undefined || size === undefined || known === undefined) return undefined;
  const factor = Math.max(size / known, known / size);
  if (factor < largestScale) return undefined;
  return `its pixels are ${Number(size.toPrecision(3))} µm, the model knows ${known} µm: --pixel-size ${Number(size.toPrecision(3))} rescales it`;
}

async function ready(
  engine: Engine,
  { model, sha256 }: Awaited<ReturnType<typeof openModel>>,
): Promise<ReadyModel> {
  return { name: model.name, sha256, model, program: await engine.load(model.graph) };
}

function checkSeeds(name: string, decoder: string, seeds: string | undefined): void {
  if (decoder === "cytoplasm" && seeds === undefined)
    throw new UsageError(
      `${name} finds cells around nuclei: name the model that finds those with --seeds, such as --seeds nuclear`,
    );
  if (decoder !== "cytoplasm" && seeds !== undefined)
    throw new UsageError(`${name} needs no seeds: leave out --seeds`);
}
