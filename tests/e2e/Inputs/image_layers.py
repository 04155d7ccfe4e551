"""Compares a shared library of image_layers.dlm with PyTorch: all outputs and
all gradients, with the full batch and with fewer rows.

    image_layers.py images.so
"""

import ctypes
import sys

import numpy as np
import torch
from torch.nn import functional as F

BATCH = 3
NAMES = "abcdefghijklmnopqr"
library = ctypes.CDLL(sys.argv[1])
library.images_create.restype = ctypes.c_void_p
net = ctypes.c_void_p(library.images_create(None))
assert net.value
assert library.images_init(net, ctypes.c_uint64(7)) == 0

SHAPES = {
    "first.weight": (6, 6, 3, 3), "first.bias": (6,),
    "conv_a.weight": (4, 3, 3, 2), "conv_a.bias": (4,),
    "conv_b.weight": (6, 1, 3, 3), "conv_b.bias": (6,),
    "conv_c.weight": (6, 4, 3, 3), "conv_c.bias": (4,),
    "conv_d.weight": (6, 2, 2, 3), "conv_d.bias": (4,),
    "norm_n.weight": (6,), "norm_n.bias": (6,),
    "norm_o.weight": (6,), "norm_o.bias": (6,),
    "conv_p.weight": (5, 6, 7), "conv_p.bias": (5,),
    "conv_q.weight": (3, 2, 2, 3, 3), "conv_q.bias": (3,),
    "conv_r.weight": (16, 6, 1, 1),
}


def pointer(array):
    return array.ctypes.data_as(ctypes.POINTER(ctypes.c_float))


def read(name):
    array = np.empty(SHAPES[name], np.float32)
    path = name if name.startswith("first") else "layers." + name
    status = library.images_get_parameter(
        net, path.encode(), pointer(array), ctypes.c_size_t(array.nbytes))
    assert status == 0, path
    return array


def outputs(image, p):
    x = F.conv2d(image, p["first.weight"], p["first.bias"], padding=1)
    rows = x.shape[0]
    cubes = F.pad(x.reshape(rows, 2, 3, 9, 11), (0, 2, 1, 1, 1, 0))
    return [
        F.conv2d(x, p["conv_a.weight"], p["conv_a.bias"], stride=(2, 1),
                 dilation=(1, 2), groups=2),
        F.conv2d(x, p["conv_b.weight"], p["conv_b.bias"], padding=1, stride=2,
                 groups=6),
        F.conv_transpose2d(x, p["conv_c.weight"], p["conv_c.bias"], stride=2,
                           padding=1, output_padding=1),
        F.conv_transpose2d(x, p["conv_d.weight"], p["conv_d.bias"], stride=3,
                           groups=2, dilation=2),
        F.max_pool2d(x, 3, stride=2, padding=1, ceil_mode=True),
        F.avg_pool2d(x, 3, stride=2, padding=1, ceil_mode=True),
        F.avg_pool2d(x, (3, 2), stride=2, padding=(1, 0),
                     count_include_pad=False),
        x.mean((2, 3)),
        F.adaptive_avg_pool2d(x, (4, 3)),
        F.interpolate(x, scale_factor=2, mode="nearest"),
        F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False),
        F.interpolate(x, size=(27, 22), mode="bilinear", align_corners=True),
        F.local_response_norm(x, 5, alpha=0.3, beta=0.75, k=1.0),
        F.group_norm(x, 3, p["norm_n.weight"], p["norm_n.bias"]),
        F.instance_norm(x, weight=p["norm_o.weight"], bias=p["norm_o.bias"]),
        F.conv1d(x.reshape(rows, 6, 99), p["conv_p.weight"], p["conv_p.bias"],
                 stride=3, padding=2),
        F.conv3d(cubes, p["conv_q.weight"], p["conv_q.bias"],
                 stride=(1, 2, 1)),
        F.conv2d(x, p["conv_r.weight"], stride=2),
    ]


def compare(what, got, wanted):
    scale = np.abs(wanted).max() + 1e-6
    error = np.abs(got - wanted).max() / scale
    assert error < 2e-5, f"{what}: relative error {error}"


random = np.random.default_rng(3)
for rows in (BATCH, 2):
    image = random.standard_normal((rows, 6, 9, 11)).astype(np.float32)
    parameters = {name: torch.tensor(read(name), requires_grad=True)
                  for name in SHAPES}
    wanted = outputs(torch.tensor(image), parameters)
    got = [np.empty(y.shape, np.float32) for y in wanted]
    status = library.images_forward(net, ctypes.c_int64(rows), pointer(image),
                                    *[pointer(y) for y in got])
    assert status == 0
    for name, ours, theirs in zip(NAMES, got, wanted):
        compare(f"output {name}, {rows} rows", ours, theirs.detach().numpy())

    sum((y ** 3).mean() for y in wanted).backward()
    status = library.images_train_step(net, ctypes.c_int64(rows),
                                       pointer(image), None)
    assert status == 0
    for name, parameter in parameters.items():
        before = parameter.detach().numpy()
        compare(f"gradient of {name}, {rows} rows", before - read(name),
                parameter.grad.numpy())
print("as PyTorch's: 18 outputs, 19 gradients")
