"""Writes files with tifffile, libtiff's tiffcp, Pillow, NumPy and zarr, and beside them what must be read from each.

    python3 python.py FOLDER

FOLDER/cases.json gets a list of {words, path, truth, type, shape, axes}; a truth is a file of little-endian numbers
in C order. What a library cannot write is left out.
"""

import itertools
import json
import os
import shutil
import subprocess
import sys
import warnings

import numpy

warnings.simplefilter("ignore")
out = sys.argv[1]
cases = []
random = numpy.random.default_rng(7)


def module(name):
    try:
        return __import__(name)
    except ImportError:
        return None


tifffile, zarr, numcodecs = module("tifffile"), module("zarr"), module("numcodecs")
try:
    from PIL import Image as pillow
except ImportError:
    pillow = None

# What a type becomes in an image of ours.
becomes = {"float16": "float32", "bool": "uint8", "int64": "float64", "uint64": "float64"}


def noise(dtype, shape):
    """Runs, slopes and both ends of the range."""
    count = int(numpy.prod(shape))
    kind = numpy.dtype(dtype)
    slope = numpy.arange(count) % 97
    if kind.kind == "b":
        return (random.random(shape) > 0.5).astype(kind)
    if kind.kind in "f":
        values = numpy.where(random.random(count) > 0.5, slope / 4, random.normal(0, 50, count))
    elif kind.kind == "c":
        values = random.normal(0, 50, count) + 1j
    else:
        limits = numpy.iinfo(kind)
        low, high = max(limits.min, -(2**52)), min(limits.max, 2**52)
        values = numpy.where(random.random(count) > 0.5, slope, 0)
        values = values.astype(kind)
        values[::13], values[1::13] = low, high
    return values.astype(kind).reshape(shape)


def case(words, path, array, axes):
    """Notes a file; `array` has the axes `axes`, in any order, those of length 1 are dropped."""
    order = [axes.index(axis) for axis in "tczyx" if axis in axes]
    array = array.transpose(order)
    axes = [axis for axis in "tczyx" if axis in axes]
    kept = [i for i, axis in enumerate(axes) if axis in "yx" or array.shape[i] > 1]
    array = array.reshape([array.shape[i] for i in kept])
    name = array.dtype.newbyteorder("=").name
    kind = becomes.get(name, name)
    truth = f"{path}.truth"
    if kind.startswith("complex"):
        kind = "float64"
        array = array.real
    numpy.ascontiguousarray(array.astype(numpy.dtype(kind).newbyteorder("<"))).tofile(
        os.path.join(out, truth)
    )
    cases.append(
        {
            "words": words,
            "path": path,
            "truth": truth,
            "type": kind,
            "shape": list(array.shape),
            "axes": "".join(axes[i] for i in kept),
        }
    )


count = itertools.count()


def fresh(ending):
    return f"{next(count)}{ending}"


types = ["uint8", "int8", "uint16", "int16", "uint32", "int32", "float16", "float32", "float64"]


def write_tifffile():
    for dtype in types + ["bool", "uint64", "int64", "complex64", "complex128"]:
        for compression in [None, "zlib", "lzma"]:
            for shape, axes, options in [
                ((23, 37), "yx", {}),
                ((23, 37), "yx", {"rowsperstrip": 5}),
                ((23, 37), "yx", {"tile": (16, 32)}),
                ((23, 37, 3), "yxc", {"photometric": "rgb"}),
                ((3, 23, 37), "cyx", {"photometric": "rgb", "planarconfig": "separate"}),
                ((4, 23, 37), "tyx", {"photometric": "minisblack"}),
            ]:
                for order, big in [("<", False), (">", False), ("<", True), (">", True)]:
                    # Bits of several samples are written in a way that tifffile itself cannot read.
                    if dtype == "bool" and "c" in axes:
                        continue
                    path = fresh(".tif")
                    array = noise(dtype, shape)
                    try:
                        tifffile.imwrite(
                            os.path.join(out, path),
                            array,
                            compression=compression,
                            byteorder=order,
                            bigtiff=big,
                            metadata=None,
                            **options,
                        )
                    except Exception:
                        continue
                    case(["tifffile", dtype, compression or "none"], path, array, axes)
    for order, big in [("<", False), (">", False), ("<", True)]:
        for ome, extra in [(True, {}), (False, {"imagej": True})]:
            if extra and big:
                continue
            for axes, shape in [
                ("tczyx", (2, 3, 4, 9, 11)),
                ("tzcyx", (2, 3, 4, 9, 11)),
                ("zcyx", (3, 2, 9, 11)),
                ("tyx", (5, 9, 11)),
                ("zyx", (5, 9, 11)),
                ("cyx", (2, 9, 11)),
            ]:
                if extra and axes not in ("tzcyx", "zcyx", "tyx", "zyx", "cyx"):
                    continue
                path = fresh(".ome.tif" if ome else ".tif")
                array = noise("uint16", shape)
                metadata = {"axes": axes.upper()}
                tifffile.imwrite(
                    os.path.join(out, path),
                    array,
                    byteorder=order,
                    bigtiff=big,
                    metadata=metadata,
                    **({"ome": True, "photometric": "minisblack"} if ome else extra),
                )
                case(["tifffile", axes, "OME-TIFF" if ome else "ImageJ"], path, array, axes)
    path = fresh(".ome.tif")
    array = noise("uint16", (2, 128, 160))
    with tifffile.TiffWriter(os.path.join(out, path), bigtiff=True) as file:
        options = dict(tile=(32, 32), photometric="minisblack", compression="zlib")
        file.write(array, subifds=2, metadata={"axes": "CYX"}, **options)
        file.write(array[:, ::2, ::2], subfiletype=1, **options)
        file.write(array[:, ::4, ::4], subfiletype=1, **options)
    case(["tifffile", "pyramid", "OME-TIFF"], path, array, "cyx")


