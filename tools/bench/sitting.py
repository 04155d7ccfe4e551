"""One sitting of the benchmark: which processes are started, in which order,
and what they said."""

import contextlib
import dataclasses
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

import floors
import machine
import gpu
from agreement import agreement
from contestants import CONTESTANTS, KEEPS_MEMORY
from networks import network, samples

HERE = pathlib.Path(__file__).resolve().parent
LIMITS = HERE.parents[1] / "build/bin/MachineLimits"


class Failed(Exception):
    """A process ended otherwise than with a line of JSON."""


@dataclasses.dataclass
class Case:
    """What all contestants do in turn."""

    network: str
    phase: str
    threads: int
    batch: int
    width: int = None
    precision: str = "f32"
    chip: str = None  # of the GPU that computes; None: none does

    def arguments(self):
        arguments = [self.network, "--phase", self.phase, "--threads",
                     str(self.threads), "--batch", str(self.batch)]
        if self.chip:
            arguments += ["--chip", self.chip, "--precision", self.precision]
        return arguments + (["--width", str(self.width)] if self.width else [])

    def limited_by(self):
        """Which limits of the machine count."""
        return self.precision if self.chip else self.threads

    def described(self):
        return network(self.network, self.width)


def last_line(command, variables, limit):
    """What a program printed last, as JSON."""
    try:
        done = subprocess.run(command, env=variables, capture_output=True,
                              text=True, timeout=limit, check=False)
    except subprocess.TimeoutExpired:
        raise Failed(f"took longer than {limit} s") from None
    if done.returncode != 0:
        lines = done.stderr.strip().splitlines() or ["no message"]
        said = lines[-1].removeprefix("error: ")[:200]
        raise Failed(f"{said} (exit code {done.returncode})")
    return json.loads(done.stdout.splitlines()[-1])


def machine_limits(threads):
    if not LIMITS.exists():
        raise Failed(f"there is no {LIMITS}; run.sh builds it")
    return last_line([LIMITS, str(threads)], None, 60)


def gpu_limits():
    """What DeviceLimits says of this machine's GPU."""
    if not gpu.LIMITS.exists():
        raise Failed(f"there is no {gpu.LIMITS}; run.sh builds it")
    return last_line([gpu.LIMITS], None, 120)


