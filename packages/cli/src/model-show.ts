/**
 * Models as words: a line each for a list, a page for one.
 *
 * @module
 */
import { resolve } from "node:path";
import {
  type ClassicalModel,
  classicalModel,
  classicalNames,
  countMultiplyAdds,
  fieldOf,
  type Graph,
  type Model,
  readModelCard,
} from "@cellwright/core";
import type { Context } from "./context.js";
import { methodHash } from "./method.js";
import { folderFiles, modelsIn, openModel, shippedModels } from "./model-folder.js";
import { messageOf, oneLine } from "./report.js";

/** Prints the shipped models, those in a folder, and the classical methods. A damaged one is named and stops nothing. */
export async function listModels(
  folder: string | undefined,
  json: boolean,
  context: Context,
): Promise<void> {
  const shipped = [...(await shippedModels())];
  const found = folder === undefined ? [] : [...(await modelsIn(resolve(context.cwd, folder)))];
  const all = [
    ...shipped.map((entry) => [...entry, true] as const),
    ...found.map((entry) => [...entry, false] as const),
  ];
  const width = Math.max(...[...all.map(([name]) => name), ...classicalNames].map((n) => n.length));
  const print = (line: { name: string; [field: string]: unknown }, words: string) =>
    context.stdout(json ? `${JSON.stringify(line)}\n` : `${line.name.padEnd(width)}  ${words}\n`);
  for (const [name, path, isShipped] of all) {
    const line = await readModelCard(folderFiles(path)).then(
      ({ name: title, description, channels, pixelSize, diameter, types, decoder, version }) => ({
        name,
        title,
        description,
        ...(version && { version }),
        channels,
        ...(pixelSize && { pixelSize }),
        ...(diameter && { diameter }),
        ...(types && { types }),
        decoder: decoder.kind,
        shipped: isShipped,
        path,
      }),
      (error: unknown) => ({ name, path, shipped: isShipped, error: oneLine(messageOf(error)) }),
    );
    const words =
      "error" in line
        ? `error: ${line.error}`
        : `${line.channels.join(" + ")}: ${oneLine(line.description)}`;
    print(line, words);
  }
  for (const method of classicalNames.flatMap((name) => classicalModel(name) ?? [])) {
    const { name, description, channels } = method;
    const line = { name, description, channels, method: true, shipped: true };
    print(line, `${channels.join(" + ")}: ${description}`);
  }
}

/** Prints all that a model says of itself, and what follows from its network. */
export async function showModel(name: string, json: boolean, context: Context): Promise<void> {
  const method = classicalModel(name);
  if (method) {
    context.stdout(json ? methodJson(method) : describeMethod(method));
    return;
  }
  const { model, sha256 } = await openModel(name, context.cwd);
  const { graph, ...card } = model;
  const facts = factsOf(graph);
  context.stdout(
    json
      ? `${JSON.stringify({ ...card, sha256, network: facts })}\n`
      : describe(model, sha256, facts),
  );
}

function methodJson(method: ClassicalModel): string {
  const { name, description, channels, parameters } = method;
  const sha256 = methodHash(method);
  return `${JSON.stringify({ name, description, channels, parameters, sha256 })}\n`;
}

function describeMethod(method: ClassicalModel): string {
  const { name, description, channels, parameters } = method;
  return page(name, description, [
    ["channels", channels.join(", ")],
    ["network", "none: a classical method, to compare with"],
    ["parameters", listed(parameters)],
    ["hash", `sha256 ${methodHash(method)}`],
  ]);
}

/** What follows from a network. */
interface Facts {
  readonly layers: number;
  readonly parameters: number;
  /** Pixels along a side that one output pixel depends on; absent where operators are not ours. */
  readonly receptiveField?: number;
  readonly multiplyAddsPerPixel?: number;
}

function factsOf(graph: Graph): Facts {
  const layers = graph.nodes.filter(
    ({ op }) => op === "Conv" || op === "MatMul" || op === "Gemm",
  ).length;
  const parameters = Object.values(graph.weights)
    .filter(({ data }) => data instanceof Float32Array)
    .reduce((sum, { data }) => sum + data.length, 0);
  try {
    const { receptiveField, stride, crop } = fieldOf(graph);
    const side = stride * Math.ceil((receptiveField + 256) / stride);
    const [input] = graph.inputs;
    const count = countMultiplyAdds(graph, {
      [input.name]: [1, Number(input.shape[1]), side, side],
    });
    return {
      layers,
      parameters,
      receptiveField,
      multiplyAddsPerPixel: Math.round(count / (side - crop.before - crop.after) ** 2),
    };
  } catch {
    // Networks of others may hold operators that only an engine knows.
    return { layers, parameters };
  }
}

function describe(model: Model, sha256: string, facts: Facts): string {
  const { kind, ...parameters } = model.decoder;
  const { kind: recipe, ...numbers } = model.normalization;
  const rows: [string, string | undefined][] = [
    ["version", model.version],
    ["channels", model.channels.join(", ")],
    ["pixel size", model.pixelSize === undefined ? undefined : `${model.pixelSize} µm`],
    [
      "diameter",
      model.diameter === undefined
        ? undefined
        : `cells of about ${Number(model.diameter.toPrecision(3))} pixels; images are rescaled to that`,
    ],
    ["types", model.types?.join(", ")],
    ["brightness", `${recipe} ${listed(numbers)}`.trim()],
    ["maps", model.maps.join(", ")],
    ["decoder", `${kind} ${listed(parameters)}`.trim()],
    ["network", `${facts.layers} convolutions, ${facts.parameters.toLocaleString("en")} numbers`],
    [
      "sees",
      facts.receptiveField === undefined ? undefined : `${facts.receptiveField} pixels wide`,
    ],
    [
      "costs",
      facts.multiplyAddsPerPixel === undefined
        ? undefined
        : `${facts.multiplyAddsPerPixel.toLocaleString("en")} multiply-adds a pixel`,
    ],
    ["license", model.license ?? "not stated"],
    ["authors", model.authors?.map(({ name }) => name).join(", ")],
    [
      "cite",
      model.citations
        ?.map(({ text, doi, url }) => [text, doi ?? url].filter(Boolean).join(" "))
        .join("; "),
    ],
    ["weights", `sha256 ${sha256}`],
  ];
  return page(model.name, model.description, rows);
}

/** A name, a sentence, and rows of facts; those without words are left out. */
function page(
  name: string,
  description: string,
  rows: readonly (readonly [string, string | undefined])[],
): string {
  const lines = rows.flatMap(([what, words]) =>
    words ? [`${what.padEnd(10)}  ${oneLine(words)}`] : [],
  );
  return `${name}\n${oneLine(description)}\n\n${lines.join("\n")}\n`;
}

function listed(fields: object): string {
  return Object.entries(fields)
    .map(([name, value]) => `${name} ${said(value)}`)
    .join(", ");
}

/** Parts of a list that are told. */
const told = 8;

/** A value in words: of a step its kind, of a long list its beginning. */
function said(value: unknown): string {
  if (Array.isArray(value)) {
    const shown = value.slice(0, told).map(said).join(" ");
    return value.length > told ? `${shown} … (${value.length})` : shown;
  }
  if (typeof value !== "object" || value === null) return `${value}`;
  return "kind" in value ? `${value.kind}` : JSON.stringify(value);
}
