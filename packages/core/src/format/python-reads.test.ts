import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { writeCellposeSeg } from "../annotation/cellpose-write.js";
import type { Image } from "../image.js";
import { seeded } from "../random.js";
import { writeDeepcell } from "./deepcell-npz.js";
import { writeNpy } from "./npy.js";
import { writeOmeTiff } from "./ome-tiff-write.js";
import { writeOmeZarr } from "./ome-zarr-write.js";
import { pixelsOf, type SampleType } from "./sample-type.js";
import { writeTiff } from "./tiff-write.js";
import { writeTrk } from "./trk.js";

/** The system's Python: where it has a library, what we write is read by it. */
const python = "/usr/bin/python3";

/** `describe` for tests that need a Python library; where it is missing there are none. */
function describeWith(library: string, tests: () => void): void {
  try {
    execFileSync(python, ["-c", `import ${library}`], { stdio: "ignore" });
  } catch {
    return;
  }
  describe(`read by ${library}`, tests);
}

const folder = mkdtempSync(join(tmpdir(), "cellwright-"));

function put(name: string, bytes: Uint8Array): void {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
}

/** What a Python expression is, as JSON; `lines` come before it. */
function asked(lines: string, expression: string): unknown {
  const program = `import sys, json, warnings\nwarnings.simplefilter("ignore")\n${lines}\nprint(json.dumps(${expression}))`;
  return JSON.parse(execFileSync(python, ["-c", program], { encoding: "utf8", cwd: folder }));
}

function noise(type: SampleType, axes: string, shape: number[], most: number): Image {
  const random = seeded(9);
  const data = pixelsOf(
    type,
    shape.reduce((a, b) => a * b),
  );
  for (let i = 0; i < data.length; i++) data[i] = random() * most;
  return { data, shape, axes };
}

/** 70 225 cells of two by three pixels, each with its own number, and background between them. */
function manyCells(): Image<Uint32Array> {
  const [height, width] = [3 * 265, 4 * 265];
  const data = new Uint32Array(height * width);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      if (y % 3 > 0 && x % 4 > 0)
        data[y * width + x] = Math.floor(y / 3) * 265 + Math.floor(x / 4) + 1;
  return { data, shape: [height, width], axes: "yx", spacing: { y: 0.65, x: 0.65 } };
}

/** A sum that tells arrays apart: values times their place, modulo a prime. */
function sumOf({ data }: Image): number {
  let sum = 0;
  for (let i = 0; i < data.length; i++) sum = (sum + data[i] * (1 + (i % 1009))) % 1000003;
  return sum;
}
const sumInPython = (array: string) =>
  `int((${array}.ravel().astype('u8') * (1 + numpy.arange(${array}.size) % 1009).astype('u8') % 1000003).sum() % 1000003)`;

test("the same pixels give the same bytes", async () => {
  const labels = noise("uint32", "yx", [40, 30], 9) as Image<Uint32Array>;
  const zarr = async () => {
    const files: [string, Uint8Array][] = [];
    await writeOmeZarr(labels, { set: (key, bytes) => void files.push([key, bytes]) });
    return files;
  };
  expect(await zarr()).toEqual(await zarr());
  expect(writeCellposeSeg(labels)).toEqual(writeCellposeSeg(labels));
  expect(writeTiff(labels)).toEqual(writeTiff(labels));
});

