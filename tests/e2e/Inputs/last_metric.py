"""last_metric.py LOG SPLIT NAME LEAST: the last epoch line's figure; exit 1 if
it lies below LEAST."""

import json
import sys

log, split, name, least = sys.argv[1:]
with open(log, encoding="utf-8") as lines:
    events = [json.loads(line) for line in lines]
value = [e for e in events if e["event"] == "epoch"][-1][split][name]
print(f"{split} {name} {value}")
sys.exit(value < float(least))
