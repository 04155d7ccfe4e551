"""instructions.py: reads `llvm-objdump -d` of an object for several processors
and says which encodings the functions of each level have; fails where one is
above its level. Functions without a level's name run on every processor."""

import re
import sys

VEX, EVEX = ("c4", "c5"), ("62",)
PREFIXES = ("26", "2e", "36", "3e", "64", "65", "66", "67", "f2", "f3")
LEVELS = {"x86-64-v2": (), "x86-64-v3": VEX, "x86-64-v4": VEX + EVEX}

seen = {level: set() for level in (*LEVELS, "outside")}
wrong = []
function, level = "", "outside"
for line in sys.stdin:
    if label := re.match(r"[0-9a-f]+ <(.*)>:", line):
        function = label[1]
        level = next((l for l in LEVELS if function.endswith("." + l)),
                     "outside")
        continue
    code = re.match(r"\s*[0-9a-f]+:\s+((?:[0-9a-f]{2} )+)\s*(.*)", line)
    if not code:
        continue
    opcode = next((b for b in code[1].split() if b not in PREFIXES), "")
    if opcode in VEX + EVEX:
        kind = "EVEX" if opcode in EVEX else "VEX"
        seen[level].add(kind)
        if opcode not in LEVELS.get(level, ()):
            wrong.append(f"{function}: {code[2]}")
for level, kinds in seen.items():
    print(level, *sorted(kinds))
for line in wrong[:10]:
    print("above its level:", line)
sys.exit(bool(wrong))
