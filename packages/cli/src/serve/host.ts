/**
 * The service's host on a machine: the command's own way from a plane to cells, addresses that were checked, memory for what
 * callers found last.
 *
 * @module
 */
import { type Image, openPyramid, openZarr, type Scale, startTracker } from "@cellwright/core";
import {
  type FindQuestion,
  type FoundPlane,
  MEMORY_FORMATS,
  memoryStages,
  type OpenedImage,
  type Patience,
  type ServiceHost,
} from "@cellwright/imjoy-plugin";
import type { Context, EngineChoice } from "../context.js";
import { channelsFor, type Finder, type FoundCells } from "../segment-finder.js";
import type { AddressRules } from "./address.js";
import { learnOnDisk } from "./learn.js";
import type { ServedModels } from "./models.js";
import { nameOf, webSource, webStore } from "./web.js";

/** What a host stands on. */
export interface HostParts {
  readonly context: Context;
  readonly engine: EngineChoice;
  readonly models: ServedModels;
  readonly rules: AddressRules;
  /** A folder for trainings and what they learn. */
  readonly folder: string;
}

/** A host. */
export function serverHost(parts: HostParts): ServiceHost {
  const { models, rules } = parts;
  return {
    form: "server",
    formats: MEMORY_FORMATS,
    ...memoryStages(),
    models: () => models.entries(),
    model: (id) => models.entry(id),
    description: (id) => models.description(id),
    find: (question, patience) => findPlane(models, question, patience),
    track: async (frames, { divisions }, { signal, onProgress }) => {
      const tracker = startTracker({ divisions });
      const tracked = [];
      for (const [i, frame] of frames.entries()) {
        await pause();
        signal.throwIfAborted();
        tracked.push(...tracker.push(frame));
        onProgress((i + 1) / frames.length, `frame ${i + 1} of ${frames.length}`);
      }
      const { frames: rest, tracks } = tracker.finish();
      return { frames: [...tracked, ...rest], tracks };
    },
    learn: (question, patience) => learnOnDisk(parts, question, patience),
    open: (address, signal) => openAddress(address, rules, signal),
  };
}

/** First the nuclei, where cells grow from those, then the cells. */
async function findPlane(
  models: ServedModels,
  question: FindQuestion,
  patience: Patience,
): Promise<FoundPlane> {
  const { seeds: seedsId, scale, before } = question;
  const half = seedsId === undefined ? 1 : 0.5;
  // A diameter that was said is that of the cells; the nuclei's is for their own model to find.
  const { diameter, ...seedScale } = scale;
  const nuclei =
    seedsId === undefined
      ? undefined
      : await models.using(seedsId, undefined, (finder) =>
          look(finder, question, { choice: seedScale, before: before?.seeds }, patience, [0, half]),
        );
  const cells = await models.using(question.model, diameter, (finder) =>
    look(
      finder,
      question,
      { choice: scale, before: before?.main, seeds: nuclei?.labels },
      patience,
      [1 - half, half],
    ),
  );
  return {
    labels: cells.labels,
    scales: { main: cells.scale, ...(nuclei && { seeds: nuclei.scale }) },
  };
}

interface LookChoice {
  readonly choice: FindQuestion["scale"];
  readonly before?: Scale;
  readonly seeds?: FoundCells["labels"];
}

async function look(
  finder: Finder,
  { image, channels, averageTurns, saturated, tile }: FindQuestion,
  { choice, before, seeds }: LookChoice,
  { signal, onProgress }: Patience,
  [from, share]: readonly [number, number],
): Promise<FoundCells> {
  await pause();
  signal.throwIfAborted();
  const plane: Image = { ...channelsFor(finder, image, channels), ...spacingOf(image) };
  return finder.find(plane, {
    choice,
    ...(before && { before }),
    ...(seeds && { seeds }),
    ...(averageTurns && { averageTurns }),
    ...(saturated !== undefined && { saturated }),
    ...(tile !== undefined && { tile }),
    signal,
    onProgress: (done, total) => onProgress(from + (share * done) / total),
  });
}

function spacingOf({ spacing }: Image): Pick<Image, "spacing"> {
  return spacing ? { spacing } : {};
}

async function openAddress(
  address: string,
  rules: AddressRules,
  signal: AbortSignal,
): Promise<OpenedImage> {
  const options = { ...rules, signal };
  const path = URL.canParse(address) ? new URL(address).pathname : "";
  const name = nameOf(address);
  if (!/\.zarr\/?$/i.test(path) && !path.endsWith("/"))
    return { name, reader: await openPyramid(await webSource(address, options)), address };
  const base = address.replace(/\/*$/, "/");
  const { reader } = await openZarr(webStore(base, options));
  return { name, reader, address };
}

/** Lets the connection be heard: a cancel, a caller that goes. */
function pause(): Promise<void> {
  return new Promise((done) => setImmediate(done));
}
