#!/usr/bin/env node
// Our tracking beside the paper's, on synthetic movies whose masks are true and whose numbers say nothing: nuclei of 16 frames
// and growing colonies of 40, each by how far the stage drifts. Mean TRA of `--seeds` movies, and the movies in which either
// method is the worse one. Nothing was chosen on seeds above 6.
//
//   node benchmarks/tracking-methods.mjs [--seeds 7,8,9,10,11,12]
import { scoreTracking, synthMovie, track } from "@cellwright/core";
import { openStudy, round } from "./study.mjs";

const study = openStudy("tracking-methods", {
  seeds: { type: "string", default: "7,8,9,10,11,12" },
});
const seeds = study.options.seeds.split(",").map(Number);
const movies = {
  nuclei: {
    kind: "nuclei",
    frames: 16,
    height: 256,
    width: 256,
    density: 0.3,
    speed: 3,
    doubling: 25,
  },
  bacteria: { kind: "bacteria", frames: 40, height: 200, width: 200, count: 3, doubling: 14 },
};

for (const [cells, movie] of Object.entries(movies))
  for (const drift of [0, 3, 6, 12])
    await study.row({ cells, drift, seeds: study.options.seeds }, async () =>
      compare({ ...movie, drift }),
    );

function compare(movie) {
  const sums = { motion: 0, paper: 0 };
  const worse = { motion: 0, paper: 0 };
  for (const seed of seeds) {
    const { frames, tracks } = synthMovie({ ...movie, seed });
    const truth = { frames: frames.map(({ labels }) => labels), tracks };
    const found = truth.frames.map(renumbered);
    const [ours, paper] = ["motion", "paper"].map(
      (method) => scoreTracking(truth, track(found, { method })).tra,
    );
    sums.motion += ours;
    sums.paper += paper;
    if (ours < paper) worse.motion++;
    if (paper < ours) worse.paper++;
  }
  const mean = (/** @type {number} */ sum) => round(sum / seeds.length, 5);
  return { tra: { motion: mean(sums.motion), paper: mean(sums.paper) }, worse };
}

/** Other numbers in each frame. */
function renumbered(labels, t) {
  const data = labels.data.map((label) =>
    label === 0 ? 0 : ((label * 7919 + t * 31) % 65521) + 1,
  );
  return { ...labels, data };
}
