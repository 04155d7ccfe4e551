"""fillers.py FOLDER: initial weights of each filler, by what Caffe says of them.

Inner products of unit vectors are their weights; the deconvolution of a single
pixel is its filter.
"""

import pathlib
import subprocess
import sys

import numpy as np

OUTS, INS = 300, 200
CASES = {
    "constant": ('type: "constant" value: 0.25', lambda w: (w == 0.25).all()),
    "uniform": ('type: "uniform" min: -3 max: 1',
                lambda w: w.min() >= -3 and w.max() < 1 and abs(w.mean() + 1) < 0.05),
    "gaussian": ('type: "gaussian" mean: 2 std: 0.5',
                 lambda w: abs(w.mean() - 2) < 0.02 and abs(w.std() - 0.5) < 0.02),
    # One of `sparse` in as many as there are outputs is not zero.
    "sparse": ('type: "gaussian" std: 1 sparse: 15',
               lambda w: abs((w != 0).mean() - 15 / OUTS) < 0.01),
    "unitball": ('type: "positive_unitball"',
                 lambda w: w.min() >= 0 and abs(w.sum(1) - 1).max() < 1e-5),
    "xavier": ('type: "xavier"', lambda w: fits(w, np.sqrt(3 / INS))),
    "xavier_out": ('type: "xavier" variance_norm: FAN_OUT', lambda w: fits(w, np.sqrt(3 / OUTS))),
    "xavier_mean": ('type: "xavier" variance_norm: AVERAGE',
                    lambda w: fits(w, np.sqrt(6 / (INS + OUTS)))),
    "msra": ('type: "msra"', lambda w: abs(w.std() / np.sqrt(2 / INS) - 1) < 0.02),
}


def fits(w, limit):
    return abs(w).max() <= limit and abs(w.std() / (limit / np.sqrt(3)) - 1) < 0.02


def run(folder, name, net, x):
    (folder / f"{name}.prototxt").write_text(net)
    np.save(folder / "x.npy", x.astype("f4"))
    subprocess.run(["dlcc", "run", folder / f"{name}.prototxt", "--seed", "3", "--input",
                    f"x={folder}/x.npy", "--output", f"y={folder}/y.npy"], check=True)
    return np.load(folder / "y.npy")


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    failed = False
    for name, (filler, holds) in CASES.items():
        y = run(folder, name, f"""
          layer {{ name: "x" type: "Input" top: "x" input_param {{ shape {{ dim: {INS} dim: {INS} }} }} }}
          layer {{ name: "y" type: "InnerProduct" bottom: "x" top: "y" inner_product_param {{
            num_output: {OUTS} bias_term: false weight_filler {{ {filler} }} }} }}""", np.eye(INS))
        right = bool(holds(y.T.astype("f8")))
        failed |= not right
        print(name, right)
    for side in (3, 4):
        y = run(folder, f"bilinear{side}", f"""
          layer {{ name: "x" type: "Input" top: "x" input_param {{ shape {{ dim: 1 dim: 2 dim: 1 dim: 1 }} }} }}
          layer {{ name: "y" type: "Deconvolution" bottom: "x" top: "y" convolution_param {{
            num_output: 2 group: 2 kernel_size: {side} stride: 2 bias_term: false
            weight_filler {{ type: "bilinear" }} }} }}""", np.ones((1, 2, 1, 1)))
        half = -(-side // 2)
        line = 1 - abs(np.arange(side) / half - (side - 1) / (2 * half))
        right = bool(abs(y - np.outer(line, line)).max() < 1e-6)
        failed |= not right
        print("bilinear", side, right)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
