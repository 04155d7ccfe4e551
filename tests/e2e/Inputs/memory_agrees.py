"""The log of a training program says that measured memory is what was planned,
within two percent."""

import json
import sys

events = {e["event"]: e for e in map(json.loads, sys.stdin)}
planned = events["start"]["planned_bytes"]
measured = events["end"]["measured_bytes"]
print("planned", planned, "measured", measured)
sys.exit(abs(measured - planned) > 0.02 * planned)
