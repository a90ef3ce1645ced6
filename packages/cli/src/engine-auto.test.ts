import { type Engine, referenceEngine } from "@cellwright/core";
import { expect, test } from "vitest";
import type { EngineChoice } from "./context.js";
import { openEngine } from "./engine.js";
import { settleEngine } from "./engine-auto.js";

const auto: EngineChoice = { engine: "auto", device: "auto", threads: 1 };

/** A clock on which each engine takes its own time. */
function surroundings(milliseconds: Record<string, number>, change: Record<string, number> = {}) {
  const lines: string[] = [];
  const opened: string[] = [];
  let time = 0;
  const open = async ({ engine, device }: EngineChoice): Promise<Engine> => {
    const name = `${engine} ${device}`;
    opened.push(name);
    if (!(name in milliseconds)) throw new Error(`no driver for ${name}`);
    return {
      name,
      async load(graph) {
        const program = await referenceEngine.load(graph);
        return {
          ...program,
          async run(inputs) {
            time += milliseconds[name];
            const size = inputs.image.shape[2];
            // The truth of a large image would take the reference engine seconds, and nobody asks for it.
            if (size > 64) return { maps: inputs.image };
            const { maps } = await program.run(inputs);
            const data = (maps.data as Float32Array).map((value) => value + (change[name] ?? 0));
            return { maps: { ...maps, data } };
          },
        };
      },
    };
  };
  return { lines, opened, open, warn: (line: string) => lines.push(line), now: () => time };
}

test("what is named is taken as it is, and nothing is opened", async () => {
  const world = surroundings({});
  const named = { engine: "tfjs", device: "cpu" };
  expect(await settleEngine(named, world)).toBe(named);
  expect([...world.opened, ...world.lines]).toEqual([]);
});

test("the quickest that passes is taken, and a line says why not the other", async () => {
  const quick = surroundings({ "onnx gpu": 5, "onnx cpu": 20 });
  expect(await settleEngine(auto, quick)).toEqual({ engine: "onnx", device: "gpu", threads: 1 });
  expect(quick.lines).toEqual([
    "--engine onnx --device gpu (not --engine onnx --device cpu: 4.0 times as long)",
  ]);
  const slow = surroundings({ "onnx gpu": 50, "onnx cpu": 20 });
  expect(await settleEngine(auto, slow)).toEqual({ engine: "onnx", device: "cpu", threads: 1 });
});

test("a missing driver and wrong maps are passed by", async () => {
  const world = surroundings({ "tfjs gpu": 1, "onnx cpu": 20 }, { "tfjs gpu": 0.01 });
  expect((await settleEngine(auto, world)).device).toBe("cpu");
  expect(world.lines).toHaveLength(1);
  expect(world.lines[0]).toMatch(/no driver for onnx gpu.*tfjs.*its maps are off by 0\.0/);
});

test("where ONNX Runtime does not start on the processor, TensorFlow.js does", async () => {
  const world = surroundings({ "tfjs cpu": 90 });
  const settled = await settleEngine({ engine: "auto", device: "cpu" }, world);
  expect(settled).toEqual({ engine: "tfjs", device: "cpu" });
  expect(world.opened).toEqual(["onnx cpu", "tfjs cpu"]);
});

test("where nothing starts, what is asked for first is left to say so", async () => {
  const world = surroundings({});
  const settled = await settleEngine(auto, world);
  expect(settled).toEqual({ engine: "onnx", device: "cpu", threads: 1 });
});

test("on this machine an engine is found, whatever its drivers", async () => {
  const lines: string[] = [];
  const engine = await openEngine(auto, { warn: (line) => lines.push(line) });
  expect(engine.name).toMatch(/^(onnx|tfjs)/);
  expect(lines[0]).toMatch(/^--engine \w+ --device (cpu|gpu)/);
});
