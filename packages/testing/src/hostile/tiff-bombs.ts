/**
 * TIFFs that unpack to far more than they are, and those whose text lies: OME-XML with entities, ImageJ's counts.
 *
 * @module
 */
import { zlibZeros } from "./bomb.js";
import { type Alone, alone, type HostileCase, joined, patched } from "./case.js";
import { soundTiff, withEntry } from "./tiff.js";

/** A TIFF of one strip of deflated zeros; its head says `side` x `side` numbers of 8 bits. */
function zerosTiff(side: number, unpacked: number): Uint8Array {
  const stream = zlibZeros(unpacked);
  const head = soundTiff({ type: "uint8", rowsPerStrip: 12 });
  const at = head.length;
  let out = head;
  for (const [tag, value] of [
    [256, side],
    [257, side],
    [259, 8],
    [273, at],
    [279, stream.length],
  ])
    out = withEntry(out, tag, { value });
  return joined(withEntry(out, 278, { type: 4, value: side }), stream);
}

function* bombs(): Iterable<Alone> {
  yield ["deflate-says-16-gives-a-gibibyte", zerosTiff(16, 2 ** 30)];
  yield ["deflate-a-gibibyte-as-said", zerosTiff(2 ** 15, 2 ** 30), { says: "limit" }];
  yield ["deflate-2-gibibytes-as-said", zerosTiff(46_300, 2 ** 31), { says: "limit" }];
  yield ["deflate-says-more-than-it-can", zerosTiff(2 ** 14, 10_000)];
  yield ["stored-says-16-gibibytes", withEntry(big(), 257, { value: 2 ** 30 })];
  yield ["samples-times-size", withEntry(big(), 277, { value: 60_000 })];
  const stack = soundTiff({ tags: { 270: [2, latin("ImageJ=1.53t\nimages=4000000000\n")] } });
  yield ["imagej-4-billion-images", stack];
  yield ["imagej-minus-one-image", imagej("images=-1\nslices=-1\n"), either];
  yield ["imagej-nan-images", imagej("images=NaN\nframes=1e309\n"), either];
  yield ["imagej-proto", imagej("__proto__=1\nconstructor=2\nimages=1\n"), { expected: "read" }];
  yield ["imagej-slices-0", imagej("images=1\nslices=0\n"), either];
  yield ["imagej-spacing-nan", imagej("images=1\nspacing=NaN\nunit=micron\n"), either];
}

const either = { expected: "either" } as const;

function big(): Uint8Array {
  return withEntry(soundTiff({ type: "uint8", rowsPerStrip: 12 }), 256, { value: 16 });
}

function latin(content: string): number[] {
  return [...content, "\0"].map((sign) => sign.charCodeAt(0) & 255);
}

function imagej(content: string): Uint8Array {
  return soundTiff({ tags: { 270: [2, latin(`ImageJ=1.53t\n${content}`)] } });
}

function ome(content: string): Uint8Array {
  return soundTiff({ tags: { 270: [2, latin(content)] } });
}

const open =
  '<?xml version="1.0"?><OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06"><Image ID="Image:0">';

function pixels(attributes: string, inside = '<TiffData IFD="0"/>'): string {
  return `${open}<Pixels ID="Pixels:0" DimensionOrder="XYZCT" Type="uint16" ${attributes}>${inside}</Pixels></Image></OME>`;
}

const sizes = 'SizeX="16" SizeY="12" SizeZ="1" SizeC="1" SizeT="1"';

/** OME-XML: whatever it says, no entity is expanded, no file opened and no address asked. */
function* texts(): Iterable<Alone> {
  const laughs = Array.from(
    { length: 12 },
    (_, i) => `<!ENTITY a${i + 1} "${`&a${i};`.repeat(10)}">`,
  ).join("");
  yield ["billion-laughs", ome(`<!DOCTYPE OME [<!ENTITY a0 "ha">${laughs}]>${pixels(sizes)}`)];
  yield ["quadratic-entity", ome(`<!DOCTYPE OME [<!ENTITY a "${"a".repeat(5e4)}">]>${open}`)];
  yield ["external-file", ome(`<!DOCTYPE OME [<!ENTITY x SYSTEM "file:///etc/passwd">]>${open}`)];
  yield ["external-address", ome(`<!DOCTYPE OME SYSTEM "http://127.0.0.1:9/a.dtd">${open}`)];
  yield [
    "parameter-entity",
    ome(`<!DOCTYPE OME [<!ENTITY % p SYSTEM "http://10.0.0.1/">%p;]>${open}`),
  ];
  yield ["unclosed", ome(open), either];
  yield ["nested-10000-deep", ome(`${open}${"<a>".repeat(10_000)}`), either];
  yield ["100000-attributes", ome(pixels(`${sizes} ${manyAttributes(1e5)}`)), either];
  yield ["size-0", ome(pixels(sizes.replace('SizeX="16"', 'SizeX="0"'))), either];
  yield ["size-minus", ome(pixels(sizes.replace('SizeT="1"', 'SizeT="-4"'))), either];
  yield ["size-nan", ome(pixels(sizes.replace('SizeZ="1"', 'SizeZ="NaN"'))), either];
  yield ["size-2^53", ome(pixels(sizes.replace('SizeC="1"', 'SizeC="9007199254740993"'))), either];
  yield ["other-size-than-pixels", ome(pixels(sizes.replace('"16"', '"17"'))), either];
  yield ["type-unknown", ome(pixels(sizes).replace("uint16", "constructor")), either];
  yield ["order-wrong", ome(pixels(sizes).replace("XYZCT", "XYZZT")), either];
  yield ["companion-file", ome(companion("../../../../etc/passwd")), either];
  yield ["companion-address", ome(companion("http://169.254.169.254/latest")), either];
  yield ["plane-of-page-9", ome(pixels(sizes, '<TiffData IFD="9" PlaneCount="1"/>')), either];
  yield ["planes-2^40", ome(pixels(sizes, '<TiffData IFD="0" PlaneCount="1099511627776"/>'))];
  yield ["physical-size-nan", ome(pixels(`${sizes} PhysicalSizeX="NaN"`)), either];
  yield ["channel-name-proto", ome(pixels(sizes, '<Channel Name="__proto__"/>')), either];
  yield ["not-utf-8", patched(ome(pixels(sizes)), 430, [0xff, 0xfe, 0xc0, 0x80]), either];
}

function manyAttributes(count: number): string {
  return Array.from({ length: count }, (_, i) => `a${i}="1"`).join(" ");
}

function companion(name: string): string {
  return pixels(
    sizes,
    `<TiffData IFD="0"><UUID FileName="${name}">urn:uuid:1</UUID></TiffData><MetadataOnly/>`,
  );
}

/** All of them. */
export function tiffBombCases(): HostileCase[] {
  return [
    ...alone("tiff", "image", "tif", bombs()),
    ...alone("ome-xml", "image", "ome.tif", texts()),
  ];
}
