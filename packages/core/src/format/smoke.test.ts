import { test, expect } from "vitest";
import { readFileSync, readdirSync } from "node:fs";
import { readImage } from "../read-image.js";
import { bytesSource } from "../source.js";
import { readNpy } from "./npy.js";
test("smoke", async () => {
  const d = "/tmp/formats/tf/";
  let ok = 0; const bad: string[] = [];
  for (const f of readdirSync(d).filter((f) => f.endsWith(".tif"))) {
    const want = readNpy(readFileSync(d + f.replace(".tif", ".npy")));
    const axes = readFileSync(d + f.replace(".tif", ".axes"), "utf8");
    try {
      const t = performance.now();
      const r = await readImage(bytesSource(f, readFileSync(d + f)));
      if (/noisy|flat-/.test(f)) console.log(f, performance.now() - t);
      const same = r.axes === axes && String(r.shape) === String(want.shape) && r.data.constructor === want.data.constructor && Buffer.compare(Buffer.from(r.data.buffer), Buffer.from(want.data.buffer, want.data.byteOffset, want.data.byteLength)) === 0;
      if (same) ok++; else bad.push(`${f} ${r.axes} ${r.shape} ${want.shape}`);
      if (/ij-|ome-/.test(f)) console.log(f, r.axes, JSON.stringify(r.spacing), JSON.stringify(r.channels));
    } catch (e) { bad.push(`${f} ${e}`); }
  }
  console.log(ok, bad.length, bad.slice(0, 20));
});
