#!/usr/bin/env python3
"""dlcc and its peers on the same networks, in one sitting.

    tools/bench/run.sh                            the study's five networks
    tools/bench/run.sh --networks mlp,lstm --threads 2 --rounds 3
    tools/bench/run.sh --phases infer --contestants dlcc,onnxruntime
    tools/bench/run.sh --sweep batch --networks fcn_r         1 to 4096
    tools/bench/run.sh --sweep width --plot build/width.svg   64 to 8192
    tools/bench/run.sh --sweep threads --contestants dlcc     1 to all processors
    tools/bench/run.sh --target=cuda              on this machine's GPU, in tf32
                                                  and bf16, at 16 times the
                                                  batches, too
    tools/bench/run.sh --render build/bench.json              no measurement

All contestants first show that they compute the same from the same weights:
the losses of the first training steps, or the outputs. Then rounds alternate,
each contestant in a process of its own, so that other load on the machine meets
all. What was measured goes to --json; docs/benchmarks.md, its pictures and
README's table are made of it where --publish is given. Exit code 1 where a
peer's results differ. run.sh builds and installs what this needs.
"""

import argparse
import datetime
import json
import os
import pathlib
import sys

import gpu
import gpu_report
import plot
import report
from contestants import CONTESTANTS, contestants_on, peers_folder
from networks import NETWORKS, OTHERS, STUDY
from sitting import Case, Failed, Sitting, batch_of, gpu_limits

ROOT = pathlib.Path(__file__).resolve().parents[2]
BATCHES = [4 ** power for power in range(7)]
WIDTHS = [64, 128, 256, 512, 1024, 2048, 4096, 8192]


def parse():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)

    def names(known):
        def convert(text):
            chosen = text.split(",")
            for name in chosen:
                if name not in known:
                    raise argparse.ArgumentTypeError(
                        f"{name} is none of {', '.join(known)}")
            return chosen
        return convert

    def numbers(text):
        return [int(part) for part in text.split(",")]

    parser.add_argument("--networks", type=names([*NETWORKS, *OTHERS]),
                        default=STUDY)
    parser.add_argument("--target", choices=["cpu", "cuda"], default="cpu")
    parser.add_argument("--precisions", type=names(["f32", *gpu.PRECISIONS]),
                        default=gpu.PRECISIONS, help="on a GPU")
    parser.add_argument("--contestants", type=names(CONTESTANTS),
                        help="default: all of the target")
    parser.add_argument("--phases", type=names(["train", "infer"]),
                        default=["train", "infer"])
    parser.add_argument("--threads", type=numbers, default=None,
                        help="default: 1 and 2, as far as there are processors")
    parser.add_argument("--batch", type=int, help="default: the network's")
    parser.add_argument("--sweep", choices=["batch", "width", "threads"])
    parser.add_argument("--values", type=numbers,
                        help="of the sweep; default: 1 to 4096, 64 to 8192,\n"
                             "all numbers of processors up to 4, then twice as many")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2,
                        help="of measuring in a process")
    parser.add_argument("--limit", type=float, default=600,
                        help="seconds after which a process is given up")
    parser.add_argument("--peers", type=pathlib.Path, default=peers_folder())
    parser.add_argument("--json", type=pathlib.Path,
                        default=ROOT / "build/bench.json")
    parser.add_argument("--render", type=pathlib.Path,
                        help="what an earlier run has written")
    parser.add_argument("--plot", type=pathlib.Path, metavar="FILE.svg",
                        help="of a sweep")
    parser.add_argument("--publish", action="store_true",
                        help="write docs/benchmarks.md and README's table")
    options = parser.parse_args()
    if options.sweep and options.publish:
        parser.error("a sweep is not published; --plot draws it")
    if options.target == "cuda" and (options.sweep or options.publish):
        parser.error("--target=cuda has neither a sweep nor a page")
    known = contestants_on(options.target)
    for name in options.contestants or []:
        if name not in known:
            parser.error(f"{name} does not run on --target={options.target}")
    options.contestants = options.contestants or known
    return options


def thread_counts(options):
    has = len(os.sched_getaffinity(0))
    counts = options.threads or [n for n in (1, 2) if n <= has]
    if options.sweep == "threads":
        counts = options.values or [
            n for n in (1, 2, 3, *(2 ** p for p in range(2, 10))) if n <= has]
    if max(counts) > has:
        sys.exit(f"{max(counts)} threads, but {has} processors")
    return counts


def gpu_cases(options):
    chip = gpu.chip_for(options.gpu["capability"])
    for precision in options.precisions:
        for name in options.networks:
            batches = ([options.batch] if options.batch
                       else gpu.batches(batch_of(name, None, None)))
            for batch in batches:
                for phase in options.phases:
                    yield [Case(name, phase, 1, batch, precision=precision,
                                chip=chip)]


def cases(options):
    """Lists of cases whose rounds alternate."""
    if options.target == "cuda":
        yield from gpu_cases(options)
        return
    threads = thread_counts(options)
    if options.sweep == "threads":
        for name in options.networks:
            for phase in options.phases:
                yield [Case(name, phase, count,
                            batch_of(name, None, options.batch))
                       for count in threads]
        return
    for count in threads:
        if options.sweep == "width":
            for width in options.values or WIDTHS:
                for phase in options.phases:
                    yield [Case("wide", phase, count,
                                batch_of("wide", width, options.batch), width)]
            continue
        for name in options.networks:
            batches = [batch_of(name, None, options.batch)]
            if options.sweep:
                batches = options.values or BATCHES
            for batch in batches:
                for phase in options.phases:
                    yield [Case(name, phase, count, batch)]


def note(text):
    print(text, file=sys.stderr, flush=True)


def measured(options):
    if "dlcc" not in options.contestants:
        options.contestants = ["dlcc", *options.contestants]
    if options.target == "cuda":
        options.gpu = gpu_limits()
    sitting = Sitting(options, note)
    today = str(datetime.date.today())
    options.json.parent.mkdir(parents=True, exist_ok=True)
    for compared in cases(options):
        sitting.run(compared)
        # What has been measured is not lost with what comes.
        options.json.write_text(json.dumps(sitting.collected(today), indent=1))
    return sitting.collected(today)


def main():
    options = parse()
    try:
        data = (json.loads(options.render.read_text()) if options.render
                else measured(options))
    except (Failed, ValueError) as failure:
        sys.exit(f"error: {failure}")
    on_gpu = data.get("target") == "cuda"
    print((gpu_report if on_gpu else report).page(data))
    if options.publish:
        report.publish(data, ROOT)
        plot.publish(data, ROOT / "docs")
    if options.plot:
        plot.sweep(data, options.plot)
    disagree = list(report.disagreements(data))
    for text in disagree:
        note(f"error: {text}")
    return 1 if disagree else 0


if __name__ == "__main__":
    sys.exit(main())
