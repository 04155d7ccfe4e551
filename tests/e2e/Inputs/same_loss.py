"""same_loss.py LOG OTHER TOLERANCE: the losses of the last epoch lines, which
may differ by TOLERANCE of their size."""

import json
import sys


def loss(log):
    with open(log, encoding="utf-8") as lines:
        events = [json.loads(line) for line in lines]
    return [e for e in events if e["event"] == "epoch"][-1]["train"]["loss"]


one, other = loss(sys.argv[1]), loss(sys.argv[2])
print(f"{one} {other}")
sys.exit(abs(one - other) > float(sys.argv[3]) * one)
