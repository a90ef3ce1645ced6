"""TIFFs as tifffile and libtiff's own tool write them."""

import os
import subprocess

import tifffile
from common import case, fresh, noise, out, types


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
