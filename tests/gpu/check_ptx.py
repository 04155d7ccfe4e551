#!/usr/bin/env python3
"""check_ptx.py CHIP PTX...: assembles PTX and refuses what is not fast code.

Runs `ptxas -v` for a chip (sm_80, sm_90a, ...) on each file and prints a line
for each kernel: registers, bytes of shared memory, stack and spills, and notes.
Exit 1 where ptxas refuses a file, a kernel spills registers, a function is
defined elsewhere (.extern .func), or ptxas notes that it made wgmma wait where
the program does not or ignored a limit of registers (C7508 to C7519). Where
there is no ptxas, in PATH, CUDA_HOME or the nvidia-cuda-nvcc package of Python,
prints 'skipped'.
"""

import argparse
import importlib.util
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ENTRY = re.compile(r"Compiling entry function '(\S+)' for '(\S+)'")
STACK = re.compile(r"(\d+) bytes stack frame, (\d+) bytes spill stores, "
                   r"(\d+) bytes spill loads")
USED = re.compile(r"Used (\d+) registers")
SHARED = re.compile(r"(\d+) bytes smem")
NOTE = re.compile(r"\((C\d+)\)")
REFUSED_NOTES = {f"C{number}" for number in range(7508, 7520)}


def find_ptxas():
    """The path of ptxas, or None."""
    found = shutil.which("ptxas")
    if found:
        return found
    roots = [os.environ.get(name) for name in ("CUDA_HOME", "CUDA_PATH")]
    spec = importlib.util.find_spec("nvidia")
    for folder in spec.submodule_search_locations if spec else ():
        roots += sorted(str(path) for path in pathlib.Path(folder).iterdir())
    for root in filter(None, roots):
        path = pathlib.Path(root) / "bin" / "ptxas"
        if os.access(path, os.X_OK):
            return str(path)
    return None


def parse_report(text):
    """What `ptxas -v` says: a dict by kernel of registers, shared, stack,
    spill_stores, spill_loads (bytes), and the notes as (code, line) pairs."""
    kernels, notes, current = {}, [], None
    for line in text.splitlines():
        if match := ENTRY.search(line):
            current = kernels.setdefault(match[1], {
                "registers": 0, "shared": 0, "stack": 0, "spill_stores": 0,
                "spill_loads": 0})
        if match := NOTE.search(line):
            notes.append((match[1], line.strip()))
        if current is None:
            continue
        if match := STACK.search(line):
            (current["stack"], current["spill_stores"],
             current["spill_loads"]) = map(int, match.groups())
        if match := USED.search(line):
            current["registers"] = int(match[1])
            shared = SHARED.search(line)
            current["shared"] = int(shared[1]) if shared else 0
    return kernels, notes


def extern_functions(ptx):
    """The lines of a PTX text that declare functions of others."""
    return [line.strip() for line in ptx.splitlines()
            if re.match(r"\s*\.extern\s+\.func\b", line)]


def mistakes_of(path, chip, ptxas):
    """Prints what ptxas makes of a file; the reasons to refuse it."""
    mistakes = [f"{path}: {line}"
                for line in extern_functions(path.read_text(encoding="utf-8"))]
    with tempfile.TemporaryDirectory() as folder:
        run = subprocess.run(
            [ptxas, "-v", f"--gpu-name={chip}", str(path), "-o",
             str(pathlib.Path(folder) / "kernels.cubin")],
            capture_output=True, text=True, check=False)
    text = run.stdout + run.stderr
    if run.returncode:
        return mistakes + [f"{path}: ptxas refuses it for {chip}:\n{text}"]
    kernels, notes = parse_report(text)
    for name, use in sorted(kernels.items()):
        print(f"{name}: {use['registers']} registers, {use['shared']} bytes "
              f"shared, {use['stack']} bytes stack")
        if use["spill_stores"] or use["spill_loads"]:
            mistakes.append(
                f"{path}: {name} spills: {use['spill_stores']} bytes of "
                f"stores, {use['spill_loads']} bytes of loads")
    for code, line in notes:
        print(line)
        if code in REFUSED_NOTES:
            mistakes.append(f"{path}: {line}")
    return mistakes


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("chip")
    parser.add_argument("files", nargs="+", type=pathlib.Path)
    options = parser.parse_args()
    ptxas = find_ptxas()
    if not ptxas:
        print("skipped: no ptxas in PATH, CUDA_HOME or Python's packages")
        return 0
    mistakes = []
    for path in options.files:
        mistakes += mistakes_of(path, options.chip, ptxas)
    for mistake in mistakes:
        print("error:", mistake, file=sys.stderr)
    return 1 if mistakes else 0


if __name__ == "__main__":
    sys.exit(main())
