/**
 * What changes behind a scene: lineages that layers show, and what of a scene makes it look other.
 *
 * @module
 */
import type { Scene } from "../scene/scene.js";
import type { Workspace } from "../workspace.js";

/** Watches lineages. */
export interface LineageWatch {
  /** Watches those of this scene and no others. */
  follow(scene: Scene): void;
  stop(): void;
}

/** Calls `listener` whenever a lineage that is followed changes. */
export function lineageWatch(workspace: Workspace, listener: () => void): LineageWatch {
  const watched = new Map<object, () => void>();
  const keep = (there: ReadonlySet<object>): void => {
    for (const [lineage, stop] of [...watched]) {
      if (there.has(lineage)) continue;
      stop();
      watched.delete(lineage);
    }
  };
  return {
    follow(scene) {
      const there = new Set<object>();
      for (const layer of scene.layers) {
        const lineage = layer.kind === "tracks" ? workspace.lineages.get(layer.labels) : undefined;
        if (!lineage) continue;
        there.add(lineage);
        if (!watched.has(lineage)) watched.set(lineage, lineage.watch(listener));
      }
      keep(there);
    },
    stop: () => keep(new Set()),
  };
}

/** Whether all of two scenes is drawn differently, whatever the frame and the selected label; before there was one, it is. */
export function looksOther(a: Scene | undefined, b: Scene): boolean {
  return (
    !a ||
    a.layers !== b.layers ||
    a.active !== b.active ||
    a.camera !== b.camera ||
    a.size !== b.size ||
    a.region !== b.region ||
    a.theme !== b.theme
  );
}

/** CSS pixels that the lines of labels reach into their surroundings, of the layer whose are the widest. */
export function widestContour(scene: Scene): number {
  const widths = scene.layers.map((layer) => (layer.kind === "labels" ? layer.contourWidth : 0));
  return Math.max(0, ...widths) + 2;
}
