// A thread of multiply-adds.mjs: tiles through a session of one thread.
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { parentPort, workerData } from "node:worker_threads";
import { writeOnnx } from "@cellwright/core";
import { openModel } from "../packages/cli/dist/model-folder.js";

const root = fileURLToPath(new URL("../packages/engine-onnx/package.json", import.meta.url));
const ort = createRequire(root)("onnxruntime-node");
const { name, side, tiles } = workerData;
const { graph } = (await openModel(name)).model;
const session = await ort.InferenceSession.create(writeOnnx(graph), { intraOpNumThreads: 1 });
const channels = Number(graph.inputs[0].shape[1]);
const data = new Float32Array(channels * side ** 2).fill(0.5);
const input = {
  [graph.inputs[0].name]: new ort.Tensor("float32", data, [1, channels, side, side]),
};
await session.run(input);
parentPort?.once("message", async () => {
  for (let n = 0; n < tiles; n++) await session.run(input);
  parentPort?.postMessage("done");
});
parentPort?.postMessage("ready");
