#!/usr/bin/env python3
"""Runs a model's entries on emulated GPU kernels and on the CPU, and compares.

Compiles the model for both, initialises it on both with one seed, and runs
`forward`, `evaluate` and the training step with made inputs: outputs and
parameters must agree within the tolerance. Any fault that the emulator finds,
and any difference, is an error with its place; exit 1.

usage: compare_with_cpu.py MODEL [--batch N] [--rows N] [--chip sm_90]
           [--entries forward,train_step] [--tolerance X] [--gradients]
           [compiler flags…]
"""

import argparse
import array
import ctypes
import json
import os
import pathlib
import random
import re
import struct
import subprocess
import sys
import tempfile

CODES = {"f32": "f", "f64": "d", "i8": "b", "ui8": "B", "i16": "h", "i32": "i",
         "i64": "q", "i1": "B", "f16": "H", "bf16": "H"}
REGIONS = ("weights", "optimizer", "state", "control", "arena")


def run(*command):
    done = subprocess.run([str(c) for c in command], text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stdout}")


class Model:
    """A model compiled for a chip: kernels, launches, and what is where."""

    def __init__(self, folder, options, flags):
        run("dlcc", "compile", options.model, *flags, *options.gpu,
            "--emit=llvm,launches,mlir", f"--target=cuda:{options.chip}", "-o", folder)
        self.table = next(folder.glob("*.launches.json"))
        self.kernels = next(folder.glob("*.ll"))
        self.launches = json.loads(self.table.read_text())
        self.name = self.launches["model"]
        text = next(folder.glob("*.mlir")).read_text()
        self.variables = {}
        for entry in re.findall(r"\{bytes = [^{}]*?\}", text):
            name = re.search(r'name = "([^"]*)"', entry)
            kind = re.search(r"kind = #dlc.kind<(\w+)>", entry)
            if name and kind:
                self.variables[name[1]] = (
                    kind[1], int(re.search(r"offset = (\d+)", entry)[1]),
                    int(re.search(r"bytes = (\d+)", entry)[1]),
                    re.search(r"tensor<(?:[0-9]+x)*(\w+)", entry)[1])
        self.arguments = {}
        for found in re.finditer(r"func\.func @(\w+)\((.*)\) attributes", text):
            names = re.findall(
                r"memref<((?:\d+x)*)(\w+)> \{(?:dlc.bound = (\d+) : i64, )?"
                r'dlc.name = "([^"]*)"', found[2])
            self.arguments[found[1]] = [
                (name, kind, int(bound or 0),
                 [int(d) for d in shape.split("x") if d])
                for shape, kind, bound, name in names]

    def entry(self, name):
        return next(e for e in self.launches["entries"] if e["name"] == name)


def with_plain_steps(path, folder):
    """The model with an optimizer that subtracts the gradients. Adam divides
    them by their size first: where one is nothing but the errors of a sum (of
    the bias of attention's keys, say, which cannot matter), these make a step
    as long as any, and two programs go different ways."""
    path = pathlib.Path(path)
    text = re.sub(r"optimizer *= *\w+\(.*\)",
                  "optimizer = sgd(learning_rate = 1.0)", path.read_text())
    text = re.sub(r"(?m)^ *(parameters .*\}|clip_norm = \d+) *$", "", text)
    plain = folder / path.name
    plain.write_text(text)
    return plain


def count(dims):
    total = 1
    for dim in dims:
        total *= dim
    return total


def make_input(kind, bound, elements, rng):
    if kind in ("f32", "f64"):
        return array.array(CODES[kind],
                           [rng.gauss(0, 1) for _ in range(elements)])
    return array.array(CODES[kind],
                       [rng.randrange(bound or 2) for _ in range(elements)])


def emulate(model, name, memory, rows, step, folder, seed):
    """Runs an entry over `memory`, the bytes of each buffer by its name."""
    entry = model.entry(name)
    for launch in entry["launches"]:
        for argument in launch["args"]:
            if "i32" in argument:
                argument["i32"] = rows
            if "rows_of_row" in argument:
                extents = argument["tensor_map"]["extents"]
                extents[1] = argument["rows_of_row"] * rows
    entry["workspace_bytes"] = max(1, model.launches["workspace_bytes"])
    table = folder / f"{name}.json"
    table.write_text(json.dumps(entry))
    memory["control"] = struct.pack("<qqqqffq", rows, step, 1, seed, 1.0, 0.0, 0)
    command = ["dlcc-emulate", model.kernels, "--launches", table]
    for buffer in entry["buffers"]:
        place = folder / f"{buffer['name']}.bin"
        if buffer["name"] in memory:
            place.write_bytes(memory[buffer["name"]])
            command += ["--load", f"{buffer['name']}={place}"]
        command += ["--save", f"{buffer['name']}={place}"]
    run(*command)
    for buffer in entry["buffers"]:
        if buffer["name"] != "arena":
            memory[buffer["name"]] = (
                folder / f"{buffer['name']}.bin").read_bytes()


