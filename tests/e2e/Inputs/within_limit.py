"""within_limit.py WHOLE LIMITED BYTES: two logs of one training. The second
took less memory than BYTES, as planned and as measured, which the first did
not; losses and metrics are the same to the last bit."""

import json
import sys


def read(log):
    with open(log, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def numbers(events):
    return [(e["event"], e.get("step"), e.get("loss"), e.get("train"),
             e.get("test")) for e in events if e["event"] in ("step", "epoch")]


def memory(events):
    facts = {e["event"]: e for e in events}
    return facts["start"]["planned_bytes"], facts["end"]["measured_bytes"]


whole, limited = read(sys.argv[1]), read(sys.argv[2])
limit = int(sys.argv[3])
planned, measured = memory(limited)
print("limit", limit, "planned", planned, "measured", measured,
      "without limit", *memory(whole))
assert numbers(whole) and numbers(whole) == numbers(limited)
assert planned <= limit < memory(whole)[0]
# The process has pages of its own beside what the model takes.
assert measured <= 1.02 * limit < 1.02 * memory(whole)[1]
