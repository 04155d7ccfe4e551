"""tile_loops.py ASSEMBLY: checks the innermost loops with products of tiles.
Each has four of them, loads no tile twice and stores none: sums stay in the
unit, and nothing is spilt."""

import re
import sys

loops, block = 0, []
for line in open(sys.argv[1], encoding="utf-8"):
    if re.match(r"\.?\w+:", line):
        block = []
        continue
    code = line.split()
    if not code or code[0].startswith(("#", ".")):
        continue
    block.append(code[0])
    if code[0].startswith("j"):
        if "tdpbf16ps" in block:
            loops += 1
            counts = {name: block.count(name) for name in
                      ("tdpbf16ps", "tileloadd", "tilestored", "ldtilecfg")}
            assert counts["tdpbf16ps"] == 4, (counts, block)
            assert counts["tileloadd"] in (4, 5), (counts, block)
            assert counts["tilestored"] == counts["ldtilecfg"] == 0, block
        block = []
assert loops > 0, "no loop multiplies tiles"
