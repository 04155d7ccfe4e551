"""bad_weights.py FOLDER: .caffemodel files that do not fit LeNet."""

import pathlib
import struct
import sys

from wire_format import field, varint


def blob(dims, values):
    return field(7, field(7, field(1, b"".join(map(varint, dims))))
                 + field(5, struct.pack(f"<{len(values)}f", *values)))


def model(*blobs, name=b"conv1"):
    return field(100, field(1, name) + b"".join(blobs))


folder = pathlib.Path(sys.argv[1])
(folder / "lacks.caffemodel").write_bytes(model(blob([2], [1, 2])))
(folder / "overflow.caffemodel").write_bytes(model(blob([1 << 40, 1 << 40], [1])))
(folder / "many.caffemodel").write_bytes(model(*[blob([1], [1])] * 3))
weight = [number / 10 for number in range(144)]
same = blob([4, 36], weight)
other = blob([4, 36], [0.5] + weight[1:])
for file, second in (("same", same), ("differ", other)):
    (folder / f"{file}.caffemodel").write_bytes(model(same, name=b"ip") + model(second, name=b"ip_p"))
