/**
 * Says what a file is that is none of the images we read, for the message about it.
 *
 * @module
 */
import { strFromU8 } from "fflate";

/** First bytes, as Latin-1, of files that people mistake for images we read. */
const beginnings: readonly [start: string, name: string][] = [
  ["\xff\xd8\xff", "a JPEG file"],
  ["GIF8", "a GIF file"],
  ["BM", "a BMP file"],
  ["\x00\x00\x00\x0cjP  ", "a JPEG 2000 file"],
  ["PK\x03\x04", "a ZIP file"],
  ["PK\x05\x06", "an empty ZIP file"],
  ["\x1f\x8b", "a gzip file"],
  ["\x89HDF\r\n\x1a\n", "an HDF5 file"],
  ["%PDF", "a PDF file"],
  ["ZISRAWFILE", "a Zeiss CZI file"],
  ["\xda\xce\xbe\x0a", "a Nikon ND2 file"],
  ["\x70\x00\x00\x00", "a Leica LIF file"],
  ["\xd0\xcf\x11\xe0", "a Microsoft document"],
  ["NRRD000", "an NRRD file"],
  ["MATLAB 5.0", "a MATLAB file"],
];

/** What a file seems to be, from its first bytes: `a text file`, `a JPEG file`, `empty`, … */
export function nameOfOther(head: Uint8Array): string {
  if (head.length === 0) return "empty";
  const text = strFromU8(head, true);
  const known = beginnings.find(([start]) => text.startsWith(start));
  if (known) return known[1];
  if (text.startsWith("RIFF") && text.slice(8, 12) === "WEBP") return "a WebP file";
  if (text.slice(128, 132) === "DICM") return "a DICOM file";
  if (isText(head)) return "a text file";
  return head.every((byte) => byte === 0)
    ? "all zeros at its beginning"
    : "of a kind we do not know";
}

/** No control characters but tab and line ends; or UTF-16 by its byte order mark. */
function isText(head: Uint8Array): boolean {
  if ((head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff)) return true;
  return head.every((byte) => byte >= 32 || (byte >= 9 && byte <= 13));
}
