"""Protobuf's wire format, as far as a file of weights needs it."""


def varint(number):
    out = b""
    while True:
        out += bytes([number & 127 | (128 if number > 127 else 0)])
        number >>= 7
        if not number:
            return out


def field(number, payload):
    return varint(number << 3 | 2) + varint(len(payload)) + payload
