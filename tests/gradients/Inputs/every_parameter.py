"""every_parameter.py CHECKED MODEL: what `dlcc check --gradients --json` found
covers every trainable parameter that `dlcc explain --json` lists."""

import json
import sys

with open(sys.argv[1], encoding="utf-8") as checked, \
        open(sys.argv[2], encoding="utf-8") as model:
    found = json.load(checked)
    parameters = json.load(model)["parameter_list"]
good = {tensor["name"] for tensor in found["tensors"]
        if tensor["checked"] > 0 and tensor["relative_error"] < 1e-5}
missing = [p["name"] for p in parameters
           if p["trainable"] and p["name"] not in good]
print(found["verdict"], *missing)
sys.exit(found["verdict"] != "pass" or bool(missing))
