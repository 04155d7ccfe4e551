"""Modules run in PyTorch, exported to ONNX by both exporters, run by dlcc.

  roundtrip_torch.py FOLDER PEER     PEER: a Python with ONNX Runtime, or ""

The rows are dynamic. dlcc has to leave them open; `dlcc run` gives the same
within 1e-4; and the file that `dlcc export` makes of the exported one gives,
by ONNX Runtime and for other rows, the same again. Prints a line a module.
"""

import logging
import pathlib
import subprocess
import sys
import warnings

import numpy
import torch
from torch import nn

warnings.simplefilter("ignore")
logging.disable(logging.CRITICAL)
torch.manual_seed(0)

PEER = """
import sys, numpy, onnxruntime
file, x, y = sys.argv[1:]
session = onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"])
numpy.save(y, session.run(None, {session.get_inputs()[0].name: numpy.load(x)})[0])
"""


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.attention = nn.MultiheadAttention(16, 4, batch_first=True)

    def forward(self, x):
        return self.attention(x, x, x, need_weights=False)[0]


class Recurrent(nn.Module):
    def __init__(self, kind, **settings):
        super().__init__()
        self.layer = kind(6, 8, batch_first=True, **settings)

    def forward(self, x):
        return self.layer(x)[0]


class Embedding(nn.Module):
    def __init__(self):
        super().__init__()
        self.table, self.dense = nn.Embedding(11, 8), nn.Linear(8, 3)

    def forward(self, x):
        return self.dense(self.table(x).mean(1))


class Residual(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv, self.norm = nn.Conv2d(4, 4, 3, padding=1), nn.BatchNorm2d(4)

    def forward(self, x):
        return torch.relu(x + self.norm(self.conv(x)))


def modules():
    r, s = torch.randn, nn.Sequential
    return {
        "mlp": (s(nn.Linear(7, 9), nn.GELU(), nn.Linear(9, 3), nn.Softmax(-1)),
                r(3, 7)),
        "conv": (s(nn.Conv2d(3, 8, 3, stride=2, padding=1), nn.BatchNorm2d(8),
                   nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(8, 8, 3, groups=4),
                   nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 5)),
                 r(3, 3, 17, 17)),
        "residual": (Residual(), r(3, 4, 5, 5)),
        "attention": (Attention(), r(3, 5, 16)),
        "encoder": (nn.TransformerEncoderLayer(16, 4, 32, batch_first=True),
                    r(3, 5, 16)),
        "lstm": (Recurrent(nn.LSTM, num_layers=2, bidirectional=True),
                 r(3, 5, 6)),
        "gru": (Recurrent(nn.GRU), r(3, 5, 6)),
        "embedding": (Embedding(), torch.randint(0, 11, (3, 5))),
        "norms": (s(nn.GroupNorm(2, 4), nn.InstanceNorm2d(4, affine=True),
                    nn.SiLU(), nn.LayerNorm([6, 6])), r(3, 4, 6, 6)),
        "deconv": (s(nn.ConvTranspose2d(4, 3, 4, stride=2, padding=1), nn.Tanh(),
                     nn.Upsample(scale_factor=2, mode="bilinear")),
                   r(3, 4, 5, 5)),
        "activations": (s(nn.ELU(), nn.Hardswish(), nn.LeakyReLU(), nn.PReLU(),
                          nn.Softplus(), nn.Mish(), nn.LogSoftmax(1)), r(3, 6)),
    }


def export(module, x, file, dynamo):
    """False where PyTorch's exporter fails itself."""
    names = {"input_names": ["x"], "output_names": ["y"]}
    try:
        if dynamo:
            rows = torch.export.Dim("n")
            torch.onnx.export(module, (x,), file, dynamo=True, verbose=False,
                              dynamic_shapes=({0: rows},), **names)
        else:
            torch.onnx.export(module, (x,), file, dynamo=False, **names,
                              dynamic_axes={"x": {0: "n"}, "y": {0: "n"}})
    except Exception:
        return False
    return True


def call(*command):
    done = subprocess.run([str(part) for part in command], capture_output=True,
                          text=True)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stderr}")
    return done.stderr


def compare(what, found, expected):
    error = numpy.abs(found - expected).max() / numpy.abs(expected).max()
    if found.shape != expected.shape or not error <= 1e-4:
        sys.exit(f"{what}: {found.shape} {expected.shape}, error {error}")


def check(name, module, x, folder, peer, dynamo):
    file, values, result = (folder / f"{name}{ending}"
                            for ending in (".onnx", ".x.npy", ".y.npy"))
    expected = module(x).detach().numpy()
    if not export(module, x, file, dynamo):
        return "not exported by PyTorch"
    said = call("dlcc", "compile", file, "--batch", 4, "--stop-after=parsed",
                "-o", folder / "parsed.mlir")
    if "exactly" in said:
        sys.exit(f"{name}: the rows are not open: {said}")
    numpy.save(values, x.numpy())
    call("dlcc", "run", file, "--batch", len(x), "--input", f"x={values}",
         "--output", f"y={result}")
    compare(name, numpy.load(result), expected)
    if peer:
        numpy.save(values, x[:2].numpy())
        again = folder / f"{name}.again.onnx"
        call("dlcc", "export", file, "--batch", 4, "-o", again)
        call(peer, "-c", PEER, again, values, result)
        compare(f"{name}, exported again", numpy.load(result), expected[:2])
    return "agrees"


def main():
    folder, peer = pathlib.Path(sys.argv[1]), sys.argv[2]
    for dynamo in (False, True):
        for name, (module, x) in modules().items():
            module.eval()
            kind = "dynamo" if dynamo else "script"
            # With gradients: without them PyTorch's older exporter meets a fast
            # path of its attention that it cannot export.
            result = check(f"{name}_{kind}", module, x, folder, peer, dynamo)
            print(f"{kind} {name}: {result}", flush=True)


if __name__ == "__main__":
    main()
