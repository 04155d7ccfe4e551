"""Writes pictures of 8 x 8 that are red, green or blue, in a folder for each
colour: class_folders.py FOLDER."""

import base64
import os
import random
import struct
import sys
import zlib

COLOURS = {"red": (220, 30, 40), "green": (30, 210, 50), "blue": (20, 40, 230)}

# Red, by libjpeg.
JPEG = base64.b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAMCAgMCAgMDAwMEAwMEBQgFBQQEBQoHBwYIDA"
    "oMDAsKCwsNDhIQDQ4RDgsLEBYQERMUFRUVDA8XGBYUGBIUFRT/2wBDAQMEBAUEBQkFBQkU"
    "DQsNFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFB"
    "T/wAARCAAIAAgDASIAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAAAAf/xAAUEAEAAAAA"
    "AAAAAAAAAAAAAAAA/8QAFQEBAQAAAAAAAAAAAAAAAAAABwj/xAAUEQEAAAAAAAAAAAAAAA"
    "AAAAAA/9oADAMBAAIRAxEAPwCKADdfb//Z")


def png(width, height, colour):
    """A picture of about that colour."""
    rows = b""
    for _ in range(height):
        rows += b"\0"
        for _ in range(width):
            rows += bytes(c + random.randrange(-20, 21) for c in colour)

    def chunk(kind, data):
        body = kind + data
        return struct.pack(">I", len(data)) + body + \
            struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + \
        chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def write(path, data):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(data)


root = sys.argv[1]
random.seed(1)
for split, count in (("train", 20), ("val", 5)):
    for name, colour in COLOURS.items():
        for i in range(count):
            write(f"{root}/{split}/{name}/{i}.png", png(8, 8, colour))
    write(f"{root}/{split}/red/camera.JPEG", JPEG)
for name, colour in COLOURS.items():
    write(f"{root}/mixed/{name}/1.png", png(8, 8 + len(name), colour))
    write(f"{root}/cut/{name}/1.png", png(8, 8, colour)[:-40])
    write(f"{root}/wrong/{name}/1.png", png(8, 8, colour))
write(f"{root}/wrong/green/2.jpg", b"GIF89a")
