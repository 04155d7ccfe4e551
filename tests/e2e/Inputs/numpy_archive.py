"""Writes one small data set in all ways in which NumPy can: numpy_archive.py
FOLDER."""

import sys

import numpy as np

root = sys.argv[1]
random = np.random.default_rng(1)


def split(rows):
    return {"image": random.random((rows, 28, 28), dtype=np.float32),
            "digit": random.integers(0, 10, rows)}


train, test = split(64), split(10)
for folder, arrays in (("npy", train), ("npy/test", test)):
    for name, array in arrays.items():
        np.save(f"{root}/{folder}/{name}.npy", array)
np.savez(f"{root}/npz/train.npz", **train)
np.savez_compressed(f"{root}/npz/test.npz", **test)
np.savez_compressed(f"{root}/both.npz",
                    **{f"{name}_train": train[name] for name in train},
                    **{f"{name}_test": test[name] for name in test})
keras = {f"{short}_{kind}": arrays[name] for short, name in
         (("x", "image"), ("y", "digit")) for kind, arrays in
         (("train", train), ("test", test))}
np.savez(f"{root}/keras.npz", **keras)
np.savez(f"{root}/objects.npz", digit=np.array([1, "a"], dtype=object))
