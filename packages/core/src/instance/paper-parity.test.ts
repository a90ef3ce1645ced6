import { readFile } from "node:fs/promises";
import { dataPath, describeData } from "@cellwright/testing";
import { expect, test } from "vitest";
import { type Image, type Mask, stackChannels, type Tensor } from "../image.js";
import { countLabels } from "../labels.js";
import { readImage } from "../read-image.js";
import { bytesSource } from "../source.js";
import { checkDecoder, decode } from "./decode.js";

const folder = "deepcell2016/parity-hela";

async function reference(name: string): Promise<Image> {
  const path = dataPath(`${folder}/${name}.tif`);
  return readImage(bytesSource(path, new Uint8Array(await readFile(path))));
}

async function maps(kind: string): Promise<Tensor> {
  const classes = [0, 1, 2].map((c) => reference(`authors-${kind}-class${c}`));
  return stackChannels(await Promise.all(classes));
}

/** Pixels that are in one and not in the other. */
function differing(a: Image, b: Image): number {
  let count = 0;
  for (let i = 0; i < a.data.length; i++) if (a.data[i] > 0 !== b.data[i] > 0) count++;
  return count;
}

describeData("the 2016 paper's HeLa field", () => {
  test("the authors' nuclear map gives their nuclear mask, every pixel of it", async () => {
    const nuclei = decode(await maps("nuclear"), checkDecoder({ kind: "nuclei" }));
    expect(differing(nuclei, await reference("authors-mask-nuclear"))).toBe(0);
    expect(countLabels(nuclei)).toBe(28);
  });

  test("the authors' cytoplasm map and nuclei give their cells, every pixel of them", async () => {
    const nuclei = (await reference("authors-mask-nuclear")) as Mask;
    const progress: number[] = [];
    const cells = decode(await maps("cytoplasm"), checkDecoder({ kind: "cytoplasm" }), {
      seeds: nuclei,
      onProgress: (done, total) => progress.push(done / total),
    });
    expect(differing(cells, await reference("authors-mask-cytoplasm"))).toBe(0);
    expect(countLabels(cells)).toBe(28);
    expect(progress.at(-1)).toBe(1);
    expect(progress.length).toBeGreaterThan(60);
  });
});
