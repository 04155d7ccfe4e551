#!/usr/bin/env python3
"""Trains a network of models/ by dlcc and by PyTorch, side by side.

    tools/bench/side_by_side.py loss alexnet_r --data DIR [--steps 100]
    tools/bench/side_by_side.py accuracy alexnet_r --data DIR [--epochs 30]
    tools/bench/side_by_side.py memory alexnet_r

loss       the loss of each step from the same initial weights and the same
           batches; exit code 1 where they differ by more than 1%
accuracy   on the test images after some epochs, for three seeds; exit code 1
           where the means differ by more than 2 points
memory     the most that each takes for a training step, beside what the
           compiler printed; exit code 1 where that is 2% off or more than
           PyTorch takes

The data are a folder with CIFAR-10's binary files or MNIST's; without --data
`loss` takes made ones. Use a Python that has torch and numpy (Debian:
python3-torch, python3-numpy and /usr/bin/python3).
"""

import argparse
import datetime
import gzip
import json
import pathlib
import subprocess
import sys
import tempfile

import numpy as np

from compiled import Compiled
from machine import processor, resident, restart_peak


def read_bytes(path):
    for candidate in (path, path.with_name(path.name + ".gz")):
        if candidate.exists():
            data = candidate.read_bytes()
            return gzip.decompress(data) if candidate.suffix == ".gz" else data
    sys.exit(f"there is no {path}")


def read_cifar(files):
    rows = np.concatenate([np.frombuffer(read_bytes(file), np.uint8)
                           .reshape(-1, 3073) for file in files])
    return rows[:, 1:], rows[:, 0]


def read_split(folder, is_test):
    """Images as numbers from 0 to 1, a row each, and labels."""
    if any(folder.glob("data_batch_1.bin*")):
        numbers = [n for n in range(1, 6)
                   if any(folder.glob(f"data_batch_{n}.bin*"))]
        files = ["test_batch.bin"] if is_test else [
            f"data_batch_{n}.bin" for n in numbers]
        images, labels = read_cifar([folder / file for file in files])
    else:
        part = "t10k" if is_test else "train"
        images = np.frombuffer(
            read_bytes(folder / f"{part}-images-idx3-ubyte")[16:], np.uint8)
        labels = np.frombuffer(
            read_bytes(folder / f"{part}-labels-idx1-ubyte")[8:], np.uint8)
        images = images.reshape(len(labels), -1)
    return images.astype(np.float32) / np.float32(255), labels.astype(np.int32)


def make_split(peer, rows):
    random = np.random.default_rng(5)
    images = random.standard_normal((rows, int(np.prod(peer.image))))
    labels = random.integers(0, peer.classes, rows)
    return images.astype(np.float32), labels.astype(np.int32)


def batches(images, labels, batch, seed, epoch):
    """The batches of an epoch in an order of its own; the last may be short."""
    order = np.random.default_rng([seed, epoch]).permutation(len(images))
    for start in range(0, len(order), batch):
        rows = order[start:start + batch]
        yield np.ascontiguousarray(images[rows]), labels[rows]


class Torch:
    """The peer, from the weights of an instance if they are given."""

    def __init__(self, peer, threads, weights=None):
        import torch
        torch.set_num_threads(threads)
        self.torch, self.peer, self.steps = torch, peer, 0
        self.net = peer.make()
        if weights:
            with torch.no_grad():
                for parameter, array in zip(self.net.parameters(), weights,
                                            strict=True):
                    parameter.copy_(torch.from_numpy(array))
        self.optimizer = peer.optimizer(self.net)

    def loss(self, images, labels):
        torch = self.torch
        images = torch.from_numpy(images).reshape(-1, *self.peer.image)
        output = self.net(images)
        labels = torch.from_numpy(labels).long()
        return output, torch.nn.functional.cross_entropy(output, labels)

    def train_step(self, images, labels):
        if self.peer.rate:
            for group in self.optimizer.param_groups:
                group["lr"] = self.peer.rate(self.steps)
        self.steps += 1
        self.net.train()
        self.optimizer.zero_grad()
        _, loss = self.loss(images, labels)
        loss.backward()
        self.optimizer.step()
        return loss.item()

    def evaluate(self, images, labels):
        self.net.eval()
        with self.torch.no_grad():
            output, loss = self.loss(images, labels)
        found = output.argmax(1).numpy()
        return loss.item(), float((found == labels).mean())


def accuracy(net, images, labels, batch):
    right = 0
    for start in range(0, len(images), batch):
        part = slice(start, start + batch)
        share = net.evaluate(images[part], labels[part])[1]
        right += share * len(labels[part])
    return right / len(images)


def compare_loss(options, peer, model):
    if options.data:
        images, labels = read_split(options.data, False)
    else:
        images, labels = make_split(peer, 4 * options.batch)
    instance = model.instance(options.threads, options.seed,
                              -(-len(images) // options.batch))
    twin = Torch(peer, options.threads, instance.weights())
    print("| step | dlcc | PyTorch | difference |\n|---|---|---|---|")
    step, epoch, worst = 0, 0, 0
    while step < options.steps:
        for batch in batches(images, labels, options.batch, options.seed,
                             epoch):
            ours, theirs = instance.train_step(*batch), twin.train_step(*batch)
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
    return worst <= 0.01


def compare_accuracy(options, peer, model):
    images, labels = read_split(options.data, False)
    test = read_split(options.data, True)
    print("| seed | dlcc | PyTorch |\n|---|---|---|")
    found = []
    for seed in range(options.seed, options.seed + options.seeds):
        instance = model.instance(options.threads, seed,
                                  -(-len(images) // options.batch))
        twin = Torch(peer, options.threads, instance.weights())
        for epoch in range(options.epochs):
            for batch in batches(images, labels, options.batch, seed, epoch):
                instance.train_step(*batch)
                twin.train_step(*batch)
        found.append([accuracy(net, *test, options.batch)
                      for net in (instance, twin)])
        instance.close()
        print(f"| {seed} | {found[-1][0]:.2%} | {found[-1][1]:.2%} |",
              flush=True)
    ours, theirs = np.mean(found, axis=0)
    print(f"| mean | {ours:.2%} | {theirs:.2%} |")
    return abs(ours - theirs) <= 0.02


def measure_memory(options, peer, model):
    """What making the network and five steps add to what was resident."""
    images, labels = make_split(peer, options.batch)
    if options.side == "torch":
        # What the library takes for itself at its first use does not count.
        import torch
        torch.set_num_threads(options.threads)
        small = torch.nn.Linear(8, 8)
        small(torch.zeros(8, 8)).sum().backward()
    restart_peak()
    before = resident("VmRSS")
    if options.side == "torch":
        net = Torch(peer, options.threads)
    else:
        net = model.instance(options.threads, options.seed)
    for _ in range(5):
        net.train_step(images, labels)
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
    from peers import PEERS
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("what", choices=["loss", "accuracy", "memory"])
    parser.add_argument("model", choices=PEERS)
    parser.add_argument("--data", type=pathlib.Path)
    parser.add_argument("--batch", type=int)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--steps", type=int, default=100)
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--side", choices=["dlcc", "torch"],
                        help=argparse.SUPPRESS)
    options = parser.parse_args()
    peer = PEERS[options.model]
    options.batch = options.batch or peer.batch
    if options.what == "accuracy" and not options.data:
        parser.error("accuracy needs --data")
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
