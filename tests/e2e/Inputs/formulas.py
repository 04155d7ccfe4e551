"""Compares the outputs and metrics of formulas.dlm with closed forms in plain
Python on doubles.

    formulas.py libformulas.so
"""

import ctypes
import math
import random
import sys

BATCH, WIDTH = 5, 6
library = ctypes.CDLL(sys.argv[1])
library.formulas_create.restype = ctypes.c_void_p
net = ctypes.c_void_p(library.formulas_create(None))
assert net.value
assert library.formulas_init(net, ctypes.c_uint64(1)) == 0


def floats(numbers):
    return (ctypes.c_float * len(numbers))(*numbers)


def as_floats(rows):
    """Rows of numbers that are floats exactly."""
    return [list(floats(row)) for row in rows]


def clamp(x, low, high):
    return min(max(x, low), high)


def hard_sigmoid(x):
    return clamp(x + 3, 0, 6) / 6


ACTIVATIONS = [
    lambda x: 1.0507009873554805 * (
        x if x > 0 else 1.6732632423543772 * math.expm1(x)),
    lambda x: x * (1 + math.erf(x / math.sqrt(2))) / 2,
    lambda x: x / 2 * (1 + math.tanh(
        math.sqrt(2 / math.pi) * (x + 0.044715 * x ** 3))),
    lambda x: x * math.tanh(math.log1p(math.exp(x))),
    lambda x: clamp(x, -0.5, 2),
    lambda x: clamp(4 * x, 0, 6),
    lambda x: hard_sigmoid(2 * x),
    lambda x: 2 * x * hard_sigmoid(2 * x),
    lambda x: x / (1 + abs(x)),
    lambda x: x if x > 0 else 0.25 * x,
    lambda x: 2 ** x,
    lambda x: math.log2(abs(x) + 1),
    lambda x: math.log10(abs(x) + 1),
    math.tan,
]


def softmax(row):
    total = sum(math.exp(x) for x in row)
    return [math.exp(x) / total for x in row]


def mean(numbers):
    numbers = list(numbers)
    return sum(numbers) / len(numbers)


def cross_entropy(xs, labels, smoothing=0.0, weights=None, ignored=None):
    weights = weights or [1] * WIDTH
    total = share = 0
    for x, label in zip(xs, labels):
        if label == ignored:
            continue
        p = [math.log(q) for q in softmax(x)]
        total -= (1 - smoothing) * weights[label] * p[label]
        total -= smoothing / WIDTH * sum(w * q for w, q in zip(weights, p))
        share += weights[label]
    return total / share if share else 0


def top_k(xs, labels, k):
    return mean(label in sorted(range(WIDTH), key=lambda c: -x[c])[:k]
                for x, label in zip(xs, labels))


WEIGHTS = [1, 2, 3, 4, 0.5, 0]


def classes(xs, others, labels, signs):
    return [
        cross_entropy(xs, labels),
        cross_entropy(xs, labels, 0.1),
        cross_entropy(xs, labels, 0, WEIGHTS),
        cross_entropy(xs, labels, 0, None, 2),
        cross_entropy(xs, labels, 0, None, 2),
        cross_entropy(xs, labels, 0.2, WEIGHTS, 2),
        0,
        cross_entropy(xs, labels, 0, WEIGHTS),
        mean(max(0, 0.7 - x[label] + x[c]) * (c != label)
             for x, label in zip(xs, labels) for c in range(WIDTH)),
        sum(q * (math.log(q) - math.log(p)) for x, o in zip(xs, others)
            for p, q, v in zip(softmax(x), softmax(o), o) if v > 0) / len(xs),
        top_k(xs, labels, 1),
        top_k(xs, labels, 3),
        mean(sum(math.exp(p) for p, q in zip(x, o) if p < q)
             for x, o in zip(xs, others)),
        0,
    ]


def bits(xs, others, labels, signs):
    def sigmoid(x):
        return 1 / (1 + math.exp(-x))

    def loss(target=lambda o: o > 0, weights=[1] * WIDTH,
             positive=[1] * WIDTH, ignored=lambda o: False):
        terms = [-w * (p * target(o) * math.log(sigmoid(x))
                       + (1 - target(o)) * math.log(sigmoid(-x)))
                 for row, other in zip(xs, others)
                 for x, o, w, p in zip(row, other, weights, positive)
                 if not ignored(o)]
        return mean(terms) if terms else 0

    def smoothed(o):
        return 0.9 if o > 0 else 0.1

    return [
        loss(),
        loss(sigmoid),
        loss(smoothed),
        loss(weights=WEIGHTS),
        loss(positive=WEIGHTS),
        loss(smoothed, [2] * WIDTH, [3] * WIDTH),
        loss(weights=WEIGHTS, ignored=lambda o: o > 1),
        0,
    ]


def cosine(a, b):
    return sum(p * q for p, q in zip(a, b)) / math.hypot(*a) / math.hypot(*b)


def distance(a, b):
    return math.hypot(*(p - q + 1e-6 for p, q in zip(a, b)))


def huber(d):
    return d * d / 2 if d < 0.5 else 0.5 * (d - 0.25)


def pairs(xs, others, labels, signs):
    rows = list(zip(xs, others, signs))
    return [
        mean(max(0, 1 - x[0] * s) for x, o, s in rows),
        mean(cosine(x, o) for x, o, s in rows),
        mean(1 - cosine(x, o) if s > 0 else max(0, cosine(x, o) - 0.1)
             for x, o, s in rows),
        mean(distance(x, o) ** 2 if s > 0 else max(0, 4 - distance(x, o)) ** 2
             for x, o, s in rows) / 2,
        mean(max(0, distance(x, o) + 3 - distance(
            x, [2 * q - p * p for p, q in zip(x, o)])) for x, o, s in rows),
        mean(huber(abs(p - q)) for x, o, s in rows for p, q in zip(x, o)),
        mean(abs(p - q) for x, o, s in rows for p, q in zip(x, o)),
    ]


def compare(what, got, wanted):
    assert len(got) == len(wanted)
    for a, b in zip(got, wanted):
        assert abs(a - b) <= 3e-6 * max(1, abs(b)), f"{what}: {a}, not {b}"


numbers = random.Random(4)
for rows in (BATCH, 3):
    x, other = (as_floats([[numbers.gauss(0, 1) for _ in range(WIDTH)]
                           for _ in range(rows)]) for _ in range(2))
    labels = [2] + [numbers.randrange(WIDTH - 1) for _ in range(rows - 1)]
    signs = [numbers.choice([-1.0, 1.0]) for _ in range(rows)]
    inputs = [ctypes.c_int64(rows), floats(sum(x, [])), floats(sum(other, []))]
    outputs = [floats([0] * (rows * WIDTH)) for _ in ACTIVATIONS]
    assert library.formulas_forward(net, *inputs, *outputs) == 0
    for i, (got, formula) in enumerate(zip(outputs, ACTIVATIONS)):
        compare(f"output {i}", list(got), [formula(v) for v in sum(x, [])])
    inputs += [(ctypes.c_int32 * rows)(*labels), floats(signs)]
    for block in (classes, pairs, bits):
        wanted = block(x, other, labels, signs)
        metrics = floats([0] * len(wanted))
        evaluate = getattr(library, f"formulas_{block.__name__}_evaluate")
        assert evaluate(net, *inputs, metrics) == 0
        compare(block.__name__, list(metrics), wanted)
print("as their closed forms")
