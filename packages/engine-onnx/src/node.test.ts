import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { floats, seeded, UnsupportedError, unet, writeOnnx } from "@cellwright/core";
import { testGradients } from "@cellwright/testing";
import { expect, test } from "vitest";
import { onnxEngine } from "./node.js";

testGradients(onnxEngine({ threads: 1 }));

test("a network that cannot run is refused with what the runtime says", async () => {
  const network = unet({ inputs: 1, outputs: 1, widths: [2] }, seeded(1));
  const broken = {
    ...network,
    nodes: [{ ...network.nodes[0], op: "NoSuchOperator" }, ...network.nodes.slice(1)],
  };
  await expect(onnxEngine().load(broken)).rejects.toThrow(
    /ONNX Runtime refuses the network: .*NoSuchOperator/,
  );
});

test("asking for a graphics processor gives one that works, or says that there is none", async () => {
  const network = unet({ inputs: 1, outputs: 1, widths: [2] }, seeded(1));
  const image = floats(new Float32Array(64).fill(0.5), [1, 1, 8, 8]);
  const expected = (await (await onnxEngine().load(network)).run({ image })).maps;
  try {
    const program = await onnxEngine({ device: "gpu" }).load(network);
    const { maps } = await program.run({ image });
    for (const [i, value] of maps.data.entries())
      expect(value).toBeCloseTo(Number(expected.data[i]), 3);
  } catch (error) {
    expect(error).toBeInstanceOf(UnsupportedError);
    expect((error as Error).message).toMatch(
      /no graphics processor can be used here \(webgpu: .*run on the processor/,
    );
  }
});

test("the runtime's telemetry is off before the runtime is loaded: no identifier of the machine is kept", () => {
  const source = (name: string) => readFileSync(new URL(name, import.meta.url), "utf8");
  const imports = source("./node.ts").match(/^import .*$/gm) ?? [];
  expect(imports[0]).toBe('import "./no-telemetry.js";');
  const home = mkdtempSync(join(tmpdir(), "cellwright-home-"));
  const runtime = createRequire(import.meta.url).resolve("onnxruntime-node");
  const network = writeOnnx(unet({ inputs: 1, outputs: 1, widths: [2] }, seeded(1)));
  writeFileSync(join(home, "network.onnx"), network);
  const script = `${source("./no-telemetry.ts")}
    const { InferenceSession } = require(${JSON.stringify(runtime)});
    InferenceSession.create(${JSON.stringify(join(home, "network.onnx"))}).then(() => process.exit(0));`;
  execFileSync(process.execPath, ["-e", script], { env: { HOME: home } });
  expect(readdirSync(home)).toEqual(["network.onnx"]);
  rmSync(home, { recursive: true });
});
