/**
 * The service's host in a browser: the viewer's worker finds, tracks and learns, its readers open addresses.
 *
 * @module
 */
import { type Image, type Labels, ModelError, ShapeError, stackPlanes } from "@cellwright/core";
import {
  type Allotted,
  allot,
  type Bench,
  type LookInput,
  type ModelInfo,
  openAddress,
  openModelFiles,
} from "@cellwright/viewer";
import type {
  FindQuestion,
  LearnQuestion,
  Learnt,
  ModelEntry,
  Patience,
  ServiceHost,
} from "../service/host.js";
import { checkAddress } from "./address.js";

/** The parts of a page that differ by its form. */
export interface PageParts extends Pick<ServiceHost, "form" | "formats" | "stage" | "forget"> {
  readonly bench: Bench;
  /** Where the readers of rarer formats lie. */
  readonly pipelines: string;
}

/** A host over a bench. */
export function pageHost(parts: PageParts): ServiceHost {
  const { bench, pipelines, form, formats, stage, forget } = parts;
  const { client, shelf } = bench;
  return {
    form,
    formats,
    stage,
    ...(forget && { forget }),
    models: async () => (await bench.models()).map(entryOf),
    model: async (id) => entryOf(await shelf.infoOf(id)),
    description: async (id) => {
      const source = shelf.sourceOf(id);
      if (source.kind === "method") return undefined;
      const file = await (await openModelFiles(source)).open("bioimageio.yaml");
      if (!file) throw new ModelError(`${id} has no bioimageio.yaml`);
      return file.read(0, file.byteLength);
    },
    find: async (question, patience) => {
      const main = await lookOf(bench, question, question.model);
      const seeds =
        question.seeds === undefined ? undefined : await lookOf(bench, question, question.seeds);
      const { scale, before, averageTurns, saturated, tile } = question;
      const options = { scale, before, averageTurns, saturated, tile };
      const buffers = [main, seeds].flatMap((look) => (look ? [look.image.data.buffer] : []));
      const found = await client.ask(
        "find",
        { ...main, ...(seeds && { seeds }), options },
        { ...patience, transfer: buffers as ArrayBuffer[] },
      );
      return { labels: found.labels, scales: found.scales };
    },
    track: (frames, { divisions }, patience) =>
      client.ask("track", { frames, divisions }, patience),
    learn: (question, patience) => learnBy(bench, question, patience),
    open: async (address, signal) => {
      const { href } = checkAddress(address, document.baseURI);
      const opened = await openAddress(href, { signal, pipelines });
      const found = opened.find(({ kind }) => kind === "image") ?? opened[0];
      return { name: found.name, reader: found.reader, address: href };
    },
  };
}

function entryOf(info: ModelInfo): ModelEntry {
  const { id, name, description, channels, types, diameter, pixelSize, license, origin } = info;
  return {
    id,
    name,
    description,
    channels: [...channels],
    ...(types && { types: [...types] }),
    ...(diameter !== undefined && { diameter }),
    ...(pixelSize !== undefined && { pixel_size: pixelSize }),
    ...(license !== undefined && { license }),
    needs_seeds: info.needsSeeds,
    can_learn: info.canLearn,
    origin: origin === "address" || origin === "files" ? "added" : origin,
  };
}

/** The channels that one model looks at: a copy, as it is handed over. */
async function lookOf(
  { shelf }: Bench,
  { image, channels }: FindQuestion,
  id: string,
): Promise<LookInput> {
  const info = await shelf.infoOf(id);
  const [, height, width] = image.shape;
  const area = height * width;
  const planes = info.channels.map((shows): Image => {
    const c = channels.indexOf(shows);
    if (c < 0) throw new ShapeError(`channel of ${id}`, shows, channels.join(", "));
    return {
      data: image.data.subarray(c * area, (c + 1) * area),
      shape: [height, width],
      axes: "yx",
    };
  });
  const { spacing } = image;
  return {
    model: shelf.sourceOf(id),
    image: { ...stackPlanes(planes, info.channels), ...(spacing && { spacing }) },
  };
}

/** Every example is a frame: the viewer's own way of holding cells back works on them as on a movie. */
async function learnBy(
  { client, shelf }: Bench,
  question: LearnQuestion,
  { signal, onProgress }: Patience,
): Promise<Learnt> {
  const { examples, model, seed, epochs, minutes, steps } = question;
  const info = await shelf.infoOf(model);
  const places = allot(
    examples.map(({ labels }, t) => ({
      at: { t, z: 0 },
      box: { y: 0, x: 0, height: labels.shape[0], width: labels.shape[1] },
      labels,
    })),
    seed,
  );
  const lessons = places.map(({ at, box, labels, name, heldBack }: Allotted) => ({
    name,
    plane: at.t,
    box,
    labels: labels as Labels,
    heldBack,
  }));
  const name = question.name ?? `${info.name} finetuned`;
  const answer = await client.ask(
    "learn",
    {
      model: shelf.sourceOf(model),
      planes: examples.map(({ image }) => image),
      samples: examples.map(() => undefined),
      lessons,
      name,
      seed,
      ...(epochs !== undefined && { epochs }),
      ...(minutes !== undefined && { minutes }),
      ...(steps !== undefined && { steps }),
    },
    { signal, onProgress },
  );
  const learnt = answer.zip && entryOf(await shelf.keep(name, answer.zip));
  return {
    ...(learnt && { model: learnt }),
    before: answer.before.ap,
    after: answer.after.ap,
    epochs: answer.epochs,
    best: answer.best,
    seconds: answer.seconds,
  };
}
