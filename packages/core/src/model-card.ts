/**
 * The description of a bioimage.io model, as data → what we need to know of the model.
 *
 * @module
 */
import { ModelError, UnsupportedError } from "./errors.js";
import { checkDecoder } from "./instance/decode.js";
import type { Author, Citation, ModelCard } from "./model.js";
import { type ModelTensor, tensorsOf } from "./model-axes.js";
import {
  type Field,
  fieldAt,
  isAbsent,
  itemsOf,
  numberOf,
  optionalText,
  textOf,
  wrongField,
} from "./model-field.js";
import { recipeOf } from "./model-operation.js";
import { within } from "./model-within.js";
import { checkNormalization, type Normalization } from "./normalize.js";
import type { ModelOperation } from "./operation/operation.js";
import { type OperationList, readOperations } from "./operation/read.js";

/** A card of a model that may say nothing of how to find cells in its maps. */
export type MapCard = Omit<ModelCard, "decoder"> & Partial<Pick<ModelCard, "decoder">>;

/**
 * The card of a description. Throws {@link ModelError} where it says too little, {@link UnsupportedError} where it asks
 * for what we do not do.
 */
export function cardOf(description: Field): ModelCard {
  const card = mapCardOf(description);
  const { decoder } = card;
  if (decoder) return { ...card, decoder };
  throw new ModelError(
    `${description.file}: config.cellwright.decoder is missing: it must say how to find cells in the network's maps (or outputs[0].postprocessing must end in stardist_postprocessing or cellpose_flow_dynamics); "models run" gives the maps`,
    { file: description.file, field: "config.cellwright.decoder" },
  );
}

/** The same for a model whose maps are all that is wanted. */
export function mapCardOf(description: Field): MapCard {
  const input = only(fieldAt(description, "inputs"));
  const output = only(fieldAt(description, "outputs"));
  const before = readOperations(fieldAt(input.field, "preprocessing"));
  const after = readOperations(fieldAt(output.field, "postprocessing"));
  const own = mappingAt(mappingAt(description, "config"), "cellwright");
  const stated = fieldAt(own, "decoder");
  const decoder = isAbsent(stated)
    ? after.decoder
    : within(`${stated.file}: config.cellwright`, () => checkDecoder(stated.value));
  const channels = channelsOf(input);
  const maps = mapNames(after.decoder) ?? channelsOf(output);
  const optional = {
    version: isAbsent(fieldAt(description, "version"))
      ? undefined
      : `${fieldAt(description, "version").value}`,
    license: optionalText(fieldAt(description, "license"), 100),
    pixelSize: pixelSizeOf(input.field),
    diameter: optionalNumber(fieldAt(own, "diameter"), 1, 1e6),
    types: typesOf(fieldAt(own, "types"), maps),
    authors: listed(fieldAt(description, "authors"), authorOf),
    tags: listed(fieldAt(description, "tags"), (tag) => textOf(tag)),
    citations: listed(fieldAt(description, "cite"), citationOf),
  };
  return {
    name: textOf(fieldAt(description, "name"), 128),
    description: optionalText(fieldAt(description, "description")) ?? "",
    channels,
    maps,
    normalization: normalizationOf(own, before.operations, channels.length),
    ...(after.operations.length > 0 && { postprocessing: after.operations }),
    ...(decoder && { decoder }),
    ...present(optional),
  };
}

/** What the maps are called where the description tells of the cells that are made of them. */
function mapNames(decoder: OperationList["decoder"]): string[] | undefined {
  if (decoder?.kind === "stardist")
    return ["probability", ...Array.from({ length: decoder.rays }, (_, k) => `distance_${k}`)];
  return decoder && ["flow_y", "flow_x", "probability"];
}

function normalizationOf(
  own: Field,
  operations: readonly ModelOperation[],
  channels: number,
): Normalization {
  const field = fieldAt(own, "normalization");
  if (isAbsent(field)) return recipeOf(operations, channels);
  return within(`${field.file}: config.cellwright`, () => checkNormalization(field.value));
}

/** The one tensor of a list; of inputs, those that may be left out do not count. */
export function only(list: Field): ModelTensor {
  const tensors = tensorsOf(list).filter(({ optional }) => !optional);
  if (tensors.length === 1) return tensors[0];
  throw new UnsupportedError(
    `${list.file}: ${list.path} must be one tensor for Cellwright, are ${tensors.length}`,
  );
}

/** The names of the channels; the axes must be batch, channel, y, x, or the channel last. */
function channelsOf({ axes, field }: ModelTensor): string[] {
  const letters = axes.map(({ type, id }) => (type === "space" ? id : type));
  const names = axes.find(({ type }) => type === "channel")?.names;
  if (!["batch channel y x", "batch y x channel"].includes(letters.join(" ")) || !names)
    throw new UnsupportedError(
      `${field.file}: ${field.path}.axes must be batch, channel, y, x for Cellwright (the channel second or last), are ${letters.join(", ").slice(0, 200)}`,
    );
  return [...names];
}

function pixelSizeOf(tensor: Field): number | undefined {
  const axes = itemsOf(fieldAt(tensor, "axes"));
  const [y, x] = axes.slice(fieldAt(axes[1], "type").value === "channel" ? 2 : 1);
  if (fieldAt(x, "unit").value !== "micrometer" || fieldAt(y, "unit").value !== "micrometer")
    return undefined;
  const scale = fieldAt(x, "scale");
  const size = isAbsent(scale) ? 1 : numberOf(scale, 1e-6, 1e6);
  const other = fieldAt(y, "scale");
  if ((isAbsent(other) ? 1 : other.value) !== size)
    throw wrongField(other, `${size}, like that of x`);
  return size;
}

function optionalNumber(field: Field, least: number, most: number): number | undefined {
  return isAbsent(field) ? undefined : numberOf(field, least, most);
}

/** The types of cells, each the name of a map. */
function typesOf(field: Field, maps: readonly string[]): string[] | undefined {
  return listed(field, (type) => {
    const name = textOf(type, 200);
    if (!maps.includes(name)) throw wrongField(type, `one of the maps ${maps.join(", ")}`);
    return name;
  });
}

function authorOf(field: Field): Author {
  const affiliation = optionalText(fieldAt(field, "affiliation"));
  const orcid = optionalText(fieldAt(field, "orcid"), 40);
  return { name: textOf(fieldAt(field, "name")), ...present({ affiliation, orcid }) };
}

function citationOf(field: Field): Citation {
  const doi = optionalText(fieldAt(field, "doi"));
  const url = optionalText(fieldAt(field, "url"), 2083);
  return { text: textOf(fieldAt(field, "text"), 10_000), ...present({ doi, url }) };
}

/** A mapping that may be left out. */
export function mappingAt(parent: Field, name: string): Field {
  const field = fieldAt(parent, name);
  return isAbsent(field) ? { ...field, value: {} } : field;
}

function listed<T>(list: Field, read: (item: Field) => T): T[] | undefined {
  return isAbsent(list) ? undefined : itemsOf(list).map(read);
}

/** The fields that are there. */
function present<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
