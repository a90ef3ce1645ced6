/**
 * What OME-XML says of an image that is written: axes, type, sizes of pixels, channels.
 * Schema: Open Microscopy Environment 2016-06.
 *
 * @module
 */
import { type Image, lengthOf } from "../image.js";
import type { SampleType } from "./sample-type.js";

/** The text of a file with one image, whose planes are pages in the order of its axes: z fastest, then c, then t. */
export function omeXml(
  image: Omit<Image, "data"> & { readonly type: SampleType },
  name: string,
): string {
  const { type, spacing, channels } = image;
  const size = (axis: string) => `Size${axis.toUpperCase()}="${lengthOf(image, axis)}"`;
  const count = lengthOf(image, "c");
  const listed = Array.from({ length: count }, (_, c) => {
    const own = channels?.[c];
    const said = own === undefined ? "" : ` Name="${quoted(own)}"`;
    return `<Channel ID="Channel:0:${c}"${said} SamplesPerPixel="1"/>`;
  });
  const pixels = [
    'ID="Pixels:0" DimensionOrder="XYZCT"',
    `Type="${{ float32: "float", float64: "double" }[type as string] ?? type}"`,
    'BigEndian="false"',
    ...["x", "y", "z", "c", "t"].map(size),
    ...["x", "y", "z"].map((axis) =>
      stepOf(`PhysicalSize${axis.toUpperCase()}`, spacing?.[axis], "µm"),
    ),
    stepOf("TimeIncrement", spacing?.t, "s"),
  ];
  const schema = "http://www.openmicroscopy.org/Schemas/OME/2016-06";
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<OME xmlns="${schema}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="${schema} ${schema}/ome.xsd" Creator="Cellwright">`,
    `<Image ID="Image:0" Name="${quoted(name)}">`,
    `<Pixels ${pixels.filter((part) => part !== "").join(" ")}>`,
    ...listed,
    `<TiffData IFD="0" PlaneCount="${count * lengthOf(image, "z") * lengthOf(image, "t")}"/>`,
    "</Pixels></Image></OME>",
  ].join("\n");
}

function stepOf(name: string, step: number | undefined, unit: string): string {
  if (step === undefined || !(step > 0) || !Number.isFinite(step)) return "";
  return `${name}="${step}" ${name}Unit="${unit}"`;
}

/** A text within quotes; what XML 1.0 has no character for becomes a question mark. */
function quoted(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "?")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replace(/[\t\n\r]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