class Sitting:
    """`note` is told what happens."""

    def __init__(self, options, note):
        self.options, self.note = options, note
        self.limits, self.missing, self.versions = {}, {}, {}
        self.results = []
        for name in options.contestants:
            if name != "dlcc":
                reason = CONTESTANTS[name].missing(options.peers)
                if reason:
                    self.missing[name] = reason
                    note(f"{CONTESTANTS[name].title} is missing: {reason}")

    def start(self, name, case, folder, *more):
        contestant = CONTESTANTS[name]
        python = (contestant.python(self.options.peers) if contestant.peer
                  else sys.executable)
        command = [python, HERE / "measure.py", contestant.module,
                   contestant.variant, *case.arguments(), "--folder", folder,
                   *more]
        variables = contestant.variables(case.threads, folder)
        said = last_line(command, variables, self.options.limit)
        self.versions[name] = said.pop("version")
        return said

    def export(self, case, folder):
        """The network as ONNX, with the weights of the check."""
        torch = CONTESTANTS["torch"]
        command = [torch.python(self.options.peers), HERE / "export_onnx.py",
                   case.network, "--batch", str(case.batch), "--folder", folder]
        command += ["--width", str(case.width)] if case.width else []
        done = subprocess.run(command, capture_output=True, text=True,
                              env=torch.variables(case.threads, folder))
        if done.returncode != 0:
            raise Failed("no ONNX file: "
                         + done.stderr.strip().splitlines()[-1][:200])

    def run(self, cases):
        """All contestants: what they compute, then rounds of their times. A
        round goes through all `cases`, which are compared with one another."""
        shares = [self.prepare(case) for case in cases]
        with contextlib.ExitStack() as stack:
            folders = []
            for case, share in zip(cases, shares):
                folder = pathlib.Path(stack.enter_context(
                    tempfile.TemporaryDirectory(prefix="dlcc-bench-")))
                self.check(case, share, folder)
                shutil.rmtree(folder / "weights")
                folders.append(folder)
            for turn in range(self.options.rounds):
                for case, share, folder in zip(cases, shares, folders):
                    self.turn(case, share, folder, turn)
        self.results += [{**dataclasses.asdict(case), **self.work(case),
                          "contestants": share}
                         for case, share in zip(cases, shares)]

    def prepare(self, case):
        """Measures the machine; what is to be known of each contestant."""
        limits = (gpu.limits_of(gpu_limits(), case.precision) if case.chip
                  else machine_limits(case.threads))
        seen = self.limits.setdefault(case.limited_by(), limits)
        self.limits[case.limited_by()] = {
            key: max(seen[key], limits[key]) for key in limits}
        shares = {}
        for name in self.options.contestants:
            if name in self.missing:
                continue
            refusal = CONTESTANTS[name].refuses(case.described(), case.phase)
            shares[name] = {"refused": refusal} if refusal else {"rounds": []}
        return shares

    def work(self, case):
        described = case.described()
        if not described:
            return {}
        counted = floors.work(described, case.phase, case.batch)
        return {"work": dataclasses.asdict(counted)}

    def check(self, case, shares, folder):
        reference = self.start("dlcc", case, folder, "--check",
                               "--write-weights")
        only_onnx = {"onnxruntime", "iree"} & {
            name for name in shares if "rounds" in shares[name]}
        try:
            if only_onnx:
                self.export(case, folder)
        except Failed as failure:
            for name in only_onnx:
                shares[name] = {"failed": str(failure)}
        for name, share in shares.items():
            if name == "dlcc" or "rounds" not in share:
                continue
            try:
                found = self.start(name, case, folder, "--check")
                share["agreement"] = agreement(reference, found,
                                               case.precision)
                self.note(f"{case.network} {case.phase} {name}: agrees within "
                          f"{share['agreement']['difference']:.1e}")
            except Failed as failure:
                shares[name] = {"failed": str(failure)}
                self.note(f"{case.network} {case.phase} {name}: {failure}")

    def turn(self, case, shares, folder, turn):
        """A process of each; who was first is last in the next round."""
        names = [name for name in shares if "rounds" in shares[name]]
        middle = turn % len(names)
        for name in names[middle:] + names[:middle]:
            try:
                said = self.start(name, case, folder, "--seconds",
                                  str(self.options.seconds))
            except Failed as failure:
                shares[name] = {"failed": str(failure)}
                self.note(f"{case.network} {case.phase} {name}: {failure}")
                continue
            shares[name]["rounds"].append(said)
            where = case.precision if case.chip else f"{case.threads} threads"
            self.note(f"{case.network} {case.phase}, batch {case.batch}, "
                      f"{where}, round {turn + 1}: {name} "
                      f"{said['seconds'] * 1e3:.2f} ms")

    def machine(self):
        """What is measured on."""
        if self.options.target == "cuda":
            said = self.options.gpu
            return {"target": "cuda", "processor": said["gpu"],
                    "last_cache": said["l2_bytes"]}
        return {"processor": machine.processor(),
                "last_cache": machine.last_cache(), "cores": machine.cores()}

    def collected(self, date):
        """All of it, as report.py and plot.py read it."""
        return {
            "date": date, **self.machine(),
            "rounds": self.options.rounds, "seconds": self.options.seconds,
            "memory_variables": ({} if self.options.target == "cuda"
                                 else KEEPS_MEMORY), "missing": self.missing,
            "limits": {str(key): limit
                       for key, limit in self.limits.items()},
            "versions": self.versions, "results": self.results}


def batch_of(name, width, batch):
    return batch or samples(name, width).batch
