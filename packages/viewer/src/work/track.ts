/**
 * Tracking in the page: the cells of a layer get one number over time, and a lineage.
 *
 * @module
 */
import { type Labels, ShapeError } from "@cellwright/core";
import { commit, pagesOf, watchEdits } from "../edit/apply.js";
import { changeBox, replaced } from "../edit/change.js";
import type { PageChange } from "../edit/label-store.js";
import type { BenchTools } from "./bench.js";
import { showJob } from "./job.js";
import { handOver } from "./planes.js";

/** Tracks a layer, as one step of the history. Throws `ShapeError` for a single frame and for stacks in depth. */
export async function trackInPage(
  { workspace, client }: BenchTools,
  layer: string,
  { divisions = true }: { readonly divisions?: boolean } = {},
): Promise<void> {
  const store = pagesOf(workspace, layer);
  const { t, z, y, x } = store.size;
  if (t < 2) throw new ShapeError("frames to track", "at least 2", `${t}`);
  if (z > 1) throw new ShapeError("depth of a movie to track", "1", `${z}`);
  const stop = new AbortController();
  const job = showJob(workspace, "Track", () => stop.abort());
  let edited = false;
  const quiet = watchEdits(workspace, (where) => {
    edited ||= where === layer;
  });
  try {
    const whole = { y: 0, x: 0, height: y, width: x };
    const frames: Labels[] = [];
    for (let n = 0; n < t; n++) {
      job.tell(undefined, `reading frame ${n + 1} of ${t}`);
      frames.push(await store.read({ t: n, z: 0 }, whole, stop.signal));
    }
    const found = await client.ask(
      "track",
      { frames, divisions },
      {
        signal: stop.signal,
        transfer: handOver(...frames),
        onProgress: (share, detail) => job.tell(share, detail),
      },
    );
    if (edited)
      throw new ShapeError("labels", "left alone while they are tracked", "changed: track again");
    for (let n = 0; n < t; n++) await store.load({ t: n, z: 0 }, whole, stop.signal);
    const pages: PageChange[] = [];
    for (const [n, { data }] of found.frames.entries())
      pages.push(...changeBox(store, { t: n, z: 0 }, whole, replaced(data, whole)));
    commit(workspace, layer, { name: "track", pages, tracks: () => found.tracks });
    // Types are of numbers that mean other cells now.
    workspace.types.delete(layer);
  } finally {
    quiet();
    job.end();
  }
}
