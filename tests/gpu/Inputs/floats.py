"""floats.py write PATH NUMBER... | floats.py show PATH: raw floats in a file."""

import struct
import sys

command, path, *numbers = sys.argv[1:]
if command == "write":
    with open(path, "wb") as file:
        file.write(struct.pack(f"{len(numbers)}f", *map(float, numbers)))
else:
    with open(path, "rb") as file:
        data = file.read()
    print(*struct.unpack(f"{len(data) // 4}f", data))
