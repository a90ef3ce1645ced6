import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { writeNpy } from "@cellwright/core";
import {
  foundOnReference,
  shippedFile,
  shippedModel,
  shippedModels,
  worstOf,
} from "@cellwright/testing";
import { describePage, openSite, type Site } from "@cellwright/testing/page";
import { afterAll, beforeAll, expect, test } from "vitest";

const sibling = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const wasm = dirname(createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm"));

/** Milliseconds for a test: a browser that draws in software beside other work on two cores may take minutes. */
const patience = 600_000;

describePage("in a page", () => {
  let site: Site;
  let image: Uint8Array;

  beforeAll(async () => {
    site = await openSite({
      root: sibling(".."),
      policy: "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'",
      program:
        'import { bytesSource, findCells, readModelFiles, readNpy } from "@cellwright/core";\n' +
        `import { tfjsWebEngine } from ${JSON.stringify(sibling("web.ts"))};\n` +
        "globalThis.app = { bytesSource, findCells, readModelFiles, readNpy, tfjsWebEngine };\n",
      find: (path) => {
        const [, place, name, ...rest] = path.split("/");
        if (path === "/image.npy") return image;
        if (place === "tfjs" && name.endsWith(".wasm")) return readFileSync(join(wasm, name));
        return place === "models" ? shippedFile(name, rest.join("/")) : undefined;
      },
    });
  }, patience);

  afterAll(() => site?.close());

  // WebGL counts in floats of the card's own making: cells must be the same, maps nearly so.
  const cases = shippedModels.flatMap((name) => [
    { name, backend: "wasm" as const, tolerance: 1e-4 },
    { name, backend: "webgl" as const, tolerance: 5e-3 },
  ]);

  test.each(cases)(
    "the shipped $name finds on $backend what it finds on the reference engine, and asks nobody else",
    async ({ name, backend, tolerance }) => {
      const shipped = await shippedModel(name);
      image = writeNpy(shipped.image);
      const { page, problems, strangers } = await site.visit();
      const found = await page.evaluate(inPage, { name, backend });
      const expected = await foundOnReference(name);
      expect(found.engine).toBe(`tfjs-${backend}`);
      expect(worstOf(found.maps, expected.maps?.data ?? [])).toBeLessThanOrEqual(tolerance);
      expect(found.labels).toEqual(Array.from(expected.labels.data));
      expect(Math.max(...found.labels)).toBeGreaterThan(0);
      expect(problems).toEqual([]);
      expect(strangers).toEqual([]);
      await page.close();
    },
    patience,
  );

  test(
    "left to itself a page without a graphics card takes WebAssembly, and a backend that is not there is refused",
    async () => {
      const { page, strangers } = await site.visit();
      const said = await page.evaluate(async () => {
        type App = typeof import("./web.js");
        const { app } = globalThis as unknown as { app: App };
        const { name } = await app.tfjsWebEngine({ wasmPaths: `${location.origin}/tfjs/` });
        const refused = await app
          .tfjsWebEngine({ backend: "webgpu" })
          .then(({ name }) => name)
          .catch((error: Error) => error.message);
        return { name, refused };
      });
      expect(said.name).toBe("tfjs-wasm");
      expect(said.refused).toMatch(/^the backend "webgpu" of TensorFlow.js does not start/);
      expect(strangers).toEqual([]);
      await page.close();
    },
    patience,
  );
});

/** What the page does: fetches the model and the image, and segments. Runs in Chromium. */
async function inPage(wanted: {
  name: string;
  backend: "wasm" | "webgl";
}): Promise<{ engine: string; labels: number[]; maps: number[] }> {
  type App = typeof import("@cellwright/core") & typeof import("./web.js");
  const { app } = globalThis as unknown as { app: App };
  const fetched = async (path: string) => {
    const response = await fetch(path);
    return response.ok ? new Uint8Array(await response.arrayBuffer()) : undefined;
  };
  const hex = (bytes: ArrayBuffer) =>
    Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
  const model = await app.readModelFiles(
    {
      name: wanted.name,
      open: async (path) => {
        // A description may have one of two older names; ours have not.
        if (path === "rdf.yaml" || path === "model.yaml") return undefined;
        const bytes = await fetched(`/models/${wanted.name}/${path}`);
        return bytes && app.bytesSource(path, bytes);
      },
    },
    async (bytes) => hex(await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>)),
  );
  const array = app.readNpy((await fetched("/image.npy")) as Uint8Array);
  const engine = await app.tfjsWebEngine({
    backend: wanted.backend,
    wasmPaths: `${location.origin}/tfjs/`,
  });
  const program = await engine.load(model.graph);
  const { labels, maps } = await app.findCells({ ...array, axes: "cyx" }, model, program, {
    rescale: false,
    keepMaps: true,
  });
  await program.dispose();
  return {
    engine: engine.name,
    labels: Array.from(labels.data),
    maps: Array.from(maps?.data ?? []),
  };
}