describeWith("numpy", () => {
  const load = "import numpy\nd = numpy.load('a_seg.npy', allow_pickle=True).item()";

  test("_seg.npy has Cellpose's entries, numbers and types", () => {
    const random = seeded(3);
    const data = Uint32Array.from({ length: 30 }, () => Math.floor(random() * 3) * 40_000);
    const labels = { data, shape: [5, 6], axes: "yx" };
    put("a_seg.npy", writeCellposeSeg(labels, { image: "dish/ä 1.tif", diameter: 17.5 }));
    const rows = Array.from({ length: 5 }, (_, y) => [...data.subarray(6 * y, 6 * y + 6)]);
    expect(
      asked(
        load,
        "[list(d), str(d['masks'].dtype), d['masks'].tolist(), str(d['outlines'].dtype), d['outlines'].shape, str(d['ismanual'].dtype), d['ismanual'].tolist(), d['filename'], d['flows'], d['chan_choose'], d['est_diam'], d['diameter']]",
      ),
    ).toEqual([
      ["outlines", "masks", "chan_choose", "ismanual", "filename", "flows", "est_diam", "diameter"],
      ...["uint32", rows, "uint32", [5, 6], "bool", [false, false], "dish/ä 1.tif"],
      ...[[[], [], [], [], [[]]], [0, 0], 17.5, 17.5],
    ]);
  });

  test("_seg.npy has 16 bits where they do, and stacks with outlines of their own planes", () => {
    const data = new Uint32Array(2 * 5 * 5);
    for (const z of [0, 1])
      for (let y = 1; y < 4; y++) data.fill(7, z * 25 + 5 * y + 1, z * 25 + 5 * y + 4);
    put("a_seg.npy", writeCellposeSeg({ data, shape: [2, 5, 5], axes: "zyx" }));
    expect(
      asked(
        load,
        "[str(d['masks'].dtype), d['masks'].shape, int((d['masks'] == 7).sum()), int((d['outlines'] == 7).sum()), d['outlines'][:, 2, 2].tolist(), d['diameter'], len(d['ismanual'])]",
      ),
    ).toEqual(["uint16", [2, 5, 5], 18, 16, [0, 0], null, 1]);
  });
});

describeWith("numpy, tarfile", () => {
  test(".npy, DeepCell's .npz and .trk: shapes, types, numbers of more than 65 535 cells", () => {
    const labels = manyCells();
    const [height, width] = labels.shape;
    const image = noise("float32", "cyx", [2, height, width], 1000);
    put("a.npy", writeNpy(labels));
    put("a.npz", writeDeepcell({ image, labels }));
    put("a.trk", writeTrk({ frames: [labels], tracks: [] }));
    const load = `import numpy, tarfile, io
a = numpy.load('a.npy')
d = numpy.load('a.npz')
t = numpy.load(io.BytesIO(tarfile.open('a.trk').extractfile('tracked.npy').read()))`;
    expect(
      asked(
        load,
        `[str(a.dtype), ${sumInPython("a")}, len(numpy.unique(a)), sorted(d), str(d['X'].dtype), d['X'].shape, str(d['y'].dtype), d['y'].shape, bool((d['y'][0, :, :, 0] == a).all()), float(d['X'][0, 3, 5, 1]), t.shape, bool((t[0, :, :, 0] == a).all())]`,
      ),
    ).toEqual([
      ...["uint32", sumOf(labels), 70_226, ["X", "y"], "float32", [1, height, width, 2]],
      ...["int32", [1, height, width, 1], true, image.data[height * width + 3 * width + 5]],
      ...[[1, height, width, 1], true],
    ]);
  });
});

describeWith("zarr", () => {
  test("OME-Zarr 0.4 with more than 65 535 cells", async () => {
    const labels = manyCells();
    const sink = { set: (key: string, bytes: Uint8Array) => put(`b.zarr/${key}`, bytes) };
    await writeOmeZarr(labels, sink, { version: "0.4", labels: true });
    const found = asked(
      "import zarr, numpy\ng = zarr.open_group('b.zarr', 'r')\na = g['0'][:]",
      `[str(a.dtype), ${sumInPython("a")}, len(numpy.unique(a)), g.attrs['multiscales'][0]['datasets'][0]['coordinateTransformations'][0]['scale']]`,
    );
    expect(found).toEqual(["uint32", sumOf(labels), 70_226, [0.65, 0.65]]);
  });
  test("OME-Zarr 0.4: pixels, levels, chunks that are left out, metadata", async () => {
    const labels = noise("uint32", "tyx", [2, 70, 51], 2 ** 32);
    labels.data.fill(0, 0, 16 * 51);
    const image = { ...labels, spacing: { y: 0.65, x: 0.65 } };
    const sink = { set: (key: string, bytes: Uint8Array) => put(`a.zarr/${key}`, bytes) };
    await writeOmeZarr(image, sink, { version: "0.4", labels: true, chunk: 16 });
    const found = asked(
      "import zarr, numpy\ng = zarr.open_group('a.zarr', 'r')\na = g['0'][:]",
      `[a.shape, str(a.dtype), ${sumInPython("a")}, bool((g['1'][:] == a[:, ::2, ::2]).all()), bool((g['2'][:] == a[:, ::4, ::4]).all()), g.attrs['multiscales'][0]['datasets'][1], g.attrs['image-label'], g['0'].chunks]`,
    );
    const second = {
      path: "1",
      coordinateTransformations: [{ type: "scale", scale: [1, 1.3, 1.3] }],
    };
    expect(found).toEqual([
      ...[[2, 70, 51], "uint32", sumOf(image), true, true, second],
      ...[{ version: "0.4" }, [1, 16, 16]],
    ]);
  });
});

