"""What all the programs that write files share: numbers, names, and the list of what must be read from each file."""

import itertools
import os
import sys

import numpy

out = sys.argv[1]
cases = []
random = numpy.random.default_rng(7)

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
