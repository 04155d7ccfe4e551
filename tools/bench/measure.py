#!/usr/bin/env python3
"""One contestant, one network, in a process of its own. bench.py starts it with
the contestant's Python and environment; it prints a line of JSON.

    measure.py MODULE VARIANT NETWORK --phase train --threads 2 --folder DIR
               [--batch N] [--width N] [--seconds 2] [--check [--write-weights]]
               [--chip sm_90a --precision bf16]

Without --check it times steps on made data that lie in memory: at least 3 that
are not counted, then 5 or more for so many seconds. With it, it prints what
comes out from the weights in DIR/weights: the losses of the first steps, or
writes the outputs of a forward pass. --write-weights draws dlcc's weights and
puts them there. With --chip steps run on a GPU, and the twin times them there.
"""

import argparse
import dataclasses
import importlib
import json
import os
import pathlib
import statistics
import time

import numpy as np

from machine import age, resident, restart_peak
from networks import network, samples

CHECKED_STEPS = 4


@dataclasses.dataclass
class Job:
    """What a contestant's `make` is given."""

    variant: str
    network: str
    width: int
    batch: int
    threads: int
    phase: str
    folder: pathlib.Path
    weights: list = None
    precision: str = "f32"
    chip: str = None


def made(job, seed=0):
    """The rows of a batch."""
    source = samples(job.network, job.width).source()
    data = source.make(job.batch)
    return next(source.batches(data, job.batch, 1, seed))


def read_weights(folder):
    return [np.load(file) for file in sorted(folder.glob("*.npy"))]


def write_weights(folder, weights):
    folder.mkdir(parents=True, exist_ok=True)
    for number, array in enumerate(weights):
        np.save(folder / f"{number:03}.npy", array)


def stepper(job, twin, rows):
    if job.phase == "train":
        return lambda: twin.train_step(*rows)
    return lambda: twin.forward(rows[0])


def measure(job, module, seconds):
    imported = age()
    start = time.perf_counter()
    arrays = made(job)
    drawn = time.perf_counter() - start
    before = resident("VmRSS")
    twin = module.make(job)
    rows = twin.place(*arrays)
    step = stepper(job, twin, rows)
    step()
    first = age() - drawn
    told = {"import_s": imported, "first_step_s": first,
            "compile_s": getattr(twin, "compile_seconds", None)}
    if not network(job.network) and hasattr(twin, "flops"):
        told["flops"] = job.batch * twin.flops(job.phase)
    if job.chip:
        return {**twin.time_on_device(arrays, seconds), **told}
    restart_peak()
    times, end = [], float("inf")
    while len(times) < 8 or time.perf_counter() < end:
        start = time.perf_counter()
        step()
        times.append(time.perf_counter() - start)
        if len(times) == 3:
            end = time.perf_counter() + seconds
    peak = resident("VmHWM")
    return {"seconds": statistics.median(times[3:]), "steps": len(times) - 3,
            **told, "peak_bytes": peak, "grown_bytes": peak - before}


def check(job, module, writes):
    twin = module.make(job)
    if writes:
        write_weights(job.folder / "weights", twin.draw_weights())
    rows = twin.place(*made(job))
    if job.phase == "train":
        return {"losses": [float(twin.train_step(*rows))
                           for _ in range(CHECKED_STEPS)]}
    outputs = job.folder / f"outputs-{module.__name__}-{job.variant}.npy"
    np.save(outputs, np.asarray(twin.forward(rows[0])))
    return {"outputs": str(outputs)}


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("module")
    parser.add_argument("variant")
    parser.add_argument("network")
    parser.add_argument("--phase", choices=["train", "infer"], required=True)
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--folder", type=pathlib.Path, required=True)
    parser.add_argument("--batch", type=int)
    parser.add_argument("--width", type=int)
    parser.add_argument("--chip")
    parser.add_argument("--precision", default="f32")
    parser.add_argument("--seconds", type=float, default=2)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--write-weights", action="store_true")
    options = parser.parse_args()
    cpus = sorted(os.sched_getaffinity(0))[:options.threads]
    os.sched_setaffinity(0, cpus)
    batch = options.batch or samples(options.network, options.width).batch
    job = Job(options.variant, options.network, options.width, batch,
              options.threads, options.phase, options.folder,
              precision=options.precision, chip=options.chip)
    module = importlib.import_module(options.module)
    if options.check:
        if not options.write_weights:
            job.weights = read_weights(job.folder / "weights")
        result = check(job, module, options.write_weights)
    else:
        result = measure(job, module, options.seconds)
    print(json.dumps({"version": module.version(), **result}))


if __name__ == "__main__":
    main()
