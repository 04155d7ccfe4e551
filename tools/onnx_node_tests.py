"""Runs ONNX's backend node tests through `dlcc run`, each in a process of its
own, and compares what it writes with what ONNX expects.

A test passes, is refused (exit code 1 and one error that says why) or fails:
any other end, or other numbers. Exit 1 where one failed; with --expect, also
where what passes is not what the file lists.
"""

import argparse
import collections
import concurrent.futures
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import warnings

import numpy
import onnx
from onnx.backend.test.case.node import collect_testcases

ROOT = pathlib.Path(__file__).resolve().parent.parent
# Of results, relative and absolute; that of bf16 is what ONNX's own runner takes,
# two units in the last place: the reference rounds to bf16 after every addition
# of a sum, dlcc once, from f32.
RTOL, ATOL = 1e-3, 1e-6
RTOL_OF_BFLOAT16 = 2**-6


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", help="where to write one line a test")
    parser.add_argument("--filter", default="", help="pattern of test names")
    parser.add_argument("--expect", help="file of tests that have to pass")
    parser.add_argument("--dlcc", default=ROOT / "build/bin/dlcc")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    return parser.parse_args()


def is_plain(value):
    return isinstance(value, (numpy.ndarray, numpy.generic))


def to_array(value):
    """Tensors of the types that NumPy lacks come as messages."""
    if isinstance(value, onnx.TensorProto):
        return onnx.numpy_helper.to_array(value)
    return value


def refusal_of(stderr):
    """The sentence of the one error, without the file's name."""
    for line in stderr.splitlines():
        if "error: " in line:
            return line.split("error: ", 1)[1]
    return ""


def run_data_set(arguments, case, inputs, outputs, folder):
    """(result, reason) of one set of inputs."""
    inputs, outputs = ([to_array(value) for value in values]
                       for values in (inputs, outputs))
    for value in (*inputs, *outputs):
        if not is_plain(value):
            return "refused", "sequences and optional values are no tensors"
    model = os.path.join(folder, "model.onnx")
    onnx.save(case.model, model)
    command = [str(arguments.dlcc), "run", model, "--threads", "1"]
    for i, (info, value) in enumerate(zip(case.model.graph.input, inputs)):
        numpy.save(os.path.join(folder, f"in{i}.npy"), value)
        command += ["--input", f"{info.name}={folder}/in{i}.npy"]
    for i, info in enumerate(case.model.graph.output):
        command += ["--output", f"{info.name}={folder}/out{i}.npy"]
    try:
        done = subprocess.run(command, capture_output=True, timeout=300,
                              check=False, text=True)
    except subprocess.TimeoutExpired:
        return "fail", "more than 300 seconds"
    if done.returncode == 1 and refusal_of(done.stderr):
        return "refused", refusal_of(done.stderr)
    if done.returncode != 0:
        return "fail", f"exit code {done.returncode}: {done.stderr[-300:]}"
    for i, wanted in enumerate(outputs):
        got = numpy.load(os.path.join(folder, f"out{i}.npy"))
        wanted = numpy.asarray(wanted)
        if got.shape != wanted.shape:
            return "fail", f"shape {got.shape}, not {wanted.shape}"
        if got.dtype != wanted.dtype and wanted.dtype.name != "bfloat16":
            return "fail", f"type {got.dtype}, not {wanted.dtype}"
        tolerance = RTOL_OF_BFLOAT16 if wanted.dtype.name == "bfloat16" else RTOL
        got, wanted = got.astype("f8"), wanted.astype("f8")
        if not numpy.allclose(got, wanted, tolerance, ATOL, equal_nan=True):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                worst = numpy.nanmax(abs(got - wanted))
            return "fail", f"output {i} is off by {worst:g}"
    return "pass", ""


def run_test(arguments, case):
    try:
        for inputs, outputs in case.data_sets:
            with tempfile.TemporaryDirectory() as folder:
                result, reason = run_data_set(arguments, case, inputs, outputs,
                                              folder)
            if result != "pass":
                break
    except Exception as error:  # pylint: disable=broad-except
        result, reason = "fail", f"the test itself: {error}"
    return {"test": case.name, "result": result, "reason": reason}


def generalise(reason):
    """The reason without the node's name and numbers, to count by."""
    reason = re.sub(r"^(node \d+ '[^']*' \((\w+)\): )+", r"\2: ", reason)
    return re.sub(r"\d+", "N", reason)


def compare_with(path, rows):
    """What ends otherwise than the file lists. Its first line names the version
    of the tests: those of another may be more or fewer.
    """
    with open(path, encoding="utf-8") as file:
        header, *names = file.read().splitlines()
    expected = set(names)
    passed = {row["test"] for row in rows if row["result"] == "pass"}
    ran = {row["test"] for row in rows}
    lines = [f"no longer passes: {name}"
             for name in sorted((expected & ran) - passed)]
    if header == f"# onnx {onnx.__version__}":
        lines += [f"passes, but is not listed: {name}"
                  for name in sorted(passed - expected)]
    return lines


def main():
    arguments = parse_arguments()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        cases = [case for case in collect_testcases(None)
                 if re.search(arguments.filter, case.name)]
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        # As they come, so that a run that is cut short leaves what it has.
        rows = []
        with open(arguments.json or os.devnull, "w", encoding="utf-8") as file:
            for row in pool.map(lambda case: run_test(arguments, case), cases):
                rows.append(row)
                print(json.dumps(row), file=file, flush=True)
    reasons = collections.Counter(
        generalise(row["reason"]) for row in rows if row["result"] == "refused")
    for reason, count in reasons.most_common(40):
        print(f"{count:5}  {reason}")
    failed = [row for row in rows if row["result"] == "fail"]
    for row in failed:
        print(f"FAIL {row['test']}: {row['reason']}")
    counts = collections.Counter(row["result"] for row in rows)
    unexpected = compare_with(arguments.expect, rows) if arguments.expect else []
    print(*unexpected, sep="\n", end="\n" if unexpected else "")
    print(f"{counts['pass']} pass, {counts['refused']} refused, "
          f"{counts['fail']} fail, of {len(rows)}")
    return 1 if failed or unexpected else 0


if __name__ == "__main__":
    sys.exit(main())
