"""Measures in which blocks the sums of products of the benchmarks' networks are
fastest on this machine, and writes those that are clearly faster than what the
model of costs chooses into the compiler's own database.

    tools/build.sh dlcc
    python3 tools/bench/tune.py                  # all five, some minutes
    python3 tools/bench/tune.py lstm --folder build/tuning
    tools/build.sh dlcc                          # with what was found

Each round measures anew, and an entry must be clearly faster in all of them.
What a round finds is kept in the folder, so a run that was stopped goes on where
it was; without --folder it begins anew. Entries of other processors and
products stay as they are. The machine should have nothing else to do.
"""

import argparse
import pathlib
import re
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
DATABASE = ROOT / "codegen/cpu/MeasuredTiles.txt"
NETWORKS = ["fcn_s", "fcn_r", "alexnet_s", "alexnet_r", "lstm"]
# Below, a difference may be chance, and the model's choice is the simpler one.
CLEAR_GAIN = 1.03


def read_entries(path):
    """(target, product) -> line, of a database."""
    entries = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            target, product, _ = line.split(" | ", 2)
            entries[target, product] = line
    return entries


def gain_of(line):
    return float(re.search(r" gain=([0-9.]+)$", line).group(1))


def measure(network, dlcc, cache, threads):
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([dlcc, "compile", ROOT / f"models/{network}.dlm",
                        "--train", "--threads", str(threads), "--tune",
                        "--tune-cache", cache, "-o", folder],
                       check=True, stdout=subprocess.DEVNULL)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("networks", nargs="*", metavar="NETWORK",
                        help="files of models/; default: the five")
    parser.add_argument("--dlcc", default=ROOT / "build/bin/dlcc")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--folder", type=pathlib.Path,
                        help="what is measured already, and is kept")
    options = parser.parse_args()
    rounds = []
    with tempfile.TemporaryDirectory() as folder:
        for number in range(options.rounds):
            cache = (options.folder or pathlib.Path(folder)) / f"{number}.txt"
            for network in options.networks or NETWORKS:
                print(f"round {number + 1}: {network}", flush=True)
                measure(network, options.dlcc, cache, options.threads)
            rounds.append(read_entries(cache))
    measured = set().union(*rounds)
    entries = {key: line for key, line in read_entries(DATABASE).items()
               if key not in measured}
    # The smallest of the gains, with the tiles that it was measured with.
    least = {key: min((entries[key] for entries in rounds if key in entries),
                      key=gain_of) for key in measured}
    clear = {key: line for key, line in least.items()
             if gain_of(line) >= CLEAR_GAIN}
    entries.update(clear)
    comments = [line for line
                in DATABASE.read_text(encoding="utf-8").splitlines()
                if line.startswith("#")]
    lines = comments + [entries[key] for key in sorted(entries)]
    DATABASE.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(clear)} of {len(measured)} products are in {DATABASE}")


if __name__ == "__main__":
    main()
