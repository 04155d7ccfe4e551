"""Writes an array of f32 in NumPy's format, 0, 1, 2, ...: write_array.py FILE
ROWS COLUMNS. The tests' Python may have no NumPy."""

import struct
import sys

path, rows, columns = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
header = f"{{'descr': '<f4', 'fortran_order': False, 'shape': ({rows}, {columns}), }}"
header = header.ljust(128 - 11) + "\n"
with open(path, "wb") as file:
    file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)))
    file.write(header.encode())
    file.write(struct.pack(f"<{rows * columns}f", *range(rows * columns)))
