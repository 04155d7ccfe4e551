"""Events of two epochs: the perplexity of each is that of its loss."""

import json
import math
import sys

events = [json.loads(line) for line in open(sys.argv[1])]
epochs = [event for event in events if event["event"] == "epoch"]
assert len(epochs) == 2
for epoch in epochs:
    measured = epoch["train"]
    wanted = math.exp(measured["loss"])
    assert abs(measured["perplexity"] - wanted) < 1e-4 * wanted, measured
    assert 0 <= measured["top"] <= 1