def write_tiffcp():
    """libtiff's own tool takes the plain files apart and writes them in every way it knows."""
    kinds = {"uint8": 8, "uint16": 16, "int16": 16, "uint32": 32, "float32": 32, "float64": 64}
    codes = ["none", "packbits", "lzw", "zip", "zstd", "lzma", "lerc", "webp", "jpeg", "g4"]
    for dtype, shape, axes, options in [
        *[(dtype, (23, 37), "yx", {}) for dtype in [*kinds, "bool"]],
        *[(dtype, (23, 37, 3), "yxc", {"photometric": "rgb"}) for dtype in ["uint8", "uint16"]],
    ]:
        array = noise(dtype, shape)
        plain = os.path.join(out, fresh(".tif"))
        tifffile.imwrite(plain, array, metadata=None, **options)
        for code in codes:
            predictors = [""]
            if code in ("lzw", "zip", "zstd"):
                predictors += [":2"] + ([":3"] if dtype.startswith("float") else [])
            for predictor in predictors:
                for cut in [["-r", "5"], ["-t", "-w", "32", "-l", "16"]]:
                    for order in [["-L"], ["-B"], ["-L", "-8"], ["-L", "-f", "lsb2msb"]]:
                        # libtiff 4.5 turns the bytes around once too often when it writes these, not when it reads them.
                        if predictor == ":3" and order == ["-B"]:
                            continue
                        for planes in ["contig", "separate"] if len(shape) > 2 else ["contig"]:
                            path = fresh(".tif")
                            asked = ["-c", code + predictor, *cut, *order, "-p", planes]
                            done = subprocess.run(
                                ["tiffcp", *asked, plain, os.path.join(out, path)],
                                capture_output=True,
                            )
                            if done.returncode != 0 or done.stderr:
                                continue
                            case(["libtiff", dtype, code], path, array, axes)
        os.remove(plain)


def write_pillow():
    for mode, dtype, shape, axes in [
        ("1", "bool", (23, 37), "yx"),
        ("L", "uint8", (23, 37), "yx"),
        ("I;16", "uint16", (23, 37), "yx"),
        ("RGB", "uint8", (23, 37, 3), "yxc"),
        ("RGBA", "uint8", (23, 37, 4), "yxc"),
        ("LA", "uint8", (23, 37, 2), "yxc"),
        ("F", "float32", (23, 37), "yx"),
        ("I", "int32", (23, 37), "yx"),
    ]:
        array = noise(dtype, shape)
        image = pillow.fromarray(array) if mode != "LA" else pillow.fromarray(array, "LA")
        ways = [("tif", code) for code in ["raw", "tiff_lzw", "packbits", "tiff_adobe_deflate"]]
        ways += [("tif", code) for code in ["group3", "group4", "tiff_ccitt"] if mode == "1"]
        # Pillow cuts 32 bits to 16 there.
        ways += [("png", False), ("png", True)] if mode != "I" else []
        for ending, code in ways:
            path = fresh(f".{ending}")
            try:
                options = {"compression": code} if ending == "tif" else {"optimize": code}
                image.save(os.path.join(out, path), **options)
            except Exception:
                continue
            case(["Pillow", mode, ending.upper()], path, array, axes)
    colours = random.integers(0, 256, (23, 37)).astype("uint8")
    palette = random.integers(0, 256, (256, 3)).astype("uint8")
    image = pillow.fromarray(colours, "L")
    image.putpalette(palette.tobytes())
    path = fresh(".png")
    image.save(os.path.join(out, path))
    case(["Pillow", "P", "PNG"], path, palette[colours], "yxc")
    path = fresh(".tif")
    image.save(os.path.join(out, path))
    case(["Pillow", "P", "TIF"], path, colours, "yx")