class Comparison:
    def __init__(self, tolerance):
        self.tolerance = tolerance
        self.worst = 0.0
        self.failures = []

    def compare(self, what, kind, expected, found):
        if kind in ("f32", "f64"):
            scale = max((abs(x) for x in expected if x == x), default=0.0)
            for i, (x, y) in enumerate(zip(expected, found)):
                if x != x and y != y or x == y:
                    continue
                # What is smaller by far than any gradient is noise.
                error = abs(x - y) / max(scale, 1e-5)
                self.worst = max(self.worst, error if error == error else 9e9)
                if not error <= self.tolerance:
                    self.failures.append(
                        f"{what}[{i}]: {y} instead of {x} (scale {scale})")
                    return
        elif list(expected) != list(found):
            i = next(i for i, (x, y) in enumerate(zip(expected, found))
                     if x != y)
            self.failures.append(f"{what}[{i}]: {found[i]} instead of "
                                 f"{expected[i]}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("model")
    parser.add_argument("--batch", type=int)
    parser.add_argument("--rows", type=int)
    parser.add_argument("--chip", default="sm_90")
    parser.add_argument("--entries")
    parser.add_argument("--tolerance", type=float, default=1e-4)
    parser.add_argument("--steps", type=int, default=1)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--gpu", action="append", default=[],
                        help="a flag of the compiler for the GPU only")
    parser.add_argument("--gradients", action="store_true",
                        help="let parameters change by their gradients")
    options, rest = parser.parse_known_args()
    flags = list(rest)
    if options.batch:
        flags += ["--batch", str(options.batch)]
    if "training" in pathlib.Path(options.model).read_text():
        flags.append("--train")
    with tempfile.TemporaryDirectory() as text:
        if options.gradients:
            options.model = with_plain_steps(options.model, pathlib.Path(text))
        compare(options, flags, pathlib.Path(text))


def compare(options, flags, folder):
    (folder / "cpu").mkdir()
    run("dlcc", "compile", options.model, *flags, "--emit=shared", "-o",
        str(folder / "cpu") + "/")
    model = Model(folder / "gpu", options, flags)
    library = ctypes.CDLL(str(folder / "cpu" / f"lib{model.name}.so"))
    create = library[f"{model.name}_create"]
    create.restype = ctypes.c_void_p
    net = ctypes.c_void_p(create(None))
    if not net:
        sys.exit("the CPU's program cannot make an instance")

    comparison = Comparison(options.tolerance)
    memory = {}

    def check_variables(when):
        for name, (kind, offset, size, element) in model.variables.items():
            if kind not in ("parameter", "buffer"):
                continue
            own = ctypes.create_string_buffer(size)
            status = library[f"{model.name}_get_parameter"](
                net, name.encode(), own, ctypes.c_size_t(size))
            if status != 0:
                continue
            expected, found = array.array(CODES[element]), array.array(
                CODES[element])
            expected.frombytes(own.raw)
            found.frombytes(memory["weights"][offset:offset + size])
            comparison.compare(f"{name} {when}", element, expected, found)

    emulate(model, "init", memory, 1, 0, folder, options.seed)
    library[f"{model.name}_init"](net, ctypes.c_uint64(options.seed))
    check_variables("after init")

    rng = random.Random(1)
    names = [e["name"] for e in model.launches["entries"]
             if e["name"] != "init" and not e["name"].endswith("report")]
    if options.entries:
        names = options.entries.split(",")
    ran = []
    for name in names:
        entry = model.entry(name)
        outputs = {b["name"] for b in entry["buffers"]
                   if not b.get("defined", True)} - {"arena"}
        for step in range(options.steps if "train" in name else 1):
            inputs, places = [], []
            for argument, kind, bound, dims in model.arguments[name]:
                if argument in outputs:
                    places.append((argument, kind, dims))
                    continue
                values = make_input(kind, bound, count(dims), rng)
                inputs.append(values)
                memory[argument] = values.tobytes()
            for argument, _, _ in places:
                memory.pop(argument, None)
            batch = options.batch or 1
            match = re.search(r'"i32": (\d+)', json.dumps(entry["launches"]))
            if match and not options.rows:
                batch = int(match[1])
            rows = options.rows or batch
            # An instance that was made without options draws with seed 0.
            emulate(model, name, memory, rows, step, folder, 0)
            own = [array.array(CODES[kind], bytes(
                count(dims) * array.array(CODES[kind]).itemsize))
                for _, kind, dims in places]
            arguments = [ctypes.c_void_p(a.buffer_info()[0]) for a in inputs]
            if name.endswith("forward"):
                arguments += [ctypes.c_void_p(a.buffer_info()[0]) for a in own]
            else:
                metrics = (ctypes.c_float * len(own))()
                arguments.append(metrics)
            status = library[f"{model.name}_{name}"](
                net, ctypes.c_int64(rows), *arguments)
            if status != 0:
                sys.exit(f"the CPU's {name} gives status {status}")
            for i, (argument, kind, dims) in enumerate(places):
                found = array.array(CODES[kind])
                found.frombytes(memory[argument])
                expected = own[i]
                if not name.endswith("forward"):
                    expected = array.array("f", [metrics[i]])
                # Rows beyond those given are nobody's.
                used = len(found)
                if dims and dims[0] == batch and rows < batch:
                    used = used // batch * rows
                comparison.compare(f"{name}: {argument}", kind,
                                   expected[:used], found[:used])
            check_variables(f"after {name} {step}")
            ran.append(name)
    for failure in comparison.failures[:8]:
        print(failure)
    print(f"{model.name}: {', '.join(ran)}; worst difference "
          f"{comparison.worst:.2e} of the largest element")
    sys.exit(1 if comparison.failures else 0)


if __name__ == "__main__":
    main()
