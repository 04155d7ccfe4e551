#!/usr/bin/env python3
"""Times training steps of dlcc and PyTorch side by side.

    tools/bench/compare.py [--models mlp,fcn_r] [--threads 2] [--rounds 5]

Prints a Markdown table: seconds a step (median over rounds), the ratio, and
each one's share of the machine's FMA peak, which `dlcc bench` measures in the
same round. Rounds of both alternate, each in a process of its own, so that
other load on the machine meets both. PyTorch runs eagerly with plain modules
(`torch.nn`, `torch.optim`), data already in memory, as dlcc does; its version
and thread count are printed. Use a Python that has torch (Debian:
python3-torch and /usr/bin/python3).
"""

import argparse
import datetime
import json
import pathlib
import platform
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]

# The networks of models/, for the peer: widths, activation, batch, optimizer.
NETWORKS = {
    "softmax_regression": ([784, 10], "Identity", 100, {}),
    "mlp": ([784, 300, 100, 10], "ReLU", 100, {"momentum": 0.9}),
    "fcn_r": ([784, 2048, 4096, 1024, 10], "Sigmoid", 1024, {"momentum": 0.9}),
}


def flops(widths, batch):
    """Multiply-adds count two; the first layer's input gradient is not made."""
    products = [a * b for a, b in zip(widths, widths[1:])]
    return 2 * batch * (3 * sum(products) - products[0])


def time_torch(name, threads, seconds):
    """Median seconds of one training step in PyTorch."""
    import torch

    torch.manual_seed(1)
    torch.set_num_threads(threads)
    widths, activation, batch, optimizer = NETWORKS[name]
    layers = []
    for i, (a, b) in enumerate(zip(widths, widths[1:])):
        layers.append(torch.nn.Linear(a, b))
        if i + 2 < len(widths):
            layers.append(getattr(torch.nn, activation)())
    net = torch.nn.Sequential(*layers)
    update = torch.optim.SGD(net.parameters(), lr=0.01, **optimizer)
    image = torch.randn(batch, widths[0])
    label = torch.randint(0, widths[-1], (batch,))
    times, end = [], time.perf_counter() + seconds
    while len(times) < 13 or time.perf_counter() < end:
        start = time.perf_counter()
        update.zero_grad()
        loss = torch.nn.functional.cross_entropy(net(image), label)
        loss.backward()
        update.step()
        loss.item()
        times.append(time.perf_counter() - start)
    return statistics.median(times[3:])


def torch_in_process(name, threads):
    command = [sys.executable, __file__, "--torch-step", name,
               "--threads", str(threads)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def dlcc_in_process(name, threads):
    batch = NETWORKS[name][2]
    command = [ROOT / "build/bin/dlcc", "bench", ROOT / f"models/{name}.dlm",
               "--train", "--batch", str(batch), "--threads", str(threads),
               "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    lines = [json.loads(line) for line in done.stdout.splitlines() if line]
    return next(line for line in lines if line["phase"] == "train")


def processor():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":")[1].strip()
    return platform.machine()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--models", default="softmax_regression,mlp,fcn_r")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--torch-step", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.torch_step:
        import torch
        seconds = time_torch(options.torch_step, options.threads, 2)
        print(json.dumps({"seconds": seconds, "version": torch.__version__}))
        return 0

    rows, version = [], None
    for name in options.models.split(","):
        ours, theirs, peaks = [], [], []
        for _ in range(options.rounds):
            measured = dlcc_in_process(name, options.threads)
            ours.append(measured["median_s"])
            peaks.append(measured["peak_gflops"])
            peer = torch_in_process(name, options.threads)
            theirs.append(peer["seconds"])
            version = peer["version"]
        work = flops(NETWORKS[name][0], NETWORKS[name][2]) / 1e9
        us, them = statistics.median(ours), statistics.median(theirs)
        peak = statistics.median(peaks)
        rows.append(f"| {name} | {NETWORKS[name][2]} | {us * 1e3:.2f} | "
                    f"{them * 1e3:.2f} | {them / us:.2f} | "
                    f"{work / us / peak:.0%} | {work / them / peak:.0%} |")
    print(f"{processor()}, {options.threads} threads, f32, "
          f"{datetime.date.today()}; PyTorch {version}\n")
    print("| model | batch | dlcc ms | PyTorch ms | ratio | dlcc, share of "
          "peak | PyTorch, share of peak |\n|---|---|---|---|---|---|---|")
    print("\n".join(rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())
