"""Compares a shared library of products.dlm with PyTorch, with the full batch
and with fewer rows.

    products.py products.so
"""

import ctypes
import sys

import numpy as np
import torch

BATCH = 3
NAMES = "abcdefghijklnop"
library = ctypes.CDLL(sys.argv[1])
library.products_create.restype = ctypes.c_void_p
net = ctypes.c_void_p(library.products_create(None))
assert net.value
assert library.products_init(net, ctypes.c_uint64(7)) == 0


def outputs(x, y, v, m):
    es = torch.einsum
    return [es("bij,bjk->bik", x, y), es("bij,oj->bio", x, m),
            es("oj,bij->oib", m, x), es("...ij,...jk,kl->...li", x, y, m[:2]),
            es("bij->bji", x), es("bij->b", x), es("ii", m), es("ii->i", m),
            es("bij,i,j->bij", x, v[0, :, 0], m[1]), es("kj,ik", m, v[1]),
            es("hij,bij->bhj", v, x), x[:, None] @ v.transpose(1, 2),
            v @ y[:, None], m @ y, v.transpose(1, 2) @ x[:, None]]


random = np.random.default_rng(3)
for rows in (BATCH, 2):
    shapes = [(rows, 4, 3), (rows, 3, 2), (2, 4, 3), (3, 3)]
    arrays = [random.standard_normal(shape).astype(np.float32)
              for shape in shapes]
    wanted = outputs(*map(torch.from_numpy, arrays))
    # A batch that stands last has room for all rows.
    got = [np.zeros(y.shape[:-1] + (BATCH,) if name == "c" else y.shape,
                    np.float32) for name, y in zip(NAMES, wanted)]
    pointers = [array.ctypes.data_as(ctypes.c_void_p)
                for array in (*arrays, *got)]
    assert library.products_forward(net, ctypes.c_int64(rows), *pointers) == 0
    for name, ours, theirs in zip(NAMES, got, wanted):
        ours = ours[..., :rows] if name == "c" else ours
        error = np.abs(ours - theirs.numpy()).max()
        assert error < 1e-5, f"output {name}, {rows} rows: {error}"
print(f"as PyTorch's: {len(NAMES)} products")
