#!/usr/bin/env python3
"""Trains a model by its CPU's program and by its GPU's, and compares.

With --driver the GPU is the driver in tests/gpu/driver, which runs kernels by
the emulator; without, this machine's. Both programs train on the same made data
for two epochs: the losses of all steps and the parameters in the checkpoints
must agree within --tolerance of the largest, and the CPU's program must go on
from the GPU's checkpoint, and the other way round. Exit 1 otherwise. --both adds
a flag of the compiler, --gpu one for the GPU only.

usage: train_on_both.py MODEL --rows N [--driver FOLDER] [--batch N]
                        [--chip sm_90] [--tolerance 1e-3] [--both=FLAG ...]
                        [--gpu=FLAG ...]
"""

import argparse
import array
import ctypes
import json
import os
import pathlib
import subprocess
import sys
import tempfile

CODES = {"f32": "f", "i32": "i", "i64": "q"}


def run(*command, **variables):
    done = subprocess.run([str(c) for c in command], text=True,
                          env={**os.environ, **variables},
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}: {done.returncode}\n"
                 f"{done.stdout}{done.stderr}")
    return done.stdout


class Program:
    """The training program of a model for one of the targets."""

    def __init__(self, folder, model, flags, target, variables):
        self.variables = variables
        run("dlcc", "compile", model, "--train", *flags, *target, "-o", folder)
        self.path = next(f for f in folder.iterdir() if not f.suffix)

    def train(self, checkpoint, *more):
        """The losses of the steps."""
        lines = run(self.path, "--data", "synthetic", "--seed", 5, "--json",
                    "--log-every", 1, "--checkpoint", checkpoint, *more,
                    **self.variables).splitlines()
        events = [json.loads(line) for line in lines]
        return [e["loss"] for e in events if e["event"] == "step"]


def compare(what, expected, found, tolerance):
    """Fails unless there are as many, and all are near."""
    scale = max(map(abs, expected), default=0) or 1
    if len(expected) != len(found) or not expected:
        sys.exit(f"{what}: {len(found)} instead of {len(expected)}")
    for i, (x, y) in enumerate(zip(expected, found)):
        if not abs(x - y) <= tolerance * scale:
            sys.exit(f"{what}[{i}]: {y} instead of {x}")


def parameters_in(checkpoint, library, name, facts):
    """Every parameter in a checkpoint, by name."""
    function = library[f"{name}_create"]
    function.restype = ctypes.c_void_p
    net = ctypes.c_void_p(function(None))
    if library[f"{name}_load_checkpoint"](net, str(checkpoint).encode()) != 0:
        sys.exit(f"the CPU's program cannot load {checkpoint}")
    values = {}
    for fact in facts:
        count = 1
        for dim in fact["shape"]:
            count *= dim
        own = array.array(CODES[fact["dtype"]], [0] * count)
        status = library[f"{name}_get_parameter"](
            net, fact["name"].encode(), ctypes.c_void_p(own.buffer_info()[0]),
            ctypes.c_size_t(count * own.itemsize))
        if status != 0:
            sys.exit(f"no parameter {fact['name']}")
        values[fact["name"]] = list(own)
    return values


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("model")
    parser.add_argument("--driver")
    parser.add_argument("--rows", required=True)
    parser.add_argument("--batch")
    parser.add_argument("--chip", default="sm_90")
    parser.add_argument("--tolerance", type=float, default=1e-3)
    parser.add_argument("--both", action="append", default=[])
    parser.add_argument("--gpu", action="append", default=[])
    options = parser.parse_args()
    flags = options.both + (
        ["--batch", options.batch] if options.batch else [])
    with tempfile.TemporaryDirectory() as text:
        folder = pathlib.Path(text)
        cpu = Program(folder / "cpu", options.model, flags,
                      ["--emit=exe,shared"], {})
        gpu = Program(folder / "gpu", options.model, flags + options.gpu,
                      ["--emit=exe,llvm", f"--target=cuda:{options.chip}"], {})
        if options.driver:
            gpu.variables = {
                # Of code for several chips that which the driver's runs.
                "FAKE_CUDA_KERNELS": str(max((folder / "gpu").glob("*.ll"))),
                "LD_LIBRARY_PATH": options.driver,
                "FAKE_CUDA_LOG": str(folder / "log")}
        name = cpu.path.name
        facts = json.loads(run("dlcc", "explain", options.model, "--train",
                               *flags, "--json"))["parameter_list"]
        library = ctypes.CDLL(str(folder / "cpu" / f"lib{name}.so"))
        files = {p: folder / f"{n}.ckpt" for n, p in (("c", cpu), ("g", gpu))}
        both = [p.train(files[p], "--rows", options.rows, "--epochs", 2)
                for p in (cpu, gpu)]
        compare("loss", *both, options.tolerance)
        expected, found = (parameters_in(files[p], library, name, facts)
                           for p in (cpu, gpu))
        for parameter, values in expected.items():
            compare(parameter, values, found[parameter], options.tolerance)
        # Each goes on where the other one stood.
        more = [p.train(files[q], "--rows", options.rows, "--epochs", 3,
                        "--resume") for p, q in ((cpu, gpu), (gpu, cpu))]
        compare("loss, resumed", *more, options.tolerance)
        print(f"{name}: {len(both[1])} steps, last losses "
              f"{both[0][-1]:.6g} and {both[1][-1]:.6g}")


if __name__ == "__main__":
    main()
