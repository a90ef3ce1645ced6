#!/usr/bin/env node
// How fast `track` is: time and peak memory by number of frames and of cells, one JSON line a case.
// Needs a build. Each case is a process of its own, so that its memory is its own. The movie is made while it is tracked:
// discs that wander around the crossings of a grid, under other numbers in each frame; its making is timed apart and
// taken off. Processor time is given beside wall time: it does not depend on what else the machine does.
import { spawnSync } from "node:child_process";
import { appendFileSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";

const [pixels, frames, pitch] = process.argv.slice(2).map(Number);

/** [pixels on a side, frames, pixels between cells]: about 1000 cells, longer and longer; then 100 000 cells. */
const cases = [
  [1024, 125, 32],
  [1024, 250, 32],
  [1024, 500, 32],
  [1024, 1000, 32],
  [5700, 6, 18],
];

if (pixels) measure();
else report();

function* film({ seeded }) {
  const across = Math.floor(pixels / pitch);
  const count = across * across;
  const radius = 0.36 * pitch;
  const random = seeded(5);
  const [offY, offX] = [new Float64Array(count), new Float64Array(count)];
  for (let t = 0; t < frames; t++) {
    const data = new Uint32Array(pixels * pixels);
    for (let i = 0; i < count; i++) {
      offY[i] = 0.9 * offY[i] + 3 * (random() - 0.5);
      offX[i] = 0.9 * offX[i] + 3 * (random() - 0.5);
      const y = (Math.floor(i / across) + 0.5) * pitch + offY[i];
      const x = ((i % across) + 0.5) * pitch + offX[i];
      const label = 1 + ((i + t * 104729) % count);
      const last = Math.min(pixels - 1, y + radius);
      for (let row = Math.max(0, Math.ceil(y - radius)); row <= last; row++) {
        const half = Math.sqrt(radius * radius - (row - y) ** 2);
        const from = Math.max(0, Math.ceil(x - half));
        const to = Math.min(pixels, Math.floor(x + half) + 1);
        if (to > from) data.fill(label, row * pixels + from, row * pixels + to);
      }
    }
    yield { data, shape: [pixels, pixels], axes: "yx" };
  }
}

/** One case: makes the movie once for its own time, then tracks it. */
async function measure() {
  const core = await import("@cellwright/core");
  const timed = async (work) => {
    const cpu = process.cpuUsage();
    const start = performance.now();
    const result = await work();
    const { user, system } = process.cpuUsage(cpu);
    return { result, wall: (performance.now() - start) / 1000, cpu: (user + system) / 1e6 };
  };
  const making = await timed(() => {
    for (const _ of film(core));
  });
  const tracking = await timed(async () => {
    const stream = core.trackStream(film(core));
    for (;;) {
      const next = await stream.next();
      if (next.done) return next.value.length;
    }
  });
  console.log(
    JSON.stringify({
      tracks: tracking.result,
      seconds: tracking.wall - making.wall,
      cpuSeconds: tracking.cpu - making.cpu,
      peakMegabytes: process.resourceUsage().maxRSS / 1024,
    }),
  );
}

function report() {
  for (const [size, length, pitch] of cases) {
    const args = [size, length, pitch].map(String);
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [fileURLToPath(import.meta.url), ...args],
      { encoding: "utf8" },
    );
    if (status !== 0) throw new Error(`${args.join(" ")}: ${stderr}`);
    const { tracks, seconds, cpuSeconds, peakMegabytes } = JSON.parse(stdout);
    const line = JSON.stringify({
      bench: "tracking",
      pixels: size * size,
      frames: length,
      cells: Math.floor(size / pitch) ** 2,
      tracks,
      seconds: Number(seconds.toPrecision(4)),
      cpuSeconds: Number(cpuSeconds.toPrecision(4)),
      peakMegabytes: Math.round(peakMegabytes),
      node: process.version,
      cpu: cpus()[0].model.trim(),
    });
    console.log(line);
    appendFileSync(new URL("results/tracking.jsonl", import.meta.url), `${line}\n`);
  }
}