def write_numpy():
    for dtype in types + ["bool", "uint64", "int64"]:
        for order, fortran, shape in itertools.product("<>", [False, True], [(7, 9), (3, 7, 9)]):
            path = fresh(".npy")
            array = noise(dtype, shape)
            stored = array.astype(array.dtype.newbyteorder(order))
            numpy.save(os.path.join(out, path), numpy.asfortranarray(stored) if fortran else stored)
            words = ["NumPy", dtype, "NPY"]
            case(words, path, array, "yx" if len(shape) == 2 else "cyx")
            if dtype in ("int64", "uint64"):
                cases[-1]["narrowed"] = True
    for save in [numpy.savez, numpy.savez_compressed]:
        path = fresh(".npz")
        array = noise("uint16", (7, 9))
        save(os.path.join(out, path), array)
        case(["NumPy", "uint16", "NPZ"], path, array, "yx")


def write_zarr():
    compressors = {
        "none": None,
        "zlib": numcodecs.Zlib(3),
        "gzip": numcodecs.GZip(3),
        "zstd": numcodecs.Zstd(3),
        "lz4": numcodecs.LZ4(),
        "bz2": numcodecs.BZ2(),
        "lzma": numcodecs.LZMA(),
        **{
            f"blosc {name} {shuffle}": numcodecs.Blosc(name, 3, shuffle)
            for name in ["lz4", "lz4hc", "zstd", "zlib", "blosclz"]
            for shuffle in [0, 1, 2]
        },
    }
    for dtype in types + ["bool", "int64", "uint64"]:
        for name, compressor in compressors.items():
            for order, layout, separator in [("<", "C", "."), (">", "C", "/"), ("<", "F", ".")]:
                path = fresh(".zarr")
                array = noise(dtype, (3, 21, 34))
                array[:, 8:16, 10:20] = 7
                array[0, :, :10] = 0
                stored = array.astype(array.dtype.newbyteorder(order))
                made = zarr.open(
                    zarr.DirectoryStore(os.path.join(out, path), dimension_separator=separator),
                    mode="w",
                    shape=stored.shape,
                    chunks=(2, 8, 10),
                    dtype=stored.dtype,
                    compressor=compressor,
                    order=layout,
                    fill_value=7,
                    dimension_separator=separator,
                    write_empty_chunks=False,
                )
                made[:] = stored
                case(["zarr 2", dtype, name.split(" ")[0]], path, array, "tyx")
    # Large enough for several blocks in a chunk, and for their parts to be compressed apart.
    for dtype in ["uint8", "uint16", "uint32", "float64"]:
        for name, compressor in compressors.items():
            path = fresh(".zarr")
            array = noise(dtype, (300, 420))
            array[100:200] = 3
            made = zarr.open(
                zarr.DirectoryStore(os.path.join(out, path)),
                mode="w",
                shape=array.shape,
                chunks=(256, 256),
                dtype=array.dtype,
                compressor=compressor,
            )
            made[:] = array
            case(["zarr 2", dtype, name.split(" ")[0]], path, array, "yx")
    for name, filters in {
        "delta": [numcodecs.Delta("<u2")],
        "shuffle": [numcodecs.Shuffle(2)],
        "fixed scale": [numcodecs.FixedScaleOffset(offset=0, scale=1, dtype="<u2", astype="<u4")],
    }.items():
        path = fresh(".zarr")
        array = noise("uint16", (3, 21, 34))
        made = zarr.open(
            zarr.DirectoryStore(os.path.join(out, path)),
            mode="w",
            shape=array.shape,
            chunks=(2, 8, 10),
            dtype="<u2",
            filters=filters,
        )
        made[:] = array
        case(["zarr 2", "uint16", f"filter {name}"], path, array, "tyx")
    path = fresh(".zarr.zip")
    array = noise("uint16", (3, 21, 34))
    store = zarr.ZipStore(os.path.join(out, path), mode="w")
    made = zarr.open(store, mode="w", shape=array.shape, chunks=(2, 8, 10), dtype="<u2")
    made[:] = array
    store.close()
    case(["zarr 2", "uint16", "zip"], path, array, "tyx")


if tifffile:
    write_tifffile()
if tifffile and shutil.which("tiffcp"):
    write_tiffcp()
if pillow:
    write_pillow()
write_numpy()
if zarr and numcodecs:
    write_zarr()

with open(os.path.join(out, "cases.json"), "w") as file:
    json.dump(cases, file)
