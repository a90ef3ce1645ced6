/**
 * What lies beside the page's code: ONNX Runtime under `ort/`, readers of rarer formats under `itk/`, the networks under
 * `models/` with a list of them.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const packages = fileURLToPath(new URL("../../", import.meta.url));

/** Files by the path that the page finds them at: where they lie, or what is in them. */
export type CopiedFiles = ReadonlyMap<string, string | Uint8Array>;

/** One file of a model, in `models/index.json`. */
export interface ListedFile {
  readonly path: string;
  readonly byteLength: number;
  readonly sha256: string;
}

/** One model, in `models/index.json`. */
export interface ListedModel {
  readonly name: string;
  /** Beside the list, ends in `/`. */
  readonly path: string;
  readonly files: readonly ListedFile[];
}

/** All files that are copied. */
export function copiedFiles(): CopiedFiles {
  const models = listModels(join(packages, "models"));
  return new Map<string, string | Uint8Array>([
    ...runtimeFiles(),
    ...pipelineFiles(),
    ...models.flatMap(({ name, files }) =>
      files.map(
        ({ path }) => [`models/${name}/${path}`, join(packages, "models", name, path)] as const,
      ),
    ),
    ["models/index.json", Buffer.from(`${JSON.stringify(models, undefined, 1)}\n`)],
  ]);
}

/** The build of ONNX Runtime that `@cellwright/engine-onnx/web` asks for. */
function runtimeFiles(): [string, string][] {
  const engine = createRequire(join(packages, "engine-onnx/package.json"));
  const folder = dirname(engine.resolve("onnxruntime-web/wasm"));
  return ["ort-wasm-simd-threaded.mjs", "ort-wasm-simd-threaded.wasm"].map((name) => [
    `ort/${name}`,
    join(folder, name),
  ]);
}

/** Readers alone, and none for TIFF, PNG and Zarr: those we read ourselves. */
function pipelineFiles(): [string, string][] {
  const viewer = createRequire(join(packages, "viewer/package.json"));
  const folder = join(dirname(viewer.resolve("@itk-wasm/image-io")), "pipelines");
  return readdirSync(folder)
    .filter((name) => /-read-image\.(js|wasm\.zst)$/.test(name) && !/^(tiff|png|wasm)-/.test(name))
    .sort()
    .map((name) => [`itk/${name}`, join(folder, name)]);
}

/** The models in a folder, with all their files. */
function listModels(folder: string): ListedModel[] {
  return readdirSync(folder)
    .filter((name) => existsSync(join(folder, name, "bioimageio.yaml")))
    .sort()
    .map((name) => ({ name, path: `${name}/`, files: listFiles(join(folder, name)) }));
}

function listFiles(folder: string): ListedFile[] {
  return readdirSync(folder)
    .sort()
    .map((path) => {
      const bytes = readFileSync(join(folder, path));
      const sha256 = createHash("sha256").update(bytes).digest("hex");
      return { path, byteLength: bytes.length, sha256 };
    });
}
