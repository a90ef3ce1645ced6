import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { packedNumbers, packedSamples, packedShape } from "@cellwright/testing/fuzz";
import { describePage, openSite } from "@cellwright/testing/page";
import { everyTiff } from "@cellwright/testing/tiff";
import { expect, test } from "vitest";

/** Reads what is served under numbers, and tells the checksum of the numbers in each. */
const program = `
import { bytesSource, openZarr, readImage } from "@cellwright/core";
const sumOf = async (data) => {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice();
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
};
const get = async (path) => {
  const response = await fetch(path);
  return response.ok ? new Uint8Array(await response.arrayBuffer()) : undefined;
};
globalThis.readTiff = async (n) => {
  const { axes, shape, data } = await readImage(bytesSource("file " + n, await get("/" + n)));
  return [axes, shape, data.constructor.name, await sumOf(data)];
};
globalThis.readZarr = async (name) => {
  const { reader } = await openZarr({ get: (key) => get("/" + name + key) });
  const [height, width] = reader.shape;
  return sumOf((await reader.readRegion({ box: { y: 0, x: 0, height, width } })).data);
};
`;

const sumOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView) =>
  createHash("sha256")
    .update(new Uint8Array(buffer, byteOffset, byteLength))
    .digest("hex");

describePage("a page under the viewer's policy", () => {
  // A prime, so that every part of a case comes up with every other.
  const cases = [...everyTiff({ step: 23 })];
  const root = fileURLToPath(new URL("../..", import.meta.url));

  function find(path: string): Buffer | undefined {
    const [, name, key] = path.split("/");
    if (key === undefined) return cases[Number(name)] && Buffer.from(cases[Number(name)].bytes);
    const packed = packedSamples[decodeURIComponent(name) as keyof typeof packedSamples];
    if (key === "0.0") return Buffer.from(packed);
    if (key !== ".zarray") return undefined;
    const array = {
      ...{ zarr_format: 2, shape: packedShape, chunks: packedShape, dtype: "<u2", filters: null },
      ...{ compressor: { id: decodeURIComponent(name).split(" ")[0] }, fill_value: 0, order: "C" },
    };
    return Buffer.from(JSON.stringify(array));
  }

  test("every way to store pixels in a TIFF, and every codec of a Zarr, gives the numbers in it", async () => {
    const site = await openSite({ root, program, find });
    try {
      const { page } = await site.visit();
      const call = <T>(script: string) => page.evaluate<T>(script);
      for (const [n, { words, axes, shape, data }] of cases.entries()) {
        const found = await call(`readTiff(${n})`);
        const wanted = [axes, shape, data.constructor.name, sumOf(data)];
        expect(found, words.join(", ")).toEqual(wanted);
      }
      for (const name of Object.keys(packedSamples))
        expect(await call(`readZarr(${JSON.stringify(name)})`), name).toBe(sumOf(packedNumbers()));
    } finally {
      await site.close();
    }
  });
});
