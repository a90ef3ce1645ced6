/**
 * What lies open: labels are put there, asked for and saved.
 *
 * @module
 */
import { bytesSource, readImage } from "@cellwright/core";
import { writeNdArray } from "../service/wire.js";
import {
  type ContractPart,
  fine,
  type KnownSubject,
  must,
  mustEqual,
  numbersOf,
} from "./subject.js";

/** Labels of the image's size, two of them, one beyond 8 bits. */
function labelsFor({ image, wire }: KnownSubject) {
  const data = new Uint16Array(image.data.length);
  data.fill(7, 1, 3);
  data.fill(300, data.length - 2);
  return { data, array: writeNdArray(data, image.shape, wire) };
}

/** What is promised of `open`, `set_labels`, `get_labels` and `export`. */
export const documents: readonly ContractPart[] = [
  {
    name: "open: says what was opened",
    check: async ({ call, given, image }) => {
      const { axes, shape, dtype } = fine(await call("open", given));
      mustEqual({ axes, shape, dtype }, { axes: "yx", shape: image.shape, dtype: "uint8" }, "open");
    },
  },
  {
    name: "set_labels, get_labels: the same numbers come back",
    check: async (subject) => {
      const { call } = subject;
      const { shape } = subject.image;
      const { data, array } = labelsFor(subject);
      const set = fine(await call("set_labels", array));
      mustEqual(set.shape, shape, "shape");
      const { labels } = fine(await call("get_labels"));
      mustEqual(Array.from(numbersOf(labels, "labels", shape, "uint16")), [...data], "labels");
    },
  },
  {
    name: "export: files with names, types and bytes; a TIFF has the labels in it",
    check: async (subject) => {
      const { call, verbs } = subject;
      const { data, array } = labelsFor(subject);
      fine(await call("set_labels", array));
      for (const format of ["tif", "geojson", "roi", "npy", "coco", "csv"]) {
        const files = (await verbs.export(format)) as {
          name: string;
          type: string;
          bytes: ArrayBuffer | Uint8Array;
        }[];
        must(Array.isArray(files) && files.length > 0, `export("${format}") is a list`, files);
        const [{ name, type, bytes }] = files;
        must(typeof name === "string" && type.includes("/"), "a file has a name and a type", type);
        must(bytes.byteLength > 0, `${name} must not be empty`);
        if (format !== "tif") continue;
        const image = await readImage(bytesSource(name, new Uint8Array(bytes)));
        mustEqual(Array.from(image.data as ArrayLike<number>), [...data], "the labels in the TIFF");
      }
    },
  },
];
