import { writeFileSync } from "node:fs";
import { test } from "vitest";
import { synthBacteria } from "./synth/bacteria.js";
test("x", () => {
  for (const [n, o] of [["b", { seed: 2, height: 2048, width: 2048, density: 0.3 }]] as const) {
    const t = performance.now();
    const { image, labels } = synthBacteria(o);
    console.log(n, performance.now() - t, labels.data.reduce((a, b) => Math.max(a, b), 0));
    writeFileSync(`/tmp/road/${n}.raw`, image.data);
    writeFileSync(`/tmp/road/${n}l.raw`, labels.data);
  }
});
