import { floats, seeded, UnsupportedError, unet } from "@cellwright/core";
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
