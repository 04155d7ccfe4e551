"""Trains a model of split_batch.dlm as it is and in parts of its batch: losses,
metrics, parameters and what inference then computes agree to rounding, with all
rows and with fewer; in parts any number of threads gives the same bits.

    split_batch.py MODEL whole.so parts.so DESCRIPTION
"""

import ctypes
import json
import math
import random
import sys

STEPS = 5
SIZES = {"layers": (96, 20, 1), "images": (24, 432, 1), "streams": (40, 6, 6)}
name = sys.argv[1]
batch, width, labels = SIZES[name]
outputs = 9 * 6 if name == "streams" else 3


class Options(ctypes.Structure):
    _fields_ = [("size", ctypes.c_size_t), ("threads", ctypes.c_int32),
                ("seed", ctypes.c_uint64), ("steps_per_epoch", ctypes.c_int64),
                ("rest", ctypes.c_void_p * 8)]


def array(kind, numbers):
    return (kind * len(numbers))(*numbers)


def train(path, threads):
    """All numbers that come out, and their names."""
    library = ctypes.CDLL(path)
    options = Options(size=ctypes.sizeof(Options), threads=threads, seed=3)
    create = getattr(library, name + "_create")
    create.restype = ctypes.c_void_p
    net = ctypes.c_void_p(create(ctypes.byref(options)))
    assert net.value and getattr(library, name + "_init")(
        net, ctypes.c_uint64(5)) == 0
    draw = random.Random(1)
    number = ctypes.c_int32 if name == "streams" else ctypes.c_float
    results = {}
    # Rows of one part only, and of some parts.
    for step, rows in enumerate([batch, batch, 1, batch * 5 // 8, batch]):
        if name == "streams":
            values = [draw.randrange(9) for _ in range(rows * width)]
        else:
            values = [draw.gauss(0, 1) for _ in range(rows * width)]
        x = array(number, values)
        classes = 9 if name == "streams" else 3
        label = array(ctypes.c_int32, [draw.randrange(classes)
                                       for _ in range(rows * labels)])
        for entry in "train_step", "evaluate":
            made = [array(ctypes.c_float, [0]) for _ in range(2)]
            assert getattr(library, f"{name}_{entry}")(
                net, ctypes.c_int64(rows), x, label, *made) == 0
            results[f"{entry} {step}"] = [m[0] for m in made]
        y = array(ctypes.c_float, [0] * (batch * outputs))
        assert getattr(library, name + "_forward")(
            net, ctypes.c_int64(rows), x, y) == 0
        results[f"forward {step}"] = list(y)[:rows * outputs]
    for parameter in json.load(open(sys.argv[4]))["parameter_list"]:
        count = math.prod(parameter["shape"])
        value = array(ctypes.c_float, [0] * count)
        assert getattr(library, name + "_get_parameter")(
            net, parameter["name"].encode(), value,
            ctypes.c_size_t(4 * count)) == 0
        results[parameter["name"]] = list(value)
    return results


whole = train(sys.argv[2], 2)
parts = train(sys.argv[3], 2)
assert parts == train(sys.argv[3], 1), "bits depend on threads"
assert parts != whole, "nothing was split"
largest = 0
for key, wanted in whole.items():
    size = max(map(abs, wanted)) + 1e-3
    error = max(abs(a - b) for a, b in zip(wanted, parts[key])) / size
    largest = max(largest, error)
    assert error < 2e-4, (key, error)
print(f"largest difference {largest:.1e}")
