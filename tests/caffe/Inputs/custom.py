"""Weights and an input for custom.test, into this folder."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))

import caffe_numpy
import numpy as np

gain, offset = np.array([1, 2, 3], "f4"), np.array([10, 18, 24], "f4")
caffe_numpy.write_model("own.caffemodel", {"double": [gain, offset]})
np.save("x.npy", np.array([[1, 2, 3]], "f4"))
