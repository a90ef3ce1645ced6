/**
 * What simple OME-XML says about the pages of a TIFF: axes, order, pixel size, channel names.
 * OME Data Model 2016-06; OME-TIFF specification.
 *
 * @module
 */
import { FormatError, UnsupportedError } from "../errors.js";
import {
  micrometresOf,
  type PageAxes,
  type PageGrid,
  type PageLengths,
  planeAt,
  planesInOrder,
  positiveOnly,
} from "./page-axes.js";
import { scanXml, type XmlTag } from "./xml.js";

/** One image of a file whose metadata speaks of its planes. */
interface OmePixels {
  readonly lengths: PageLengths;
  /** Axes that run over pages, the fastest first. */
  readonly order: string;
}

/**
 * The meaning of the pages; `undefined` where the text is not OME-XML or says that the metadata is in another file.
 * Throws `FormatError` for damaged XML, `UnsupportedError` for several images in a file and images in several files.
 */
export function omeAxes(text: string, grid: PageGrid): PageAxes | undefined {
  if (!/^\s*</.test(text) || !/<(?:\w+:)?OME\b/.test(text)) return undefined;
  const tags = scanXml(text);
  const images = tags.filter((tag) => tag.path === "OME/Image").length;
  const pixels = tags.find((tag) => tag.path === "OME/Image/Pixels");
  if (!pixels) return undefined;
  if (images > 1)
    throw new UnsupportedError(`holds ${images} images (OME-XML): save each as a file of its own`);
  const { lengths, order } = readPixels(pixels, grid);
  const spacing = spacingOf(pixels);
  const expected = (lengths.t * lengths.c * lengths.z) / grid.samples;
  if (grid.pages === 1 && expected > 1 && namesFiles(tags))
    return { lengths: { t: 1, c: grid.samples, z: 1 }, planes: [0], spacing };
  if (grid.pages !== expected)
    throw new UnsupportedError(
      `has ${grid.pages} pages, its OME-XML speaks of ${expected} planes: save all of them in one file`,
      { pages: grid.pages, ...lengths },
    );
  const parts = tags.filter((tag) => tag.path === "OME/Image/Pixels/TiffData");
  const planes = placePages(parts, lengths, order, grid.pages);
  const channels = channelNames(tags, lengths.c);
  return { lengths, planes, spacing, ...(channels ? { channels } : {}) };
}

/** Whether the planes are said to lie in several files, of which this is one. */
function namesFiles(tags: readonly XmlTag[]): boolean {
  const files = tags
    .filter((tag) => tag.path === "OME/Image/Pixels/TiffData/UUID")
    .map((tag) => tag.attributes.get("FileName"));
  return new Set(files).size > 1;
}

function readPixels(pixels: XmlTag, grid: PageGrid): OmePixels {
  const [x, y, z, c, t] = ["X", "Y", "Z", "C", "T"].map((axis) => wholeOf(pixels, `Size${axis}`));
  if (x !== grid.width || y !== grid.height)
    throw new FormatError(
      `has pages of ${grid.width} x ${grid.height} pixels, its OME-XML says ${x} x ${y}`,
    );
  const order = pixels.attributes.get("DimensionOrder") ?? "XYCZT";
  if (!/^XY(CZT|CTZ|ZCT|ZTC|TCZ|TZC)$/.test(order))
    throw new FormatError(`has OME-XML with the DimensionOrder "${order}"`);
  if (grid.samples > 1 && c !== grid.samples)
    throw new UnsupportedError(
      `has ${c} channels in pages of ${grid.samples} samples: save one page a channel`,
    );
  const overPages = order.slice(2).toLowerCase();
  return { lengths: { t, c, z }, order: grid.samples > 1 ? overPages.replace("c", "") : overPages };
}

/**
 * Each TiffData places `PlaneCount` pages from page `IFD` on, beginning at the plane FirstC, FirstZ, FirstT. Without
 * counts all pages lie in dimension order. Throws unless every plane gets one page.
 */
function placePages(
  parts: readonly XmlTag[],
  lengths: PageLengths,
  order: string,
  pages: number,
): number[] {
  const inOrder = planesInOrder(lengths, order, pages);
  const explicit = parts.filter(
    (part) => part.attributes.has("IFD") || part.attributes.has("PlaneCount"),
  );
  if (explicit.length === 0) return inOrder;
  const planes = new Array<number>(pages).fill(-1);
  for (const part of explicit) {
    const [ifd, c, z, t] = ["IFD", "FirstC", "FirstZ", "FirstT"].map((key) =>
      wholeOf(part, key, 0),
    );
    const count = wholeOf(part, "PlaneCount", part.attributes.has("IFD") ? 1 : pages);
    const first = inOrder.indexOf(planeAt(lengths, { t, c: order.includes("c") ? c : 0, z }));
    if (first < 0 || first + count > pages || ifd + count > pages) throw scattered();
    for (let i = 0; i < count; i++) planes[ifd + i] = inOrder[first + i];
  }
  if (planes.includes(-1) || new Set(planes).size !== pages) throw scattered();
  return planes;
}

function scattered(): UnsupportedError {
  return new UnsupportedError(
    "has OME-XML that gives its planes to other pages or files: save them in one file",
  );
}

function spacingOf(pixels: XmlTag): Record<string, number> {
  const seconds: Readonly<Record<string, number>> = { ms: 0.001, s: 1, min: 60, h: 3600 };
  const size = (axis: string): number => {
    const unit = micrometresOf(pixels.attributes.get(`PhysicalSize${axis}Unit`) ?? "µm");
    return Number(pixels.attributes.get(`PhysicalSize${axis}`)) * (unit ?? Number.NaN);
  };
  const interval = Number(pixels.attributes.get("TimeIncrement"));
  const unit = seconds[pixels.attributes.get("TimeIncrementUnit") ?? "s"];
  return positiveOnly({
    t: interval * (unit ?? Number.NaN),
    z: size("Z"),
    y: size("Y"),
    x: size("X"),
  });
}

/** The names, where every channel has one. */
function channelNames(tags: readonly XmlTag[], channels: number): string[] | undefined {
  const names = tags
    .filter((tag) => tag.path === "OME/Image/Pixels/Channel")
    .map((tag) => tag.attributes.get("Name") ?? "");
  return names.length === channels && names.every((name) => name !== "") ? names : undefined;
}

function wholeOf(tag: XmlTag, key: string, absent?: number): number {
  const text = tag.attributes.get(key);
  if (text === undefined && absent !== undefined) return absent;
  if (
    text === undefined ||
    !/^\s*[0-9]{1,9}\s*$/.test(text) ||
    (absent === undefined && Number(text) === 0)
  )
    throw new FormatError(`has OME-XML whose ${key} must be a whole number, it is "${text ?? ""}"`);
  return Number(text);
}
