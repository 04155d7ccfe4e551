"""loss_falls.py LOG STEPS SHARE: the JSON log has a line for each of STEPS
steps, and the last loss is below SHARE of the first one."""

import json
import math
import sys

log, steps, share = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
with open(log, encoding="utf-8") as lines:
    events = [json.loads(line) for line in lines]
losses = [event["loss"] for event in events if event["event"] == "step"]
assert len(losses) == steps, f"{len(losses)} steps, not {steps}"
assert math.isfinite(losses[-1]) and losses[-1] < share * losses[0], \
    f"{losses[0]} became {losses[-1]}"
