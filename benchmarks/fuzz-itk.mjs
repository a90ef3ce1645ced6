// The formats that are left to ITK, for fuzz.mjs: valid files written by ITK itself, and how the command line reads them.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeImageNode } from "@itk-wasm/image-io";
import { readImageFile } from "../packages/cli/dist/image-file.js";

const formats = ["nrrd", "mha", "nii", "nii.gz", "jpg", "bmp", "hdf5", "vtk", "gipl", "mrc", "dcm"];

/** A format a target: each reads its files from a folder of its own, as ITK wants a path. */
export async function itkTargets() {
  const folder = mkdtempSync(join(tmpdir(), "cellwright-fuzz-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  const targets = [];
  // ITK's writers tell of what they cannot write on the console.
  const { log, error } = console;
  Object.assign(console, { log: () => {}, error: () => {} });
  for (const ending of formats) {
    const valid = [];
    for (const [type, array, size] of [
      ["uint8", Uint8Array, [16, 12]],
      ["int16", Int16Array, [16, 12]],
      ["uint8", Uint8Array, [8, 6, 4]],
    ]) {
      const path = join(folder, `valid.${ending}`);
      try {
        await writeImageNode(imageOf(type, array, size), path);
        await readImageFile(path);
        valid.push(new Map([["", new Uint8Array(readFileSync(path))]]));
      } catch {
        // Not every format has every type of pixel.
      }
    }
    if (valid.length === 0) continue;
    const path = join(folder, `damaged.${ending}`);
    const read = async (files) => {
      writeFileSync(path, files.get(""));
      await readImageFile(path);
    };
    targets.push({ name: `${ending} (ITK)`, valid, read });
  }
  Object.assign(console, { log, error });
  return targets;
}

function imageOf(componentType, TypedArray, size) {
  const dimension = size.length;
  const axes = size.map((_, i) => i);
  return {
    imageType: { dimension, componentType, pixelType: "Scalar", components: 1 },
    ...{ name: "image", origin: axes.map(() => 0), spacing: axes.map(() => 1), size },
    direction: Float64Array.from(axes.flatMap((i) => axes.map((j) => (i === j ? 1 : 0)))),
    metadata: new Map(),
    data: TypedArray.from({ length: size.reduce((a, b) => a * b, 1) }, (_, i) => (i * 37) % 120),
  };
}
