"""Compares a shared library of indexed_functions.dlm with PyTorch: all outputs
and all gradients, with the full batch and with fewer rows.

    indexed_functions.py indexed.so
"""

import ctypes
import sys

import numpy as np
import torch
from torch.nn import functional as F

BATCH = 3
NAMES = "abcdefghijklmnopqrst"
library = ctypes.CDLL(sys.argv[1])
library.indexed_create.restype = ctypes.c_void_p
net = ctypes.c_void_p(library.indexed_create(None))
assert net.value
assert library.indexed_init(net, ctypes.c_uint64(7)) == 0
SHAPES = {"w": (7, 6), "scale": (6,)}


def pointer(array):
    return array.ctypes.data_as(ctypes.c_void_p)


def read(name):
    array = np.empty(SHAPES[name], np.float32)
    status = library.indexed_get_parameter(
        net, name.encode(), pointer(array), ctypes.c_size_t(array.nbytes))
    assert status == 0, name
    return array


def outputs(words, column, w):
    x = w[words]
    top, at = torch.topk(x, 2)
    p, q = torch.split(x, [2, 3], dim=1)
    return [
        x[:, [4, 0, 4]],
        torch.gather(x, 1, column),
        w.index_add(0, words[:, 0], x[:, 1]),
        x.cumsum(1),
        x.flip(2).cumsum(2).flip(2),
        x.cumsum(2) - x,
        x.sort(1).values,
        x.sort(2, descending=True).values,
        top,
        x.max(1, keepdim=True).values,
        at * top,
        x.flip(1),
        x.roll(2, 1),
        x.tile(1, 2, 3),
        torch.stack([x, x * x], 2),
        p,
        q,
        x[:, :1],
        F.pad(x.transpose(1, 2), (2, 1), mode="reflect").transpose(1, 2),
        F.pad(x, (2, 1), mode="replicate"),
    ]


def compare(what, got, wanted):
    scale = np.abs(wanted).max() + 1e-6
    error = np.abs(got - wanted).max() / scale
    assert error < 2e-5, f"{what}: relative error {error}"


random = np.random.default_rng(3)
for rows in (BATCH, 2):
    # A row has each word once: equal elements would leave the order open.
    words = np.stack([random.permutation(7)[:5] for _ in range(rows)])
    words = words.astype(np.int32)
    column = random.integers(0, 5, (rows, 3, 6)).astype(np.int32)
    parameters = {name: torch.tensor(read(name), requires_grad=True)
                  for name in SHAPES}
    wanted = outputs(torch.tensor(words).long(), torch.tensor(column).long(),
                     parameters["w"] * parameters["scale"])
    got = [np.empty(y.shape, np.float32) for y in wanted]
    status = library.indexed_forward(
        net, ctypes.c_int64(rows), pointer(words), pointer(column),
        *[pointer(y) for y in got])
    assert status == 0
    for name, ours, theirs in zip(NAMES, got, wanted):
        compare(f"output {name}, {rows} rows", ours, theirs.detach().numpy())

    sum((y ** 3).sum() / 100 for y in wanted).backward()
    status = library.indexed_train_step(net, ctypes.c_int64(rows),
                                        pointer(words), pointer(column), None)
    assert status == 0
    for name, parameter in parameters.items():
        before = parameter.detach().numpy()
        compare(f"gradient of {name}, {rows} rows", before - read(name),
                parameter.grad.numpy())

# What lies outside of an input's bound is refused.
words[0, 0] = 7
assert library.indexed_forward(
    net, ctypes.c_int64(2), pointer(words), pointer(column),
    *[pointer(y) for y in got]) != 0
print("as PyTorch's: 20 outputs, 2 gradients")
