"""entries.py KERNELS.json FILE.ptx: every kernel has its entry."""
import json
import re
import sys

with open(sys.argv[1], encoding="utf-8") as text:
    wanted = {kernel["symbol"] for kernel in json.load(text)["kernels"]}
with open(sys.argv[2], encoding="utf-8") as text:
    entries = set(re.findall(r"^\.visible \.entry ([\w$]+)", text.read(),
                             re.MULTILINE))
missing = sorted(wanted - entries)
if missing or not wanted:
    sys.exit(f"no entries for {missing}")
