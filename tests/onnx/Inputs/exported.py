"""Exports models and compares what the files compute with what the models do.

  exported.py FOLDER [--peer PYTHON] [--rows N] MODEL [FLAGS] -- MODEL …

Each model is run by `dlcc run`, and so is the file that `dlcc export` made of
it; with --peer, ONNX Runtime runs the file too, in that Python. Outputs have to
agree within 1e-4 of the largest. Needs no package itself. Exit 1 where one
differs or a file cannot be read.
"""

import argparse
import array
import pathlib
import re
import struct
import subprocess
import sys

CODES = {"f32": ("<f4", "f"), "f64": ("<f8", "d"), "i32": ("<i4", "i"),
         "i64": ("<i8", "q"), "i1": ("|b1", "b")}
KEPT = "kept_"  # what a stream keeps from call to call begins as zeros

# Runs in the peer's Python: every .npy of a folder is an input.
PEER = """
import os, sys, numpy, onnxruntime
folder, model = sys.argv[1:]
options = onnxruntime.SessionOptions()
options.log_severity_level = 3
session = onnxruntime.InferenceSession(model, options,
                                       providers=["CPUExecutionProvider"])
feeds = {i.name: numpy.load(os.path.join(folder, "in", i.name + ".npy"))
         for i in session.get_inputs()}
outputs = session.run(None, feeds)
for info, value in zip(session.get_outputs(), outputs):
    numpy.save(os.path.join(folder, "peer", info.name + ".npy"), value)
"""


def call(*command):
    done = subprocess.run([str(part) for part in command], capture_output=True,
                          text=True)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stderr}")
    return done.stdout


def signature(model, flags):
    """Inputs as (name, shape, type, bound) and names of outputs."""
    text = call("dlcc", "compile", model, *flags, "--stop-after=parsed", "-o", "-")
    line = next(line for line in text.splitlines()
                if "func.func @forward(" in line)
    takes, gives = line.split(") -> ")
    inputs = []
    for match in re.finditer(r'tensor<([0-9x]*?)x?((?:f|i|ui)\d+)[,>][^{]*\{([^}]*)\}',
                             takes):
        shape, element, attributes = match.groups()
        bound = re.search(r"dlc.bound = (\d+)", attributes)
        inputs.append((re.search(r'dlc.name = "([^"]*)"', attributes)[1],
                       [int(n) for n in shape.split("x") if n], element,
                       int(bound[1]) if bound else 8))
    return inputs, re.findall(r'dlc.name = "([^"]*)"', gives)


def save(path, shape, element, bound):
    """Writes a .npy file with numbers that look random."""
    descr, code = CODES[element]
    count = 1
    for n in shape:
        count *= n
    state, values = 12345 + len(path.name), array.array(code)
    for _ in range(count):
        state = (state * 1103515245 + 12345) % 2**31
        if KEPT in path.name:
            values.append(0)
        elif code in "fd":
            values.append((state >> 8) / 2**22 - 1)
        else:
            values.append((state >> 8) % (2 if element == "i1" else bound))
    header = (f"{{'descr': '{descr}', 'fortran_order': False, 'shape': "
              f"({''.join(f'{n}, ' for n in shape)}), }}")
    header = header.replace(", )", ",)" if len(shape) == 1 else ")")
    header += " " * (63 - (10 + len(header)) % 64) + "\n"
    path.write_bytes(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) +
                     header.encode() + values.tobytes())


def load(path):
    data = path.read_bytes()
    length = struct.unpack("<H", data[8:10])[0]
    header = data[10:10 + length].decode()
    descr = re.search(r"'descr': '([^']*)'", header)[1]
    values = array.array(next(c for d, c in CODES.values() if d == descr))
    values.frombytes(data[10 + length:])
    return re.search(r"'shape': \(([^)]*)\)", header)[1], values


def compare(name, one, two):
    shape, expected = load(one)
    other, found = load(two)
    if shape != other or len(expected) != len(found):
        sys.exit(f"{name}: shapes {shape} and {other}")
    largest = max((abs(v) for v in expected), default=0) or 1
    # A NaN compares as false, so it is an error here.
    worst = max((abs(a - b) for a, b in zip(expected, found)), default=0)
    if not worst <= 1e-4 * largest:
        sys.exit(f"{name}: differs by {worst}, the largest is {largest}")


def run(model, flags, inputs, outputs, folder, to):
    for name, shape, element, bound in inputs:
        path = folder / "in" / f"{name}.npy"
        if not path.exists():
            save(path, shape, element, bound)
    call("dlcc", "run", model, *flags,
         *[f"--input={i[0]}={folder / 'in' / i[0]}.npy" for i in inputs],
         *[f"--output={o}={folder / to / o}.npy" for o in outputs])


def check(model, flags, rows, folder, peer):
    for part in ("in", "own", "again", "peer"):
        (folder / part).mkdir(parents=True)
    file = folder / "model.onnx"
    call("dlcc", "export", model, *flags, "-o", file)
    batch = ["--batch", str(rows)]
    inputs, outputs = signature(model, flags + batch)
    run(model, flags + batch, inputs, outputs, folder, "own")
    # The file has states as inputs and outputs, too, and rows of any number.
    more, _ = signature(file, batch)
    run(file, batch, more, outputs, folder, "again")
    for name in outputs:
        compare(f"{model}: {name}", folder / "own" / f"{name}.npy",
                folder / "again" / f"{name}.npy")
    if peer:
        call(peer, "-c", PEER, folder, file)
        for name in outputs:
            compare(f"{model}: {name} of ONNX Runtime",
                    folder / "own" / f"{name}.npy",
                    folder / "peer" / f"{name}.npy")
    print(f"{pathlib.Path(model).name}: {', '.join(outputs)} agree")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--peer")
    parser.add_argument("--rows", type=int, default=3)
    options, rest = parser.parse_known_args()
    models = [[]]
    for word in rest:
        if word == "--":
            models.append([])
        else:
            models[-1].append(word)
    for number, (model, *flags) in enumerate(models):
        check(model, flags, options.rows, options.folder / str(number),
              options.peer)


if __name__ == "__main__":
    main()
