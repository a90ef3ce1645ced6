/**
 * The stage of a window: what callers open, find and set lies in the viewer's scene, where a person may correct it.
 *
 * @module
 */
import { pyramidOf } from "@cellwright/core";
import {
  type App,
  EXPORT_FORMATS,
  type ExportFormat,
  exportLayer,
  readStack,
  removeNow,
} from "@cellwright/viewer";
import type { OpenedImage, Stage } from "../service/host.js";

/** Formats that labels in a window are saved as. */
export const WINDOW_FORMATS: readonly string[] = EXPORT_FORMATS.map(({ format }) => format);

/** The one stage of an app. */
export function windowStage(app: App): Stage {
  const { workspace } = app;
  let image: OpenedImage | undefined;
  let imageLayers: string[] = [];
  let labelLayers: string[] = [];
  const remove = (ids: readonly string[]) => {
    for (const id of ids)
      if (workspace.scene.get().layers.some((layer) => layer.id === id)) removeNow(app, id);
  };
  /** The labels that callers set; else those on top, which a person may have opened. */
  const labelsLayer = (): string | undefined => {
    const { layers } = workspace.scene.get();
    const ours = layers.find(({ id, kind }) => kind === "labels" && labelLayers.includes(id));
    return (ours ?? layers.findLast(({ kind }) => kind === "labels"))?.id;
  };
  return {
    open: async (opened) => {
      remove([...imageLayers, ...labelLayers]);
      labelLayers = [];
      image = opened;
      const { name, reader, address } = opened;
      imageLayers = app.open([
        { kind: "image", name, reader, ...(address !== undefined && { address }) },
      ]);
    },
    image: () => image,
    labels: async (signal) => {
      const id = labelsLayer();
      const store = id === undefined ? undefined : workspace.labels.get(id);
      return store && readStack(store, workspace.scene.get().spacing, signal);
    },
    setLabels: async (labels, name, tracks) => {
      remove(labelLayers);
      const reader = pyramidOf(labels);
      labelLayers = app.open([{ kind: "labels", name, reader, ...(tracks && { tracks }) }]);
    },
    save: async (format, signal) => {
      const id = labelsLayer();
      return id === undefined ? [] : exportLayer(workspace, id, format as ExportFormat, { signal });
    },
  };
}
