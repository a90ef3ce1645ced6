"""Zarrs of version 2 as zarr writes them."""

import os

import numcodecs
import zarr
from common import case, fresh, noise, out, types


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
