#!/usr/bin/env python3
"""Times training steps of dlcc and PyTorch side by side.

    tools/bench/compare.py [--models mlp,fcn_r] [--batch N] [--threads 2]
                           [--rounds 5]

Prints a Markdown table: seconds a step (median over rounds), the ratio, and
each one's share of the machine's FMA peak, which `dlcc bench` measures in the
same round. Rounds of both alternate, each in a process of its own, so that
other load on the machine meets both. PyTorch runs eagerly with plain modules
(`peers.py`), data already in memory, as dlcc does; its version
and thread count are printed. Use a Python that has torch (Debian:
python3-torch and /usr/bin/python3).
"""

import argparse
import datetime
import json
import pathlib
import statistics
import subprocess
import sys
import time

from machine import processor

ROOT = pathlib.Path(__file__).resolve().parents[2]


def time_torch(name, batch, threads, seconds):
    """Median seconds of one training step in PyTorch, and its operations."""
    import torch
    from peers import PEERS
    from side_by_side import Torch

    torch.manual_seed(1)
    peer = PEERS[name]
    batch = batch or peer.batch
    twin = Torch(peer, threads)
    made = peer.source.make(batch)
    rows = next(peer.source.batches(made, batch, 1, 0))
    times, end = [], time.perf_counter() + seconds
    while len(times) < 13 or time.perf_counter() < end:
        start = time.perf_counter()
        twin.train_step(*rows)
        times.append(time.perf_counter() - start)
    return {"seconds": statistics.median(times[3:]), "batch": batch,
            "flops": batch * peer.flops(),
            "version": torch.__version__}


def torch_in_process(name, options):
    command = [sys.executable, __file__, "--torch-step", name,
               "--threads", str(options.threads)]
    if options.batch:
        command += ["--batch", str(options.batch)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def dlcc_in_process(name, batch, threads):
    command = [ROOT / "build/bin/dlcc", "bench", ROOT / f"models/{name}.dlm",
               "--train", "--batch", str(batch), "--threads", str(threads),
               "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    lines = [json.loads(line) for line in done.stdout.splitlines() if line]
    return next(line for line in lines if line["phase"] == "train")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--models", default="softmax_regression,mlp,fcn_s,"
                        "fcn_r,lenet,alexnet_s,alexnet_r,resnet20,lstm,"
                        "char_lstm,gpt_nano")
    parser.add_argument("--batch", type=int, help="default: the model's")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--torch-step", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.torch_step:
        print(json.dumps(time_torch(options.torch_step, options.batch,
                                    options.threads, 2)))
        return 0

    rows = []
    for name in options.models.split(","):
        ours, theirs, peaks = [], [], []
        for _ in range(options.rounds):
            peer = torch_in_process(name, options)
            theirs.append(peer["seconds"])
            measured = dlcc_in_process(name, peer["batch"], options.threads)
            ours.append(measured["median_s"])
            peaks.append(measured["peak_gflops"])
        us, them = statistics.median(ours), statistics.median(theirs)
        work = peer["flops"] / 1e9 / statistics.median(peaks)
        rows.append(f"| {name} | {peer['batch']} | {us * 1e3:.2f} | "
                    f"{them * 1e3:.2f} | {them / us:.2f} | "
                    f"{work / us:.0%} | {work / them:.0%} |")
    print(f"{processor()}, {options.threads} threads, f32, "
          f"{datetime.date.today()}; PyTorch {peer['version']}\n")
    print("| model | batch | dlcc ms | PyTorch ms | ratio | dlcc, share of "
          "peak | PyTorch, share of peak |\n|---|---|---|---|---|---|---|")
    print("\n".join(rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())
