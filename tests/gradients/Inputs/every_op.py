"""every_op.py OPS_MD: the graphs on stdin hold every op of the dialect that has
a gradient. Prints those that are missing."""

import re
import sys

with open(sys.argv[1], encoding="utf-8") as page:
    sections = re.split(r"^### ", page.read(), flags=re.MULTILINE)
graphs = sys.stdin.read()
missing = []
for section in sections:
    op = re.match(r"`(dlc\.\w+)`", section)
    if op and "DLC_NonDifferentiable" not in section and \
            not re.search(re.escape(op[1]) + r"\b", graphs):
        missing.append(op[1])
print(" ".join(missing) or "every op is checked")
sys.exit(1 if missing else 0)
