// Seconds a step and images a second, beside PyTorch's CPU.
import { table } from "./table.mjs";

/** @param {any[]} rows of training-speed */
export function trainingSpeed(rows) {
  const lines = rows.flatMap(({ key, ours, torch, onnxruntime }) => {
    const network = `${key.widths.join(", ")}; ${key.batch} × ${key.crop} px; ${key.threads} threads`;
    const line = (/** @type {string} */ name, one) => [
      network,
      name,
      one.secondsPerStep.toFixed(3),
      one.imagesPerSecond.toFixed(2),
      `${Math.min(...one.seconds)} … ${Math.max(...one.seconds)}`,
      (one.secondsPerStep / ours.secondsPerStep).toFixed(2),
    ];
    const other = torch ? [line(`PyTorch ${torch.torch}, Python ${torch.python}`, torch)] : [];
    return [line(`engine-onnx, ONNX Runtime ${onnxruntime}`, ours), ...other];
  });
  const header = [
    "U-Net widths; batch; threads",
    "engine",
    "s a step",
    "images a second",
    "fastest … slowest take",
    "times ours",
  ];
  return { sections: { "training-speed": table([header, ...lines]) } };
}
