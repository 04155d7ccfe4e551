"""Two outputs of `dlcc explain --train --json`, of all parameters and of a part:
the part has fewer kernels of the backward pass and the update, less memory, and
trains only parameters whose names begin with one of PREFIXES.

    trained_part.py ALL PART PREFIX ...
"""

import json
import sys


def kernels(model, *phases):
    return sum(kernel["phase"] in phases for kernel in model["kernels"])


whole, part = (json.load(open(path)) for path in sys.argv[1:3])
trained = [p["name"] for p in part["parameter_list"] if p["trainable"]]
assert trained == [p["name"] for p in part["parameter_list"]
                   if p["name"].startswith(tuple(sys.argv[3:]))], trained
assert kernels(part, "forward") <= kernels(whole, "forward")
assert kernels(part, "backward", "update") < kernels(whole, "backward",
                                                     "update")
for memory in "optimizer", "arena":
    assert part["bytes"][memory] < whole["bytes"][memory], memory
assert part["bytes"]["weights"] == whole["bytes"]["weights"]
