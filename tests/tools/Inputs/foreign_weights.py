"""Makes weights files of other programs' formats, good and bad ones.

  foreign_weights.py FOLDER      FOLDER holds w.npz and w.safetensors of dlcc's

Reads both with Python's own modules, compares them, and writes a file for each
way in which one can be wrong; the names say which. Needs no package.
"""

import json
import pathlib
import struct
import sys
import zipfile


def read_npz(path):
    """name -> (descr, shape, bytes)"""
    arrays = {}
    with zipfile.ZipFile(path) as file:
        assert file.testzip() is None
        for info in file.infolist():
            data = file.read(info)
            length = struct.unpack("<H", data[8:10])[0]
            assert (10 + length) % 64 == 0
            header = eval(data[10:10 + length].decode())  # a dictionary
            arrays[info.filename.removesuffix(".npy")] = (
                header["descr"], header["shape"], data[10 + length:])
    return arrays


def npy(descr, shape, data, order="False"):
    header = (f"{{'descr': '{descr}', 'fortran_order': {order}, 'shape': "
              f"{tuple(shape)!r}, }}\n").encode()
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + data


def write_npz(path, arrays, method=zipfile.ZIP_STORED, order="False"):
    with zipfile.ZipFile(path, "w", method) as file:
        for name, (descr, shape, data) in arrays.items():
            file.writestr(name + ".npy", npy(descr, shape, data, order))


def read_safetensors(path):
    data = path.read_bytes()
    length = struct.unpack("<Q", data[:8])[0]
    assert length % 8 == 0
    return json.loads(data[8:8 + length]), data[8 + length:]


def write_safetensors(path, header, data):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def bad_npz(folder, arrays):
    first, *rest = arrays
    descr, shape, data = arrays[first]
    good = (folder / "w.npz").read_bytes()
    write_npz(folder / "compressed.npz", arrays, zipfile.ZIP_DEFLATED)
    write_npz(folder / "more.npz", {**arrays, "other": ("<f4", (1,), b"1234")})
    write_npz(folder / "many.npz",
              {**arrays, **{f"other{i}": ("<f4", (1,), b"1234")
                            for i in range(20)}})
    write_npz(folder / "bzip.npz", arrays, zipfile.ZIP_BZIP2)
    write_npz(folder / "missing.npz", {name: arrays[name] for name in rest})
    write_npz(folder / "fortran.npz", arrays, order="True")
    write_npz(folder / "short.npz", {**arrays, first: (descr, shape, data[:-4])})
    write_npz(folder / "long.npz", {**arrays, first: (descr, shape, data + b"1234")})
    write_npz(folder / "type.npz", {**arrays, first: ("<i4", shape, data)})
    write_npz(folder / "object.npz", {**arrays, first: ("|O", shape, data)})
    write_npz(folder / "shape.npz",
              {**arrays, first: (descr, (len(data) // 4,), data)})
    write_npz(folder / "huge.npz",
              {**arrays, first: (descr, (2**40, 2**40), data)})
    with zipfile.ZipFile(folder / "text.npz", "w") as file:
        file.writestr("readme.txt", "no array")
    (folder / "cut.npz").write_bytes(good[:len(good) // 2])
    (folder / "empty.npz").write_bytes(b"")
    flipped = bytearray(good)
    flipped[len(good) // 2] ^= 1
    (folder / "flipped.npz").write_bytes(flipped)


def bad_safetensors(folder, header, data):
    def write(name, change):
        copy = json.loads(json.dumps(header))
        result = change(copy)
        write_safetensors(folder / f"{name}.safetensors",
                          copy if result is None else result, data)

    first, second = list(header)[:2]
    good = (folder / "w.safetensors").read_bytes()
    write("metadata", lambda h: h.update(__metadata__={"format": "pt"}))
    write("missing", lambda h: h.update(other=h.pop(first)))
    write("type", lambda h: h[first].update(dtype="I32"))
    write("kind", lambda h: h[first].update(dtype="F4"))
    write("shape", lambda h: h[first].update(shape=[sum(
        h[first]["data_offsets"]) // 4]))
    write("huge", lambda h: h[first].update(shape=[2**40, 2**40]))
    write("negative", lambda h: h[first].update(shape=[-1, -20, 1, 5, 5]))
    write("outside", lambda h: h[first].update(
        data_offsets=[len(data), len(data) + 4]))
    write("backwards", lambda h: h[first].update(data_offsets=[8, 4]))
    write("overlap", lambda h: h[second].update(data_offsets=[
        0, h[second]["data_offsets"][1] - h[second]["data_offsets"][0]]))
    write("lacks", lambda h: h[first].pop("shape") and None)
    write("number", lambda h: h.update({first: 7}))
    write("array", lambda h: b"[1, 2]")
    write("deep", lambda h: b'{"a": ' + b"[" * 500000)
    write("broken", lambda h: b'{"a": {"dtype": "F32", ')
    write_safetensors(folder / "trailing.safetensors", header, data + b"12345678")
    (folder / "cut.safetensors").write_bytes(good[:-9])
    (folder / "head.safetensors").write_bytes(good[:100])
    (folder / "empty.safetensors").write_bytes(b"")
    (folder / "length.safetensors").write_bytes(b"\xff" * 8 + good[8:])


def main():
    folder = pathlib.Path(sys.argv[1])
    arrays = read_npz(folder / "w.npz")
    header, data = read_safetensors(folder / "w.safetensors")
    assert list(arrays) == list(header) and arrays
    for name, (descr, shape, elements) in arrays.items():
        begin, end = header[name]["data_offsets"]
        assert descr == "<f4" and header[name]["dtype"] == "F32"
        assert list(shape) == header[name]["shape"]
        assert elements == data[begin:end] and any(data)
    bad_npz(folder, arrays)
    bad_safetensors(folder, header, data)
    print(len(arrays), "arrays agree")


if __name__ == "__main__":
    main()
