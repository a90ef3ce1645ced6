import { Command } from "commander";
import { expect, test } from "vitest";
import { withEngine } from "./engine-option.js";

function parsed(...argv: string[]): Record<string, unknown> {
  const command = withEngine(new Command("test"))
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  return command.parse(argv, { from: "user" }).opts();
}

test("without options it is onnx on the processor", () => {
  expect(parsed()).toEqual({ engine: "onnx", device: "cpu" });
});

test("engine, device and threads are taken, and wrong ones name what there is", () => {
  expect(parsed("--engine", "reference", "--device", "gpu", "--threads", "2")).toEqual({
    engine: "reference",
    device: "gpu",
    threads: 2,
  });
  expect(() => parsed("--engine", "onyx")).toThrow(
    'There is no "onyx". There is onnx, tfjs, reference, auto.',
  );
  expect(() => parsed("--device", "tpu")).toThrow("cpu, gpu, auto");
  expect(() => parsed("--threads", "0")).toThrow("whole number from 1 up");
});

test("help and completion know the choices", () => {
  const choices = withEngine(new Command("test")).options.map(({ argChoices }) => argChoices);
  expect(choices).toEqual([
    ["onnx", "tfjs", "reference", "auto"],
    ["cpu", "gpu", "auto"],
    undefined,
  ]);
});
