"""memory_limit.py SHARE: the bytes of a model that `dlcc explain --json` has
described on stdin, for two threads, with that share of its arena."""

import json
import sys

b = json.load(sys.stdin)["bytes"]
rest = b["weights"] + b["optimizer"] + b["state"] + 2 * b["scratch"]
print(rest + int(float(sys.argv[1]) * b["arena"]))
