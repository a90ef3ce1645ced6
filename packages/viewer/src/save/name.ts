/**
 * What saved files are called: after the image that they belong to.
 *
 * @module
 */
import type { Layer } from "../scene/scene.js";
import type { ImageSource, Workspace } from "../workspace.js";

/** The lowest image that has the height and width of the scene's labels, which they belong to; undefined where there is none. */
export function imageOf(workspace: Workspace): ImageSource | undefined {
  for (const layer of workspace.scene.get().layers) {
    const image = layer.kind === "image" ? workspace.images.get(layer.source) : undefined;
    if (image) return image;
  }
  return undefined;
}

/**
 * The name of a file without its ending: the image's without its own, else the layer's. A second layer of labels has its own
 * name in it too, so that one does not replace the other.
 */
export function stemFor(workspace: Workspace, layer: Layer): string {
  const image = imageOf(workspace);
  const own = stemOf(layer.name.replaceAll(/[\\/]/g, "_"));
  if (!image) return own;
  const stem = stemOf(image.name);
  const alike = workspace.scene.get().layers.filter(({ kind }) => kind === layer.kind);
  return layer.kind === "image" || alike[0]?.id === layer.id ? stem : `${stem}_${own}`;
}

/** A name as files may have it on every system, without folders, ending and our own suffixes. */
export function stemOf(name: string): string {
  const last = name.replace(/[\\/]+$/, "").replace(/^.*[\\/]/, "");
  const bare = last
    .replace(
      /(\.ome)?\.(tiff?|zarr|btf|tf8|lsm|stk|png|jpe?g|npy|npz|nrrd|mha|nii|nii\.gz|dcm|zip)$/i,
      "",
    )
    .replace(/_(masks|labels|seg)$/i, "");
  const plain = [...bare.replace(/\p{Cc}|[<>:"|?*]/gu, "_")].slice(0, 100).join("");
  return plain.replace(/^[.\s]+|[.\s]+$/g, "") || "cells";
}
