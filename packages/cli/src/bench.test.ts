import { commandFolder } from "@cellwright/testing";
import { expect, test } from "vitest";
import { memoryContext, run } from "./index.js";
import type { MemoryContext } from "./memory-context.js";

const { cellwright } = commandFolder<MemoryContext>({
  run,
  context: (changes) => memoryContext(changes),
});

test("bench measures every engine that runs here, says why another does not, and goes the whole road", async () => {
  const { code, out } = await cellwright(["bench", "--seconds", "1", "--threads", "1", "--json"]);
  expect(code).toBe(0);
  const rows = out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  const road = rows.pop();
  const of = (engine: string, device = "cpu") =>
    rows.find((row) => row.engine === engine && row.device === device);
  for (const engine of ["onnx", "onnx-web", "tfjs-wasm", "tfjs-cpu", "reference"]) {
    const row = of(engine);
    expect(row.pixelsPerSecond, `${engine}: ${row.problem}`).toBeGreaterThan(100);
    expect(row.runs).toBeGreaterThanOrEqual(2);
  }
  const gpu = of("onnx", "gpu");
  expect(gpu.pixelsPerSecond !== undefined || gpu.problem.length > 0).toBe(true);
  expect(of("onnx").pixelsPerSecond).toBeGreaterThan(10 * of("reference").pixelsPerSecond);
  expect(road).toMatchObject({ road: "segment", pixels: 2 ** 20 });
  expect(road.cells).toBeGreaterThan(50);
  expect(road.network).toBeLessThan(road.seconds);
});

test("bench of a model that is not there names it", async () => {
  const { code, err } = await cellwright(["bench", "--model", "nowhere"]);
  expect(code).toBe(1);
  expect(err).toMatch(/nowhere/);
});
