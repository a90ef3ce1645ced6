/**
 * `finetune`, or `train`: goes on training a network on images with cells that are right.
 *
 * @module
 */
import { type Labels, planeOf } from "@cellwright/core";
import type { Call } from "./call.js";
import { pickChannels, readPlane } from "./channels.js";
import { Fault, worded, wrong } from "./fault.js";
import type { Example, Learnt, ServiceHost } from "./host.js";
import { type Fields, fieldsOf } from "./read.js";
import { IMAGE, LABELS, planesOf, readLabels, readSource, SOURCE_FIELDS } from "./source.js";

/** Names of the options of `finetune`. */
export const LEARN_FIELDS: readonly string[] = [
  "model",
  "channels",
  "epochs",
  "minutes",
  "steps",
  "name",
  "seed",
  "request_id",
  "on_progress",
  ...SOURCE_FIELDS,
];

/** The most examples of one call. */
const MOST = 256;

/** The verb. `examples` is a list of `{image, labels}`, each of one plane or of several. */
export async function learnVerb(
  examples: unknown,
  options: Fields,
  host: ServiceHost,
  call: Call,
): Promise<Learnt & { readonly request_id: string }> {
  options.only(LEARN_FIELDS);
  const list = Array.isArray(examples) ? examples : [examples];
  if (list.length === 0 || list.length > MOST)
    throw wrong("examples", `1 to ${MOST} of {image, labels}`, `${list.length}`);
  const id = options.text("model", 256) ?? "nuclei";
  const model = await host.model(id);
  if (!model.can_learn)
    throw new Fault(
      "unsupported",
      `${model.name} cannot be trained further here: take another model`,
    );
  const name = options.text("name", 128);
  const epochs = options.integer("epochs", 1, 1000);
  const minutes = options.number("minutes", 0.01, 24 * 60);
  if (epochs !== undefined && minutes !== undefined)
    throw wrong("options", "of epochs or of minutes", "both");
  const steps = options.integer("steps", 1, 10_000);
  const read: Example[] = [];
  for (const [i, one] of list.entries()) {
    call.tell(0, `reading example ${i + 1} of ${list.length}`);
    read.push(...(await readExample(one, i, model.channels, options, host, call)));
  }
  const learnt = await host.learn(
    {
      model: id,
      examples: read,
      ...(name !== undefined && { name }),
      ...(epochs !== undefined && { epochs }),
      ...(minutes !== undefined && { minutes }),
      ...(steps !== undefined && { steps }),
      seed: options.integer("seed", 0, 2 ** 31) ?? 1,
    },
    {
      signal: call.signal,
      onProgress: (share, message = "learning") => call.tell(share, message),
    },
  );
  return { request_id: call.id, ...learnt };
}

async function readExample(
  value: unknown,
  i: number,
  names: readonly string[],
  options: Fields,
  host: ServiceHost,
  call: Call,
): Promise<Example[]> {
  const what = `examples[${i}]`;
  const fields = fieldsOf(value, what).only(["image", "labels"]);
  for (const name of ["image", "labels"])
    if (fields.any(name) === undefined) throw wrong(`${what}.${name}`, "there", worded(undefined));
  const image = await readSource(fields.any("image"), options, host, call.signal, {
    ...IMAGE,
    name: `${what}.image`,
  });
  const given = await readSource(fields.any("labels"), options, host, call.signal, {
    ...LABELS,
    name: `${what}.labels`,
  });
  const labels = await readLabels(given, call.signal, `${what}.labels`);
  if (labels.shape.join() !== image.plain.shape.join())
    throw wrong(
      `${what}.labels`,
      `of shape [${image.plain.shape}], as its image`,
      `[${labels.shape}]`,
    );
  const channels = pickChannels(image.reader, names, options.any("channels"));
  const pairs: Example[] = [];
  for (const index of planesOf(image.reader))
    pairs.push({
      image: await readPlane(image.reader, index, channels, names, call.signal),
      labels: planeOf(labels, index) as Labels,
    });
  return pairs;
}
