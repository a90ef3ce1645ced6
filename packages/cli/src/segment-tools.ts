/**
 * The models and the engine of a batch, loaded once and given back at its end.
 *
 * @module
 */
import { classicalModel, type Engine } from "@cellwright/core";
import type { SegmentOptions } from "./commands/segment.js";
import { type Context, UsageError } from "./context.js";
import { openModel } from "./model-folder.js";
import { type Card, type Finder, methodFinder, modelFinder } from "./segment-finder.js";
import type { Tools } from "./segment-image.js";
import { namedChannels } from "./segment-plan.js";

/** A pixel size further off from the model's than this factor is a slip of the pen. */
const largestScale = 50;

/** A model that the options name, before an engine has seen it. */
interface Candidate {
  readonly card: Card;
  /** Whether its cells grow from the nuclei that another model finds. */
  readonly grows: boolean;
  /** Whether it can be told the diameter of cells. */
  readonly sized: boolean;
  open(engine: () => Promise<Engine>): Promise<Finder>;
}

/** Loads the models that the options name into the engine that they name. `dispose` gives back what the engine holds. */
export async function openTools(
  options: SegmentOptions,
  context: Context,
): Promise<{ tools: Tools; dispose: () => Promise<void> }> {
  const candidate = await candidateOf(options.model, context, options.diameter);
  const seedCandidate =
    options.seeds === undefined ? undefined : await candidateOf(options.seeds, context);
  checkSizes(candidate, options);
  checkSeeds(candidate, options.seeds);
  const { engine: name, device, threads } = options;
  let opened: Promise<Engine> | undefined;
  const engine = () => {
    opened ??= context.openEngine({ engine: name, device, ...(threads && { threads }) });
    return opened;
  };
  const main = await candidate.open(engine);
  const seeds = await seedCandidate?.open(engine);
  return {
    tools: {
      main,
      ...(seeds && { seeds }),
      channels: [...new Set([...main.card.channels, ...(seeds?.card.channels ?? [])])],
      choice: {
        ...(options.channel !== undefined && { list: options.channel.split(",") }),
        named: namedChannels(options),
      },
      scale: {
        ...(options.diameter !== undefined && { diameter: options.diameter }),
        ...(options.pixelSize !== undefined && { pixelSize: options.pixelSize }),
        ...(options.rescale ? {} : { keep: true }),
      },
      ...(options.averageTurns && { averageTurns: true }),
      ...(options.saturated && { saturated: options.saturated }),
      ...(options.tile !== undefined && { tile: options.tile }),
      preview: options.preview ?? false,
    },
    dispose: async () => {
      await main.dispose();
      await seeds?.dispose();
    },
  };
}

/** A method or a model by name or path; `diameter` is that of its cells, where it was said. */
async function candidateOf(name: string, context: Context, diameter?: number): Promise<Candidate> {
  const method = classicalModel(name, diameter === undefined ? {} : { diameter });
  if (method) {
    const finder = methodFinder(method, diameter);
    return { card: finder.card, grows: false, sized: true, open: async () => finder };
  }
  const opened = await openModel(name, context.cwd);
  return {
    card: opened.model,
    grows: opened.model.decoder.kind === "cytoplasm",
    sized: opened.model.diameter !== undefined,
    open: async (engine) => modelFinder(await engine(), opened),
  };
}

/** Throws {@link UsageError} where the options say a size that the model cannot do anything with. */
function checkSizes({ card, sized }: Candidate, { diameter, pixelSize }: SegmentOptions): void {
  if (diameter !== undefined && !sized)
    throw new UsageError(
      `${card.name} does not say which diameter it knows: ${card.pixelSize === undefined ? "leave out --diameter" : "give the pixel size in micrometres with --pixel-size"}`,
    );
  if (pixelSize === undefined) return;
  if (card.pixelSize === undefined)
    throw new UsageError(
      `${card.name} does not say which pixel size it knows: ${sized ? "give the cells' diameter in pixels with --diameter" : "leave out --pixel-size"}`,
    );
  if (Math.max(pixelSize / card.pixelSize, card.pixelSize / pixelSize) > largestScale)
    throw new UsageError(
      `--pixel-size must be within a factor of ${largestScale} of the ${card.pixelSize} µm that ${card.name} knows, is ${pixelSize} µm`,
    );
}

function checkSeeds({ card, grows }: Candidate, seeds: string | undefined): void {
  if (grows && seeds === undefined)
    throw new UsageError(
      `${card.name} finds cells around nuclei: name the model that finds those with --seeds, such as --seeds nuclei`,
    );
  if (!grows && seeds !== undefined)
    throw new UsageError(`${card.name} needs no seeds: leave out --seeds`);
}
