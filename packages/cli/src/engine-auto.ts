/**
 * `--engine auto` and `--device auto`: which engine and device run a network here, by trying.
 * In: what was asked for. Out: the same without the word `auto`, and a line that says why.
 *
 * @module
 */
import {
  type Engine,
  floats,
  type Graph,
  type Program,
  referenceEngine,
  seeded,
  unet,
} from "@cellwright/core";
import type { EngineChoice } from "./context.js";
import { messageOf, oneLine } from "./report.js";

/** What {@link settleEngine} needs of its surroundings. */
export interface Settling {
  /** Opens an engine that is named. */
  readonly open: (choice: EngineChoice) => Promise<Engine>;
  /** Told, in one line, what was chosen and what not. */
  readonly warn: (line: string) => void;
  /** Milliseconds; default: the clock. */
  readonly now?: () => number;
}

/** The likely quickest first; the reference engine is too slow for work. */
const engines = ["onnx", "tfjs"];

/** Maps may differ so much from the reference engine's: cards compute with fewer digits. */
const tolerance = { cpu: 1e-4, gpu: 5e-3 } as const;

/** Pixels along a side for the self-test, whose truth the slow engine must compute, and for the clock. */
const side = { test: 32, clock: 512 } as const;

/** A few layers of everything that our networks are made of. */
const network: Graph = unet({ inputs: 1, outputs: 2, widths: [8, 16], logarithm: 50 }, seeded(1));

/** An engine on a device whose maps are right. */
interface Passed<Choice> {
  readonly choice: Choice;
  readonly program: Program;
}

/**
 * Settles the words `auto`. Each engine and device in question runs a small network; of several whose maps are the reference
 * engine's, the quickest on a larger image is taken. Of the engines on the processor ONNX Runtime is known to be
 * the quickest: others are tried only where it fails. What does not start or gives other maps is passed by, never an error,
 * unless nothing is left: then what was asked for first is tried by whoever opens it, and says what is wrong.
 */
export async function settleEngine<Choice extends EngineChoice>(
  choice: Choice,
  { open, warn, now = () => performance.now() }: Settling,
): Promise<Choice> {
  if (choice.engine !== "auto" && choice.device !== "auto") return choice;
  const devices = choice.device === "auto" ? (["gpu", "cpu"] as const) : [choice.device];
  const names = choice.engine === "auto" ? engines : [choice.engine];
  const passed: Passed<Choice>[] = [];
  const reasons: string[] = [];
  for (const device of devices)
    for (const engine of names) {
      const asked = { ...choice, engine, device };
      try {
        passed.push({ choice: asked, program: await tested(await open(asked), device) });
        break;
      } catch (error) {
        // What a library says of its own sources stands in brackets, and is long.
        const [reason] = oneLine(messageOf(error)).split(" (");
        reasons.push(`not ${nameOf(asked)}: ${reason.slice(0, 120)}`);
      }
    }
  const timed: { choice: Choice; milliseconds: number }[] = [];
  for (const { choice: one, program } of passed) {
    // Where there is no choice, nobody waits for the clock.
    timed.push({ choice: one, milliseconds: passed.length > 1 ? await time(program, now) : 0 });
    await program.dispose();
  }
  const [best, ...slower] = timed.sort((a, b) => a.milliseconds - b.milliseconds);
  const device = devices[devices.length - 1];
  const settled = best?.choice ?? { ...choice, engine: names[0], device };
  const times = slower.map(({ choice: one, milliseconds }) => {
    const factor = (milliseconds / best.milliseconds).toFixed(1);
    return `not ${nameOf(one)}: ${factor} times as long`;
  });
  const why = [...times, ...reasons].join("; ");
  warn(`${nameOf(settled)}${why && ` (${why})`}`);
  return settled;
}

function nameOf({ engine, device }: EngineChoice): string {
  return `--engine ${engine} --device ${device}`;
}

/** The network in an engine. Throws where it does not start or its maps are wrong. */
async function tested(engine: Engine, device: string): Promise<Program> {
  const program = await engine.load(network);
  const image = imageOf(side.test);
  const [found, truth] = [await program.run({ image }), await expected(image)];
  const limit = device === "gpu" ? tolerance.gpu : tolerance.cpu;
  const maps = found.maps.data as Float32Array;
  const wrong = truth.findIndex((value, i) => !(Math.abs(maps[i] - value) <= limit));
  if (wrong < 0) return program;
  await program.dispose();
  throw new Error(`its maps are off by ${Math.abs(maps[wrong] - truth[wrong])}`);
}

/** How long a large image takes once the engine is warm, in milliseconds. */
async function time(program: Program, now: () => number): Promise<number> {
  const image = imageOf(side.clock);
  await program.run({ image });
  const start = now();
  await program.run({ image });
  return now() - start;
}

async function expected(image: ReturnType<typeof imageOf>): Promise<Float32Array> {
  const program = await referenceEngine.load(network);
  const { maps } = await program.run({ image });
  return maps.data as Float32Array;
}

function imageOf(length: number) {
  const data = Float32Array.from({ length: length ** 2 }, (_, i) => 0.5 + 0.5 * Math.sin(i * i));
  return floats(data, [1, 1, length, length]);
}
