import { readdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { dataPath, describeData } from "@cellwright/testing";
import { expect, test } from "vitest";
import type { Image } from "../image.js";
import { readImage } from "../read-image.js";
import { bytesSource } from "../source.js";

/** Sums were taken from what tifffile 2026.3.3 reads: each little-endian byte times (its index modulo 251, plus 1). */
function weightedSum(image: Image): number {
  const { data } = image;
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  let sum = 0;
  for (let i = 0; i < bytes.length; i++) sum += bytes[i] * ((i % 251) + 1);
  return sum;
}

function open(path: string): Promise<Image> {
  return readImage(bytesSource(basename(path), readFileSync(path)));
}

describeData("files of other projects' test suites", () => {
  test.each([
    ["ome_files/test/data/grey.ome.tiff", "yx", "Uint8Array", [64, 128], 129526573],
    ["ome_files/test/data/plane.ome.tiff", "yx", "Uint16Array", [64, 128], 65773050],
    ["ome_files/test/data/rgb.ome.tiff", "cyx", "Uint8Array", [3, 64, 128], 399308939],
    ["tiff_imagejs/img/array-sample-format.tif", "cyx", "Float32Array", [3, 2, 2], 120251],
    ["tiff_imagejs/img/bw1bit.tif", "yx", "Uint8Array", [2, 2], 5],
    ["tiff_imagejs/img/color-alpha-5x5-lzw.tif", "cyx", "Uint8Array", [4, 5, 5], 688217],
    ["tiff_imagejs/img/color16-lzw.tif", "cyx", "Uint16Array", [3, 120, 160], 2904796794],
    ["tiff_imagejs/img/float32.tif", "yx", "Float32Array", [125, 141], 972724937],
    ["tiff_imagejs/img/grey16-multi.tif", "tyx", "Uint16Array", [2, 90, 30], 261233369],
    ["tiff_imagejs/img/grey8-multi.tif", "tyx", "Uint8Array", [2, 90, 30], 139838858],
    ["tiff_imagejs/img/palette.tif", "yx", "Uint8Array", [9, 9], 17091],
    ["tiff_imagejs/img/stack.tif", "zyx", "Uint16Array", [10, 128, 128], 3084333087],
    ["tiff_imagejs/img/tile_rgb_deflate.tif", "cyx", "Uint16Array", [3, 128, 128], 847424799],
    ["tiff_imagejs/img/whiteIsZero.tif", "yx", "Uint16Array", [1248, 1248], 34129054035],
  ])("%s", async (file, axes, type, shape, sum) => {
    const image = await open(dataPath(`formats/${file}`));
    expect([image.axes, image.data.constructor.name, image.shape]).toEqual([axes, type, shape]);
    expect(weightedSum(image)).toBe(sum);
  });

  test("an ImageJ stack has its pixel size", async () => {
    const { spacing } = await open(dataPath("formats/tiff_imagejs/img/stack.tif"));
    expect(spacing?.x).toBeCloseTo(0.064, 12);
    expect(spacing?.y).toBeCloseTo(0.064, 12);
  });
});

/** Count, pixels and sum of all TIFFs under a folder. */
async function totalOf(folder: string): Promise<[files: number, pixels: number, sum: number]> {
  const names = readdirSync(dataPath(folder), { recursive: true, encoding: "utf8" });
  let [files, pixels, sum] = [0, 0, 0];
  for (const name of names.filter((name) => name.endsWith(".tif"))) {
    const image = await open(dataPath(`${folder}/${name}`));
    expect(image.axes).toBe("yx");
    files++;
    pixels += image.data.length;
    for (let i = 0; i < image.data.length; i++) sum += image.data[i];
  }
  return [files, pixels, sum];
}

describeData("every TIFF of the data sets opens", () => {
  test.each([
    ["dsb2018/train/images", 447, 60103556, 866889561],
    ["dsb2018/train/labels", 447, 60103556, 418011961],
    ["deepcell2016/train", 87, 96298608, 179111085374],
    ["deepcell2016/coculture", 4, 5525280, 7688586233],
    ["tracking-sim10/01", 10, 2643300, 190925011],
    ["tracking-sim10/01_GT", 20, 5286600, 6150020],
    ["ctc-metrics/ipsc-02/02_RES", 41, 23175168, 303346291],
  ])("%s", async (folder, ...expected) => {
    expect(await totalOf(folder)).toEqual(expected);
  });

  test("the authors' maps as floats, and some images pixel by pixel", async () => {
    const [files, pixels, sum] = await totalOf("deepcell2016/parity-hela");
    expect([files, pixels]).toEqual([12, 3000000]);
    expect(sum).toBeCloseTo(3364282930.0006304, 3);
    const sums = [];
    for (const name of [
      "deepcell2016/train/hela/set1/phase.tif",
      "dsb2018/train/images/00071198d059.tif",
      "tracking-sim10/01/t000.tif",
    ])
      sums.push(weightedSum(await open(dataPath(name))));
    expect(sums).toEqual([30972026185, 44872953, 2405343834]);
  });
});
