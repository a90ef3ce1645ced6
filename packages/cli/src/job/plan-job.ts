/**
 * `cellwright plan`: settles everything about a job before the first block, and writes it down.
 *
 * @module
 */
import { mkdir, readFile, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { classicalNames, gridSize } from "@cellwright/core";
import { about } from "../batch.js";
import type { PlanOptions } from "../commands/plan.js";
import type { SegmentOptions } from "../commands/segment.js";
import { type Context, exit, UsageError } from "../context.js";
import { exists, writeWhole } from "../file-sink.js";
import { findModel, shippedModels } from "../model-folder.js";
import { isPattern } from "../name-pattern.js";
import { oneLine } from "../report.js";
import { count } from "../segment-log.js";
import { checkSegmentOptions, findItems, recipeOf } from "../segment-plan.js";
import { inputFiles } from "../segment-report.js";
import { openTools } from "../segment-tools.js";
import { isZarrFolder } from "../zarr-store.js";
import { openInput } from "./input.js";
import { planBlocks } from "./plan-blocks.js";
import {
  type BlocksHead,
  type BlockUnit,
  type ImagesHead,
  type ImageUnit,
  type PlannedOptions,
  textOfPlan,
} from "./plan-data.js";
import { isAddress } from "./web-store.js";

/** What was planned, and what to say of it. */
interface Planned {
  readonly head: BlocksHead | ImagesHead;
  readonly units: readonly (BlockUnit | ImageUnit)[];
  readonly lines: readonly string[];
  readonly told: Readonly<Record<string, unknown>>;
}

/** Plans a job and writes `plan.json`; the same plan again changes nothing, another one is refused. */
export async function planJob(
  inputs: readonly string[],
  options: PlanOptions,
  context: Context,
): Promise<void> {
  const start = performance.now();
  const folder = resolve(context.cwd, options.output);
  const asked = asSegment(options);
  checkSegmentOptions(asked);
  const { tools, dispose } = await openTools(asked, context);
  try {
    const planned = await plannedOptions(options, context.cwd);
    const one = await singleImage(inputs, options, context.cwd);
    const made =
      one === undefined
        ? await imagesOf(inputs, asked, planned, tools, context)
        : await blocksOf(one, options, planned, tools, context);
    const { text, job } = textOfPlan(made.head, made.units);
    const path = join(folder, "plan.json");
    await mkdir(folder, { recursive: true });
    if (await exists(path)) {
      if ((await readFile(path, "utf8")) !== text)
        throw new UsageError(
          `${options.output} holds another plan: give a folder of its own, or remove that one`,
        );
    } else await writeWhole(path, text);
    const seconds = Math.round(performance.now() - start) / 1000;
    if (options.json)
      context.stdout(
        `${JSON.stringify({ type: "plan", job, folder: options.output, units: made.units.length, ...made.told, seconds })}\n`,
      );
    else context.stdout(`${oneLine(options.output)}\n`);
    if (!options.quiet) for (const line of made.lines) context.stderr(`${line}\n`);
  } finally {
    await dispose();
  }
}

/** The options as `segment` has them. */
function asSegment(options: PlanOptions): SegmentOptions {
  return { ...options, onError: "continue" };
}

/** What of the options decides the result. */
async function plannedOptions(options: PlanOptions, cwd: string): Promise<PlannedOptions> {
  const { output: _o, json: _j, quiet: _q, threads: _t, block: _b, halo: _h, ...rest } = options;
  const { missing: _m, ...planned } = rest;
  return {
    ...planned,
    model: await placeOf(options.model, cwd),
    ...(options.seeds !== undefined && { seeds: await placeOf(options.seeds, cwd) }),
  };
}

/** A model as it is found from anywhere: a method or a model that we ship by its name, others by their path. */
async function placeOf(model: string, cwd: string): Promise<string> {
  if (classicalNames.includes(model) || (await shippedModels()).has(model)) return model;
  return findModel(model, cwd);
}

/** The path or address of the only image; undefined where several are to be done, one by one. */
async function singleImage(
  inputs: readonly string[],
  { phase, nuclear }: PlanOptions,
  cwd: string,
): Promise<string | undefined> {
  const [input, ...more] = inputs;
  const byName = [phase, nuclear].some((name) => name !== undefined && isPattern(name));
  if (more.length > 0 || byName) {
    const address = inputs.find(isAddress);
    if (address !== undefined) throw new UsageError(`${address} must be the only input`);
    return undefined;
  }
  if (isAddress(input)) return input;
  const path = resolve(cwd, input);
  const status = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" && isPattern(input)) return undefined;
    throw error;
  });
  if (!status) return undefined;
  if (status.isDirectory()) return (await isZarrFolder(path)) ? path : undefined;
  return path;
}

async function blocksOf(
  path: string,
  options: PlanOptions,
  planned: PlannedOptions,
  tools: Parameters<typeof planBlocks>[0]["tools"],
  context: Context,
): Promise<Planned> {
  return about(path, async () => {
    const input = await openInput(path);
    try {
      const { head, units, blocks } = await planBlocks(
        { path, input, tools, options, planned },
        context,
      );
      const { grid, brightness, main } = head;
      const { rows, columns } = gridSize(grid);
      const lines = [
        `${grid.height} x ${grid.width} pixels in ${rows} x ${columns} blocks of ${grid.block}, each with ${grid.halo} around it`,
        `${count(units.length, "block")} to do${units.length < blocks ? `: no pixels are stored of the other ${blocks - units.length}` : ""}`,
        `cells seen at ${Number(main.scale.zoom.toPrecision(3))} times their size; brightness from ${brightness.sampled ? "a sample of " : ""}${brightness.pixels} pixels`,
      ];
      return {
        ...{ head, units, lines },
        told: { kind: "blocks", blocks, block: grid.block, halo: grid.halo, scale: main.scale },
      };
    } finally {
      await input.close();
    }
  });
}

async function imagesOf(
  inputs: readonly string[],
  options: SegmentOptions,
  planned: PlannedOptions,
  tools: Parameters<typeof findItems>[2],
  context: Context,
): Promise<Planned> {
  const { items, problems } = await findItems(inputs, options, tools, context.cwd);
  for (const { input, message } of problems)
    context.stderr(`error: ${input}: ${oneLine(message)}\n`);
  if (items.length === 0) throw new UsageError("there is no image to plan for");
  if (problems.length > 0) context.exitCode = exit.partly;
  const units: ImageUnit[] = [];
  for (const { name, files } of items) {
    const places = files.map((file) => resolve(context.cwd, file));
    units.push({ name, files: places, input: await inputFiles(places) });
  }
  const head: ImagesHead = { kind: "images", recipe: recipeOf(options, tools), options: planned };
  return {
    ...{ head, units },
    lines: [`${count(units.length, "image")} to do`],
    told: { kind: "images" },
  };
}
