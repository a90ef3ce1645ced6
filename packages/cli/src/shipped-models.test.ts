import { readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { describe, expect, test } from "vitest";
import { memoryContext } from "./memory-context.js";
import { shippedModels } from "./model-folder.js";
import { run } from "./program.js";

const names = [...(await shippedModels()).keys()];

test("every folder of the package of models holds a model", () => {
  const folder = dirname(createRequire(import.meta.url).resolve("@cellwright/models/package.json"));
  const folders = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== "node_modules")
    .map((entry) => entry.name);
  expect(names).toContain("nuclei");
  expect(names).toEqual(folders.sort());
});

describe.each(["onnx", "reference"])("cellwright models test --engine %s", (engine) => {
  test.each(names)("%s gives here what it gave its makers", async (name) => {
    const context = memoryContext();
    const code = await run(["models", "test", name, "--engine", engine, "--json"], context);
    expect(context.err()).toBe("");
    const line = JSON.parse(context.out());
    expect(line).toMatchObject({ model: name, engine, passed: true });
    expect(line.count).toBeGreaterThan(0);
    expect(code).toBe(0);
  });
});
