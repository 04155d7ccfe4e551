#!/usr/bin/env python3
"""Trains a network of models/ by dlcc and by PyTorch, side by side.

    tools/bench/side_by_side.py loss alexnet_r --data DIR [--steps 100]
    tools/bench/side_by_side.py loss char_lstm --data FILE [--within 1e-3]
    tools/bench/side_by_side.py accuracy alexnet_r --data DIR [--epochs 30]
    tools/bench/side_by_side.py memory alexnet_r

loss       the loss of each step from the same initial weights and the same
           batches; exit code 1 where they differ by more than 1%, or by
           what --within says
accuracy   on the test images after some epochs, for three seeds; exit code 1
           where the means differ by more than 2 points
memory     the most that each takes for a training step, beside what the
           compiler printed; exit code 1 where that is 2% off or more than
           PyTorch takes

The data of networks of images are a folder with CIFAR-10's binary files or
MNIST's, those of networks of words and characters a text; without --data `loss`
takes made ones, as many as the steps want or --rows, again and again. Use a Python that has torch and numpy (Debian:
python3-torch, python3-numpy and /usr/bin/python3).
"""

import argparse
import datetime
import json
import pathlib
import subprocess
import sys
import tempfile

import numpy as np

from compiled import Compiled
from machine import processor, resident, restart_peak
from peers import PEERS
from torch_twin import Twin


def accuracy(evaluate, images, labels, batch):
    right = 0
    for start in range(0, len(images), batch):
        part = slice(start, start + batch)
        share = evaluate(images[part], labels[part])[1]
        right += share * len(labels[part])
    return right / len(images)


def compare_loss(options, peer, model):
    source = peer.source
    data = (source.read(options.data) if options.data
            else source.make(options.rows or options.steps * options.batch))
    steps = sum(1 for _ in source.batches(data, options.batch, 1, 0))
    instance = model.instance(options.threads, options.seed, steps)
    twin = Twin(peer, options.threads, instance.weights())
    print("| step | dlcc | PyTorch | difference |\n|---|---|---|---|")
    step, epoch, worst = 0, 0, 0
    while step < options.steps:
        for net in (instance, twin):
            net.reset_state()
        for batch in source.batches(data, options.batch, options.seed, epoch):
            ours = instance.train_step(*batch)
            theirs = twin.train_step(*twin.place(*batch))
            step += 1
            # Of NaN neither is larger.
            difference = abs(ours - theirs) / abs(theirs)
            worst = difference if not difference <= worst else worst
            if step == 1 or step % max(1, options.steps // 10) == 0:
                print(f"| {step} | {ours:.6f} | {theirs:.6f} | "
                      f"{difference:.1e} |", flush=True)
            if step == options.steps:
                break
        epoch += 1
    print(f"\nlargest difference of {step} steps: {worst:.1e}")
    return worst <= options.within


def compare_accuracy(options, peer, model):
    source = peer.source
    data = source.read(options.data)
    test = source.read(options.data, is_test=True)
    print("| seed | dlcc | PyTorch |\n|---|---|---|")
    found = []
    for seed in range(options.seed, options.seed + options.seeds):
        instance = model.instance(options.threads, seed,
                                  -(-len(data[0]) // options.batch))
        twin = Twin(peer, options.threads, instance.weights())
        for epoch in range(options.epochs):
            for batch in source.batches(data, options.batch, seed, epoch):
                instance.train_step(*batch)
                twin.train_step(*twin.place(*batch))
        found.append([accuracy(evaluate, *test, options.batch)
                      for evaluate in (instance.evaluate, lambda *rows:
                                       twin.evaluate(*twin.place(*rows)))])
        instance.close()
        print(f"| {seed} | {found[-1][0]:.2%} | {found[-1][1]:.2%} |",
              flush=True)
    ours, theirs = np.mean(found, axis=0)
    print(f"| mean | {ours:.2%} | {theirs:.2%} |")
    return abs(ours - theirs) <= 0.02


def measure_memory(options, peer, model):
    """What making the network and five steps add to what was resident."""
    made = peer.source.make(options.batch)
    batch = next(peer.source.batches(made, options.batch, 1, 0))
    if options.side == "torch":
        # What the library takes for itself at its first use does not count.
        import torch
        torch.set_num_threads(options.threads)
        small = torch.nn.Linear(8, 8)
        small(torch.zeros(8, 8)).sum().backward()
    restart_peak()
    before = resident("VmRSS")
    if options.side == "torch":
        net = Twin(peer, options.threads)
        batch = net.place(*batch)
    else:
        net = model.instance(options.threads, options.seed)
    for _ in range(5):
        net.train_step(*batch)
    print(json.dumps(resident("VmHWM") - before))
    return True


def compare_memory(options, peer, model):
    measured = {}
    for side in ("dlcc", "torch"):
        command = [sys.executable, __file__, "memory", options.model,
                   "--side", side, "--threads", str(options.threads),
                   "--batch", str(options.batch)]
        done = subprocess.run(command, check=True, capture_output=True)
        measured[side] = json.loads(done.stdout)
    planned = model.planned(options.threads)
    ours, theirs = measured["dlcc"], measured["torch"]
    print("| model | batch | printed MB | measured MB | off | PyTorch MB |\n"
          "|---|---|---|---|---|---|\n"
          f"| {options.model} | {options.batch} | {planned / 1e6:.1f} | "
          f"{ours / 1e6:.1f} | {ours / planned - 1:+.1%} | "
          f"{theirs / 1e6:.1f} |")
    return abs(ours / planned - 1) <= 0.02 and ours < theirs


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("what", choices=["loss", "accuracy", "memory"])
    parser.add_argument("model", choices=PEERS)
    parser.add_argument("--data", type=pathlib.Path)
    parser.add_argument("--batch", type=int)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--steps", type=int, default=100)
    parser.add_argument("--rows", type=int)
    parser.add_argument("--within", type=float, default=0.01)
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--side", choices=["dlcc", "torch"],
                        help=argparse.SUPPRESS)
    options = parser.parse_args()
    peer = PEERS[options.model]
    options.batch = options.batch or peer.batch
    if options.what == "accuracy" and not (options.data
                                           and options.data.is_dir()):
        parser.error("accuracy needs --data, a folder of images")
    compare = {"loss": compare_loss, "accuracy": compare_accuracy,
               "memory": compare_memory}[options.what]
    with tempfile.TemporaryDirectory() as folder:
        model = Compiled(options.model, options.batch, folder)
        if options.side:
            return 0 if measure_memory(options, peer, model) else 1
        import torch
        print(f"{options.model}, batch {options.batch}; {processor()}, "
              f"{options.threads} threads, {datetime.date.today()}; "
              f"PyTorch {torch.__version__}\n")
        return 0 if compare(options, peer, model) else 1


if __name__ == "__main__":
    sys.exit(main())
