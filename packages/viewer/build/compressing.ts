/**
 * Writes a smaller copy beside each file that Brotli makes smaller: hosts such as nginx and Caddy send `a.js.br` in place of
 * `a.js` to browsers that take it, which is a third less than what they compress themselves.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { brotliCompress, constants } from "node:zlib";
import type { Plugin } from "vite";

/** Compressing ONNX Runtime takes many seconds, so what was once compressed is kept. */
const store = fileURLToPath(new URL("../../../node_modules/.cache/cellwright-br", import.meta.url));

/** From 9 on it takes longer and longer, and gains little. */
const quality = 9;

const wanted = /\.(html|js|mjs|css|json|svg|wasm|onnx)$/;

/** A plugin that compresses. */
export function compressing(): Plugin {
  return {
    name: "cellwright:compressing",
    apply: "build",
    async writeBundle({ dir = "" }, bundle) {
      const paths = Object.keys(bundle).filter((path) => wanted.test(path));
      await Promise.all(paths.map((path) => compressFile(join(dir, path))));
    },
  };
}

async function compressFile(path: string): Promise<void> {
  const bytes = await readFile(path);
  if (bytes.length < 1024) return;
  const small = await compressed(bytes);
  if (small.length < 0.95 * bytes.length) await writeFile(`${path}.br`, small);
}

async function compressed(bytes: Buffer): Promise<Buffer> {
  const name = createHash("sha256").update(bytes).update(`${quality}`).digest("hex");
  const kept = join(store, name);
  const known = await readFile(kept).catch(() => undefined);
  if (known) return known;
  const small = await promisify(brotliCompress)(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: quality,
      [constants.BROTLI_PARAM_LGWIN]: 24,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  });
  // Where the store cannot be written to, the next build takes as long as this one.
  await mkdir(dirname(kept), { recursive: true })
    .then(() => writeFile(`${kept}.${process.pid}`, small))
    .then(() => rename(`${kept}.${process.pid}`, kept))
    .catch(() => undefined);
  return small;
}
