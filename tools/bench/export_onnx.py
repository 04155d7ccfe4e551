#!/usr/bin/env python3
"""Writes a network as ONNX, from PyTorch, for the engines that only infer.

    export_onnx.py NETWORK --batch N [--width N] --folder DIR

The weights are those of DIR/weights where they are, else PyTorch's own; the
file is DIR/model.onnx. A recurrence begins with zeros.
"""

import argparse
import pathlib

import torch

from measure import read_weights
from peers import peer


class Outputs(torch.nn.Module):
    """What the model gives back."""

    def __init__(self, net, softmax):
        super().__init__()
        self.net, self.softmax = net, softmax

    def forward(self, inputs):
        output = self.net(inputs)
        return output.softmax(-1) if self.softmax else output


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("network")
    parser.add_argument("--batch", type=int, required=True)
    parser.add_argument("--width", type=int)
    parser.add_argument("--folder", type=pathlib.Path, required=True)
    options = parser.parse_args()
    found = peer(options.network, options.width)
    net = found.make().eval()
    weights = read_weights(options.folder / "weights")
    if weights:
        found.copy(net, weights)
    inputs = next(found.source.batches(found.source.make(options.batch),
                                       options.batch, 1, 0))[0]
    inputs = torch.from_numpy(inputs)
    if inputs.is_floating_point():
        inputs = inputs.reshape(-1, *found.source.image)
    with torch.no_grad():
        torch.onnx.export(Outputs(net, found.softmax), (inputs,),
                          str(options.folder / "model.onnx"), dynamo=True,
                          external_data=True, verbose=False)


if __name__ == "__main__":
    main()
