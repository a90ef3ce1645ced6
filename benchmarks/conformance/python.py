"""Writes files with tifffile, libtiff's tiffcp, Pillow, NumPy and zarr, and beside them what must be read from each.

    python3 python.py FOLDER

FOLDER/cases.json gets a list of {words, path, truth, type, shape, axes}; a truth is a file of little-endian numbers
in C order. What a library cannot write is left out.
"""

import itertools
import json
import os
import shutil
import warnings

import numpy
from common import case, cases, fresh, noise, out, random, types

warnings.simplefilter("ignore")

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


def found(name):
    try:
        return __import__(name)
    except ImportError:
        return None


tiffs, zarrs, pillow = found("tiffs"), found("zarrs"), found("PIL.Image")
if tiffs:
    tiffs.write_tifffile()
if tiffs and shutil.which("tiffcp"):
    tiffs.write_tiffcp()
if pillow:
    pillow = pillow.Image
    write_pillow()
write_numpy()
if zarrs:
    zarrs.write_zarr()

with open(os.path.join(out, "cases.json"), "w") as file:
    json.dump(cases, file)
