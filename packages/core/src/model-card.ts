/**
 * The description of a bioimage.io model, as data → what we need to know of the model.
 *
 * @module
 */
import { isCoreError, ModelError, UnsupportedError } from "./errors.js";
import { checkDecoder } from "./instance/decode.js";
import type { Author, Citation, ModelCard } from "./model.js";
import {
  type Field,
  fieldAt,
  isAbsent,
  itemsOf,
  numberOf,
  optionalText,
  textOf,
  wordOf,
  wrongField,
} from "./model-field.js";
import { recipeOf } from "./model-operation.js";
import { checkNormalization, type Normalization } from "./normalize.js";

/**
 * The card of a description. Throws {@link ModelError} where it says too little, {@link UnsupportedError} where it asks
 * for what we do not do.
 */
export function cardOf(description: Field): ModelCard {
  const input = only(fieldAt(description, "inputs"));
  const output = only(fieldAt(description, "outputs"));
  for (const operation of itemsOf(fieldAt(output, "postprocessing")))
    throw new UnsupportedError(
      `${operation.file}: ${operation.path} asks for ${wordOf(fieldAt(operation, "id"))}, which Cellwright does not do`,
    );
  const own = fieldAt(mappingAt(description, "config"), "cellwright");
  if (isAbsent(own))
    throw new ModelError(
      `${description.file}: config.cellwright.decoder is missing: it must say how to find cells in the network's maps`,
      { file: description.file, field: "config.cellwright.decoder" },
    );
  const channels = channelsOf(input);
  const maps = channelsOf(output);
  const decoder = fieldAt(own, "decoder");
  const optional = {
    version: isAbsent(fieldAt(description, "version"))
      ? undefined
      : `${fieldAt(description, "version").value}`,
    license: optionalText(fieldAt(description, "license"), 100),
    pixelSize: pixelSizeOf(input),
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
    normalization: normalizationOf(own, input, channels.length),
    decoder: within(`${decoder.file}: config.cellwright`, () => checkDecoder(decoder.value)),
    ...present(optional),
  };
}

function normalizationOf(own: Field, input: Field, channels: number): Normalization {
  const field = fieldAt(own, "normalization");
  if (isAbsent(field)) return recipeOf(fieldAt(input, "preprocessing"), channels);
  return within(`${field.file}: config.cellwright`, () => checkNormalization(field.value));
}

/** The one tensor of a list of tensors. */
function only(list: Field): Field {
  const tensors = itemsOf(list);
  if (tensors.length === 1) return tensors[0];
  throw new UnsupportedError(
    `${list.file}: ${list.path} must be one tensor for Cellwright, are ${tensors.length}`,
  );
}

/** The names of the channels; the axes must be batch, channel, y, x. */
function channelsOf(tensor: Field): string[] {
  const axes = itemsOf(fieldAt(tensor, "axes"));
  const letters = axes.map((axis) => {
    const type = wordOf(fieldAt(axis, "type"), 20);
    return type === "space" ? idOf(axis) : type;
  });
  if (letters.join(" ") !== "batch channel y x")
    throw new UnsupportedError(
      `${tensor.file}: ${tensor.path}.axes must be batch, channel, y, x for Cellwright, are ${letters.join(", ").slice(0, 200)}`,
    );
  const names = fieldAt(axes[1], "channel_names");
  const channels = itemsOf(names).map((name) => textOf(name, 200));
  if (channels.length === 0) throw wrongField(names, "a list of names");
  return channels;
}

/** An axis without an id is x, says bioimage.io. */
function idOf(axis: Field): string {
  const id = fieldAt(axis, "id");
  return isAbsent(id) ? "x" : wordOf(id, 16);
}

function pixelSizeOf(tensor: Field): number | undefined {
  const [y, x] = itemsOf(fieldAt(tensor, "axes")).slice(2);
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

/** Runs `read`; an error it throws is told again as the model's, with where it happened in front. */
export function within<T>(where: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (isCoreError(error, "UnsupportedError"))
      throw new UnsupportedError(`${where}: ${error.message}`, error.details, error);
    if (isCoreError(error))
      throw new ModelError(`${where}: ${error.message}`, error.details, error);
    throw error;
  }
}
