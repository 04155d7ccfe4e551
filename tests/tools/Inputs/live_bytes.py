"""The arena of a planned model without scans, against what lives in it.

    dlcc compile MODEL --train --stop-after=planned -o - | live_bytes.py EXPLAIN

reads the calls of each entry and the places of their operands, counts the bytes
of the arena that hold a value somebody still reads, at each call, and compares
with what `dlcc explain --json` (EXPLAIN) says of the model.
"""

import json
import re
import sys

BYTES = {"f32": 4, "i32": 4, "i64": 8, "f64": 8, "i8": 1, "i16": 2, "i1": 1}


def size(memref):
    *dims, element = memref.split("x")
    count = BYTES[element]
    for dim in dims:
        count *= int(dim)
    return -(-count // 64) * 64


def entries(lines):
    """Of each entry: the bytes of its outputs, and for each call the places
    (offset, end) in the arena that it reads and writes."""
    calls = None
    for line in lines:
        assert "scf.for" not in line, "loops are not counted here"
        head = re.match(r"\s*func.func (private )?@(\w+)", line)
        if head:
            calls, places, constants = [], {}, {}
            arguments = re.findall(r"%[\w.$]+: memref<([^>,]*)>", line)
            inputs = re.search(r"dlc.inputs = (\d+)", line)
            if not head[1] and inputs:
                outputs = sum(map(size, arguments[int(inputs[1]):-5]))
                yield outputs, calls
        if calls is None:
            continue
        if found := re.match(r"\s*(%\S+) = arith.constant (\d+) : index", line):
            constants[found[1]] = int(found[2])
        if found := re.match(r"\s*(%\S+) = memref.view %arena\[(%\S+)\]\[\].*"
                             r"to memref<(.*)>", line):
            offset = constants[found[2]]
            places[found[1]] = (offset, offset + size(found[3]))
        if found := re.match(r"\s*call @[\w.$]+\((.*?)\)", line):
            operands = found[1].split(", ")
            results = len(re.search(r"dlc.offsets = array<i64: (.*?)>",
                                    line)[1].split(", "))
            calls.append([[places[o] for o in part if o in places]
                          for part in (operands[:-results],
                                       operands[-results:])])


def most_live(calls):
    """The most bytes that hold a value between its call and its last reader."""
    made, ranges = {}, []
    for at, (reads, writes) in enumerate(calls):
        for place in reads:
            made[place][1] = at
        for place in writes:
            made[place] = [at, at]
            ranges.append((place, made[place]))
    most = 0
    for at in range(len(calls)):
        held = sorted(place for place, (first, last) in ranges
                      if first <= at <= last)
        end = total = 0
        for low, high in held:
            total += max(0, high - max(low, end))
            end = max(end, high)
        most = max(most, total)
    return most


# An entry's calls are complete once the next one is asked for.
found = list(entries(sys.stdin.readlines()))
live = max(outputs + most_live(calls) for outputs, calls in found)
with open(sys.argv[1], encoding="utf-8") as file:
    planned = json.load(file)["bytes"]
print(f"live {live}, explain says {planned['live']}, arena {planned['arena']}")
sys.exit(live != planned["live"] or planned["arena"] > 1.1 * live)
