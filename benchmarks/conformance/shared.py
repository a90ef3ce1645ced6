"""Checksums of the files of other projects' test suites, as tifffile and zarr read them: conformance.mjs compares with them.

    python3 shared.py ../shared/data/formats > shared.json

Zarr's version 3 is not read by the zarr 2 that Debian has; the fixtures' own tests say that those of
two axes hold 1, 2, 3, … (those that are "filled" 0, 1, 2, …) and those of three 0, 1, 2, …, as they do in version 2.
"""

import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
import zipfile

import numpy
import tifffile
import zarr

root = sys.argv[1]
found = {}
becomes = {"bool": "uint8", "float16": "float32", "int64": "float64", "uint64": "float64"}


def note(name, values, axes, **more):
    name_of = values.dtype.newbyteorder("=").name
    kind = becomes.get(name_of, name_of)
    data = numpy.ascontiguousarray(values.astype(numpy.dtype(kind).newbyteorder("<"))).tobytes()
    found[name] = {
        "axes": axes,
        "shape": list(values.shape),
        "type": kind,
        "sum": hashlib.sha256(data).hexdigest(),
        **more,
    }


def order(array, axes):
    """Axes as ours: samples and sequences become c and t, in the order tczyx, none of length 1."""
    axes = axes.lower().replace("s", "c").replace("i", "t").replace("q", "t")
    known = [axis for axis in "tczyx" if axis in axes]
    array = array.transpose([axes.index(axis) for axis in known])
    kept = [i for i, axis in enumerate(known) if axis in "yx" or array.shape[i] > 1]
    return array.reshape([array.shape[i] for i in kept]), "".join(known[i] for i in kept)


def read_tiff(path):
    with tifffile.TiffFile(path) as file:
        series = file.series[0]
        return order(series.asarray(), series.axes)


for folder, _, names in sorted(os.walk(root)):
    for name in sorted(names):
        path = os.path.join(folder, name)
        short = os.path.relpath(path, root)
        if re.search(r"\.tiff?$", name):
            try:
                note(short, *read_tiff(path))
            except ValueError:
                # LZW is undone by libtiff.
                plain = os.path.join(tempfile.mkdtemp(), "plain.tif")
                subprocess.run(["tiffcp", "-c", "none", path, plain], check=True)
                note(short, *read_tiff(plain))
        if not name.endswith(".zip"):
            continue
        with zipfile.ZipFile(path) as file:
            for inner in sorted(file.namelist()):
                match = re.fullmatch(r"(?:data\.zarr/)?(.*)/(\.zarray|zarr\.json)", inner)
                if not match:
                    continue
                fields = json.loads(file.read(inner))
                if fields.get("node_type", "array") != "array":
                    continue
                array, shape = match[1], fields["shape"]
                dtype = str(fields.get("dtype") or fields["data_type"])
                plain = re.fullmatch(r"([<>|][biuf][1248])|u?int\d+|float\d+|bool", dtype)
                if not 2 <= len(shape) <= 5 or not plain:
                    continue
                try:
                    store = zarr.ZipStore(path, mode="r")
                    inside = inner.rsplit("/", 1)[0]
                    values = zarr.open_array(store, mode="r", path=inside)[:]
                except Exception:
                    first = 1 if len(shape) == 2 and "filled" not in array else 0
                    values = first + numpy.arange(numpy.prod(shape)).reshape(shape)
                    values = values.astype(dtype)
                axes = {2: "yx", 3: "tyx", 4: "tcyx", 5: "tczyx"}[len(shape)]
                note(f"{short} {array}", *order(values, axes), array=array)

json.dump(found, sys.stdout, indent=2)
print()