describeWith("tifffile", () => {
  test("label TIFF: 16 and 32 bits, pixel size, planes", () => {
    for (const [type, most] of [
      ["uint16", 65536],
      ["uint32", 2 ** 32],
    ] as const) {
      const image = {
        ...noise(type, "tyx", [3, 40, 31], most),
        spacing: { t: 90, y: 0.5, x: 0.5 },
      };
      put("a.tif", writeTiff(image));
      const found = asked(
        "import tifffile, numpy\nf = tifffile.TiffFile('a.tif')\na = f.asarray()\nm = f.imagej_metadata\nr = f.pages[0].tags['XResolution'].value",
        `[a.shape, str(a.dtype), ${sumInPython("a")}, m['frames'], m['finterval'], r[0] / r[1]]`,
      );
      expect(found).toEqual([[3, 40, 31], type, sumOf(image), 3, 90, 2]);
    }
  });

  test("TIFF and OME-TIFF with more than 65 535 cells, and their size", async () => {
    const labels = manyCells();
    put("a.tif", writeTiff(labels));
    const pieces: [number, Uint8Array][] = [];
    const write = (at: number, bytes: Uint8Array) => void pieces.push([at, bytes.slice()]);
    const file = new Uint8Array(await writeOmeTiff(labels, { write }, { labels: true, tile: 256 }));
    for (const [at, bytes] of pieces) file.set(bytes, at);
    put("b.ome.tif", file);
    const found = asked(
      "import tifffile, numpy\na = tifffile.imread('a.tif')\nf = tifffile.TiffFile('b.ome.tif')\nb = f.asarray()\nr = tifffile.TiffFile('a.tif').pages[0].tags['XResolution'].value\nd = tifffile.xml2dict(f.ome_metadata)['OME']['Image']['Pixels']",
      `[str(a.dtype), ${sumInPython("a")}, len(numpy.unique(a)), bool((a == b).all()), str(b.dtype), round(r[1] / r[0], 6), d['PhysicalSizeX'], f.pages[0].compression.name]`,
    );
    expect(found).toEqual([
      ...["uint32", sumOf(labels), 70_226, true, "uint32", 0.65, 0.65, "ADOBE_DEFLATE"],
    ]);
  });

  test("OME-TIFF: pixels, copies, axes, sizes and channels", async () => {
    const image = {
      ...noise("uint16", "tczyx", [2, 2, 3, 50, 70], 65536),
      spacing: { t: 90, z: 2, y: 0.65, x: 0.65 },
      channels: ["DAPI", "phase & co"],
    };
    for (const bigTiff of [false, true]) {
      const pieces: [number, Uint8Array][] = [];
      const write = (at: number, bytes: Uint8Array) => void pieces.push([at, bytes.slice()]);
      const length = await writeOmeTiff(image, { write }, { tile: 16, labels: true, bigTiff });
      const file = new Uint8Array(length);
      for (const [at, bytes] of pieces) file.set(bytes, at);
      put("a.ome.tif", file);
      const found = asked(
        "import tifffile, numpy\nf = tifffile.TiffFile('a.ome.tif')\ns = f.series[0]\na = s.asarray()\nb = s.levels[1].asarray()\nd = tifffile.xml2dict(f.ome_metadata)['OME']['Image']['Pixels']",
        `[f.is_ome, f.is_bigtiff, s.axes, a.shape, str(a.dtype), ${sumInPython("a")}, len(s.levels), bool((b == a[..., ::2, ::2]).all()), d['PhysicalSizeX'], d['PhysicalSizeZ'], d['TimeIncrement'], [c['Name'] for c in d['Channel']]]`,
      );
      expect(found).toEqual([
        ...[true, bigTiff, "TCZYX", [2, 2, 3, 50, 70], "uint16", sumOf(image), 4, true],
        ...[0.65, 2, 90, ["DAPI", "phase & co"]],
      ]);
    }
  });
});
