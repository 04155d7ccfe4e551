"""Data of eight rows that are the same everywhere: images of 4 x 4, a class of
three and a number. Run with a folder it writes them as .npz.
"""

import pathlib
import sys

import numpy

ROWS = 8
_X = numpy.sin(numpy.arange(ROWS * 16) * 0.7) + numpy.arange(ROWS * 16) % 5 / 5
DATA = {
    "x": _X.reshape(ROWS, 1, 4, 4).astype("f4"),
    "label": (numpy.arange(ROWS) * 7 % 3).astype("i4"),
    "target": numpy.cos(numpy.arange(ROWS))[:, None].astype("f4"),
}

if __name__ == "__main__":
    folder = pathlib.Path(sys.argv[1])
    numpy.save(folder / "x.npy", DATA["x"])
    for goal in ("label", "target"):
        numpy.savez(folder / f"{goal}.npz", x=DATA["x"], **{goal: DATA[goal]})
