"""data_numpy.py FOLDER: what data layers do to images, against NumPy.

The loss of a net whose first step leaves its images as they are is half the sum
of their squares; so are they on the way through mean, crop and scale.
"""

import json
import pathlib
import subprocess
import sys

import numpy as np

import caffe_numpy

NET = """
net_param {{
  name: "squares"
  layer {{ name: "train" type: "Data" top: "data" top: "label" include {{ phase: TRAIN }}
          transform_param {{ {transform} }} data_param {{ source: "a" batch_size: 4 }} }}
  layer {{ name: "test" type: "Data" top: "data" top: "label" include {{ phase: TEST }}
          transform_param {{ {transform} }} data_param {{ source: "b" batch_size: 2 }} }}
  layer {{ name: "quiet" type: "Silence" bottom: "label" }}
  layer {{ name: "none" type: "Power" bottom: "data" top: "none" power_param {{ scale: 0 }} }}
  layer {{ name: "bias" type: "Bias" bottom: "data" top: "bias" }}
  layer {{ name: "loss" type: "EuclideanLoss" bottom: "bias" bottom: "none" top: "loss" }}
}}
base_lr: 0 max_iter: 1
"""


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(1)
    image = random.integers(0, 256, (4, 3, 6, 7)).astype("u1")
    np.savez(folder / "data.npz", image_train=image, image_test=image,
             label_train=np.zeros(4, "i4"), label_test=np.zeros(4, "i4"))
    mean = random.uniform(0, 255, (3, 6, 7)).astype("f4")
    (folder / "mean.binaryproto").write_bytes(
        b"".join(caffe_numpy.varint(i << 3) + caffe_numpy.varint(d)
                 for i, d in zip((1, 2, 3, 4), (1, *mean.shape)))
        + caffe_numpy.field(5, mean.tobytes()))
    x, channels = image.astype("f8"), np.array([104, 117, 123.5]).reshape(3, 1, 1)
    centre = np.s_[:, :, 1:5, 1:5]
    cases = {
        "": (x, x),
        "scale: 0.00390625": (x / 256, x / 256),
        "mean_value: 100": (x - 100, x - 100),
        "mean_value: 104 mean_value: 117 mean_value: 123.5 scale: 0.5":
            ((x - channels) / 2, (x - channels) / 2),
        'mean_file: "somewhere/mean.binaryproto" scale: 0.25 mirror: true':
            ((x - mean) / 4, (x - mean) / 4),
        'mean_file: "mean.binaryproto" crop_size: 4': (None, (x - mean)[centre]),
    }
    failed = False
    for i, (transform, (train, test)) in enumerate(cases.items()):
        path = folder / f"solver{i}.prototxt"
        path.write_text(NET.format(transform=transform))
        ended = subprocess.run(
            ["dlcc", "train", path, "--data", folder / "data.npz", "--epochs", "1", "--json"],
            check=False, capture_output=True, text=True)
        events = [json.loads(line) for line in ended.stdout.splitlines()]
        epoch = next((e for e in events if e["event"] == "epoch"), None)
        if ended.returncode or not epoch:
            print(transform, ended.stderr)
            return 1
        for split, images in (("train", train), ("test", test)):
            if images is None:
                continue
            wanted, found = (images ** 2).sum() / 2 / len(images), epoch[split]["loss"]
            fits = abs(found - wanted) < 1e-4 * wanted
            failed |= not fits
            print(transform or "as it is", split, bool(fits), "" if fits else (found, wanted))
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
