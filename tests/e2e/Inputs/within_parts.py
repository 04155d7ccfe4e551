"""within_parts.py WHOLE PARTS BYTES: two logs of one training. The second took
less memory than BYTES, as planned and as measured, which the first did not; the
losses are the same but for rounding."""

import json
import sys


def read(log):
    with open(log, encoding="utf-8") as lines:
        events = [json.loads(line) for line in lines]
    facts = {e["event"]: e for e in events}
    return (facts["epoch"]["train"]["loss"], facts["start"]["planned_bytes"],
            facts["end"]["measured_bytes"])


loss, planned, _ = read(sys.argv[1])
own, own_planned, own_measured = read(sys.argv[2])
limit = int(sys.argv[3])
print("limit", limit, "planned", own_planned, "measured", own_measured,
      "without limit", planned)
assert abs(own - loss) < 1e-4 * loss
assert own_planned <= limit < planned
# The process has pages of its own beside what the model takes.
assert own_measured <= 1.02 * limit + 65536
