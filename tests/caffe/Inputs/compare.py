"""compare.py NET.prototxt FOLDER [--batch N] [--older] [--opencv] [DLCC OPTION...]

Runs a net with weights of a seed by `dlcc run` and by NumPy, and prints each
output, its shape and whether both agree. Files go into FOLDER. With --opencv
OpenCV's DNN module computes them, too.
"""

import argparse
import pathlib
import subprocess
import sys

import numpy as np

import caffe_numpy


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("net")
    arguments.add_argument("folder", type=pathlib.Path)
    arguments.add_argument("--batch", type=int)
    arguments.add_argument("--older", action="store_true")
    arguments.add_argument("--opencv", action="store_true")
    arguments.add_argument("--tolerance", type=float, default=2e-5)
    given, more = arguments.parse_known_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    with open(given.net, encoding="utf-8") as file:
        net = caffe_numpy.Net(file.read(), seed=7, batch=given.batch)
    expected = net.run()
    model = given.folder / "net.caffemodel"
    caffe_numpy.write_model(model, net.weights, given.older)
    command = ["dlcc", "run", given.net, *more]
    if given.batch:
        command += ["--batch", str(given.batch)]
    if net.weights:
        command += ["--weights", str(model)]
    # Names of the language: what is no letter or digit is '_'.
    named = {name: "".join(c if c.isalnum() else "_" for c in name)
             for name in [*net.inputs, *expected]}
    for name, value in net.inputs.items():
        np.save(given.folder / f"{named[name]}.npy", value)
        command += ["--input", f"{named[name]}={given.folder}/{named[name]}.npy"]
    for name in expected:
        command += ["--output", f"{named[name]}={given.folder}/{named[name]}.out.npy"]
    if subprocess.run(command, check=False).returncode:
        return 1
    foreign = opencv(given.net, model, net, expected) if given.opencv else {}
    failed = False
    for name, value in expected.items():
        found = np.load(given.folder / f"{named[name]}.out.npy")
        scale = max(1e-3, abs(value).max())
        fits = found.shape == value.shape and abs(found - value).max() <= given.tolerance * scale
        failed |= not fits
        also = ""
        if name in foreign:
            other = foreign[name].reshape(value.shape)
            also = " opencv " + str(abs(other - found).max() <= 1e-3 * scale)
        print(name, list(found.shape), bool(fits), also.strip(),
              "" if fits and not also.endswith("False") else
              f"(dlcc - numpy {abs(found - value).max() / scale if found.shape == value.shape else value.shape})")
    return int(failed)


def opencv(path, model, net, expected):
    import cv2
    other = cv2.dnn.readNetFromCaffe(path, str(model))
    for name, value in net.inputs.items():
        other.setInput(value, name)
    names = list(expected)
    return dict(zip(names, other.forward(names)))


if __name__ == "__main__":
    sys.exit(main())
