import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onnxEngine } from "@cellwright/engine-onnx/node";
import { dataPath, describeData } from "@cellwright/testing";
import { expect, test } from "vitest";
import { memoryContext } from "./memory-context.js";
import { run } from "./program.js";

describeData("a movie of simulated nuclei, some of them full of bright spots", () => {
  test("segmented by the shipped network and tracked, it has a TRA of 0.95", async () => {
    const cwd = mkdtempSync(join(tmpdir(), "cellwright-sim10-"));
    try {
      const context = memoryContext({ cwd, openEngine: async () => onnxEngine() });
      const movie = dataPath("tracking-sim10/01");
      await run(["track", movie, "-o", "t", "-m", "nuclei"], context);
      const truth = dataPath("tracking-sim10/01_GT");
      const scored = memoryContext({ cwd });
      await run(["score", truth, "t", "--metric", "ctc", "--json"], scored);
      const [, file] = scored.out().trim().split("\n");
      const { tra, det } = JSON.parse(file);
      expect(tra).toBeGreaterThan(0.95);
      expect(det).toBeGreaterThan(0.95);
    } finally {
      rmSync(cwd, { recursive: true, force: true });
    }
  }, 120_000);
});
