/**
 * How fast a model is here: the network on each engine, and the whole road of one image on the engine that is used by
 * itself.
 *
 * @module
 */
import { availableParallelism, cpus } from "node:os";
import {
  countLabels,
  findCells,
  type Image,
  type Model,
  normalize,
  type Program,
  predict,
  synthNuclei,
  type Tensor,
} from "@cellwright/core";
import { type Contender, contenders } from "./bench-engines.js";
import type { BenchOptions } from "./commands/bench.js";
import type { Context } from "./context.js";
import { openModel } from "./model-folder.js";
import { messageOf, oneLine } from "./report.js";
import { rounded } from "./segment-log.js";
import { median } from "./train-data.js";
import { version } from "./version.js";

/** Pixels along a side of what the network is given, and of what very slow engines are given. */
const side = 512;
const smallSide = 64;
/** Pixels along a side of the image that the whole road is gone with. */
const roadSide = 1024;

/** How an engine did. */
interface EngineRow extends Pick<Contender, "engine" | "device" | "threads"> {
  /** Pixels of the image that the network looked at in a second; median over `runs`. */
  readonly pixelsPerSecond?: number;
  /** Seconds until the engine and the network were loaded, and of the first run. */
  readonly load?: number;
  readonly first?: number;
  readonly runs?: number;
  /** Why it does not run here. */
  readonly problem?: string;
}

/** Prints a row for each engine, then the whole road. Throws where the model cannot be opened. */
export async function bench(options: BenchOptions, context: Context): Promise<void> {
  const { model } = await openModel(options.model, context.cwd);
  const { json } = options;
  const about = {
    ...{ cellwright: version(), node: process.versions.node, model: model.name },
    ...{ processor: cpus()[0]?.model.trim() ?? "unknown", cores: availableParallelism() },
  };
  if (!json)
    context.stdout(
      `cellwright ${about.cellwright}, ${about.processor}, ${about.cores} cores, "${about.model}"\n`,
    );
  const most = Math.min(options.threads ?? about.cores, about.cores);
  for (const contender of await contenders(most)) {
    if (context.signal.aborted) return;
    const row = await timed(contender, model, options.seconds, context.signal);
    context.stdout(json ? `${JSON.stringify({ ...about, ...row })}\n` : `${lineOf(row)}\n`);
  }
  const road = await roadOf(model, most, context);
  context.stdout(json ? `${JSON.stringify({ ...about, ...road })}\n` : roadText(road));
}

/** The network on one engine: as many runs as fit into the time, two at least. */
async function timed(
  contender: Contender,
  model: Model,
  seconds: number,
  signal: AbortSignal,
): Promise<EngineRow> {
  const { engine, device, threads, slow } = contender;
  const row = { engine, device, ...(threads && { threads }) };
  let program: Program | undefined;
  try {
    const image = madeUp(model, slow ? smallSide : side);
    const tensor = normalize(image, model.normalization);
    const start = performance.now();
    program = await (await contender.open()).load(model.graph);
    const load = since(start);
    const first = await secondsOf(tensor, program, signal);
    const times: number[] = [];
    const end = performance.now() + 1000 * seconds;
    while (times.length < 2 || (performance.now() < end && times.length < 50))
      times.push(await secondsOf(tensor, program, signal));
    const pixels = tensor.shape[1] * tensor.shape[2];
    const pixelsPerSecond = Math.round(pixels / median(times));
    return { ...row, pixelsPerSecond, load, first: rounded(first), runs: times.length };
  } catch (error) {
    return { ...row, problem: oneLine(messageOf(error)).slice(0, 200) };
  } finally {
    await program?.dispose();
  }
}

async function secondsOf(tensor: Tensor, program: Program, signal: AbortSignal): Promise<number> {
  const start = performance.now();
  await predict(tensor, program, { signal });
  return (performance.now() - start) / 1000;
}

/** The whole road of one image, from pixels to labels. */
interface Road {
  readonly road: "segment";
  readonly engine: string;
  readonly threads: number;
  readonly pixels: number;
  readonly cells?: number;
  readonly seconds?: number;
  /** Of these, in the network. */
  readonly network?: number;
  readonly pixelsPerSecond?: number;
  readonly problem?: string;
}

async function roadOf(model: Model, threads: number, context: Context): Promise<Road> {
  const { signal } = context;
  const row = { road: "segment", engine: "onnx", threads, pixels: roadSide ** 2 } as const;
  let program: Program | undefined;
  try {
    const engine = await context.openEngine({ engine: row.engine, device: "cpu", threads });
    program = await engine.load(model.graph);
    let network = 0;
    const watched: Program = {
      ...program,
      run: async (inputs) => {
        const start = performance.now();
        const outputs = await (program as Program).run(inputs);
        network += performance.now() - start;
        return outputs;
      },
    };
    await findCells(madeUp(model, 256), model, watched, { signal });
    network = 0;
    const start = performance.now();
    const { labels } = await findCells(madeUp(model, roadSide), model, watched, { signal });
    const seconds = since(start);
    const cells = countLabels(labels);
    return {
      ...row,
      ...{ cells, seconds, network: rounded(network / 1000) },
      pixelsPerSecond: Math.round(row.pixels / seconds),
    };
  } catch (error) {
    return { ...row, problem: oneLine(messageOf(error)).slice(0, 200) };
  } finally {
    await program?.dispose();
  }
}

/** Made-up nuclei in each channel that a model wants. */
function madeUp({ channels }: Model, length: number): Image {
  const fields = channels.map(
    (_, c) => synthNuclei({ height: length, width: length, seed: 1 + c }).image,
  );
  const data = new Float32Array(fields.length * length * length);
  for (const [c, { data: pixels }] of fields.entries())
    data.set(Float32Array.from(pixels, Number), c * length * length);
  return { data, shape: [fields.length, length, length], axes: "cyx" };
}

function lineOf({ engine, device, threads, pixelsPerSecond, load, problem }: EngineRow): string {
  const what = `${engine} ${device}${threads ? ` ${threads} thread${threads > 1 ? "s" : ""}` : ""}`;
  if (pixelsPerSecond === undefined) return `  ${what.padEnd(24)} does not run here: ${problem}`;
  return `  ${what.padEnd(24)} ${megapixels(pixelsPerSecond).padStart(8)} Mpx/s   loads in ${load} s`;
}

function roadText({ cells, seconds = 0, network = 0, pixelsPerSecond = 0, problem }: Road): string {
  if (problem) return `segment does not run here: ${problem}\n`;
  const share = Math.round((100 * network) / seconds);
  return `segment, ${roadSide} x ${roadSide} pixels: ${cells} cells in ${seconds} s, ${share} % of it in the network (${megapixels(pixelsPerSecond)} Mpx/s)\n`;
}

function megapixels(pixels: number): string {
  return (pixels / 1e6).toPrecision(3);
}

function since(start: number): number {
  return rounded((performance.now() - start) / 1000);
}
