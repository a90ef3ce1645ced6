/**
 * Says what a file is that is none of the images we read, for the message about it.
 *
 * @module
 */
import { strFromU8 } from "fflate";

/** What to do with a microscope's own file. */
const byBioFormats =
  "convert it with Bio-Formats, to OME-TIFF (bfconvert) or OME-Zarr (bioformats2raw)";

/** First bytes, as Latin-1, of files that people mistake for images we read; what to do where we know it. */
const beginnings: readonly [start: string, name: string, advice?: string][] = [
  ["\xff\xd8\xff", "a JPEG file"],
  ["GIF8", "a GIF file"],
  ["BM", "a BMP file"],
  ["\x00\x00\x00\x0cjP  ", "a JPEG 2000 or an older Nikon ND2 file", byBioFormats],
  ["PK\x03\x04", "a ZIP file"],
  ["PK\x05\x06", "an empty ZIP file"],
  ["\x1f\x8b", "a gzip file"],
  ["\x89HDF\r\n\x1a\n", "an HDF5 file"],
  ["%PDF", "a PDF file"],
  ["ZISRAWFILE", "a Zeiss CZI file", byBioFormats],
  ["\xda\xce\xbe\x0a", "a Nikon ND2 file", byBioFormats],
  ["\x70\x00\x00\x00", "a Leica LIF file", byBioFormats],
  ["\xd0\xcf\x11\xe0", "an Olympus OIB, Zeiss ZVI or Microsoft document", byBioFormats],
  ["ics_version", "an ICS file", byBioFormats],
  ["NRRD000", "an NRRD file"],
  ["MATLAB 5.0", "a MATLAB file"],
];

/** What a file is that we do not read. */
export interface OtherFile {
  /** `a text file`, `a JPEG file`, `empty`, … */
  readonly name: string;
  /** How to make an image of it that we read, where there is a way for this kind alone. */
  readonly advice?: string;
}

/** What a file seems to be, from its first bytes. */
export function otherFile(head: Uint8Array): OtherFile {
  if (head.length === 0) return { name: "empty" };
  const text = strFromU8(head, true);
  const known = beginnings.find(([start]) => text.startsWith(start));
  if (known) return { name: known[1], ...(known[2] && { advice: known[2] }) };
  if (text.startsWith("RIFF") && text.slice(8, 12) === "WEBP") return { name: "a WebP file" };
  if (text.slice(128, 132) === "DICM") return { name: "a DICOM file" };
  if (head[96] === 0xa0 && head[97] === 0xc0)
    return { name: "a DeltaVision file", advice: byBioFormats };
  if (isText(head)) return { name: "a text file" };
  const blank = head.every((byte) => byte === 0);
  return { name: blank ? "all zeros at its beginning" : "of a kind we do not know" };
}

/** No control characters but tab and line ends; or UTF-16 by its byte order mark. */
function isText(head: Uint8Array): boolean {
  if ((head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff)) return true;
  return head.every((byte) => byte >= 32 || (byte >= 9 && byte <= 13));
}
