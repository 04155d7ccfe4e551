"""Compares the training blocks of training_blocks.dlm with their formulas, as
PyTorch has them, in plain Python on doubles.

    training_blocks.py libnet.so SCRATCH_FILE
"""

import ctypes
import math
import random
import sys

BATCH, STEPS, STEPS_PER_EPOCH = 8, 12, 4
SHAPES = {"dense.weight": (4, 3), "dense.bias": (4,),
          "dense_1.weight": (2, 4), "dense_1.bias": (2,)}
LENGTHS = {name: math.prod(shape) for name, shape in SHAPES.items()}

library = ctypes.CDLL(sys.argv[1])


class Options(ctypes.Structure):
    _fields_ = [("size", ctypes.c_size_t), ("threads", ctypes.c_int32),
                ("seed", ctypes.c_uint64), ("steps_per_epoch", ctypes.c_int64),
                ("rest", ctypes.c_void_p * 8)]


def floats(numbers):
    return (ctypes.c_float * len(numbers))(*numbers)


class Net:
    def __init__(self):
        options = Options(size=ctypes.sizeof(Options), threads=1,
                          steps_per_epoch=STEPS_PER_EPOCH)
        library.net_create.restype = ctypes.c_void_p
        self.net = ctypes.c_void_p(library.net_create(ctypes.byref(options)))
        assert self.net.value
        assert library.net_init(self.net, ctypes.c_uint64(5)) == 0

    def get(self, name, length):
        array = floats([0] * length)
        status = library.net_get_parameter(
            self.net, name.encode(), array, ctypes.c_size_t(4 * length))
        assert status == 0, name
        return list(array)

    def parameters(self, suffix=""):
        return {name: self.get(name + suffix, length)
                for name, length in LENGTHS.items()}

    def step(self, block, x, t):
        step = getattr(library, f"net_{block}_train_step")
        assert step(self.net, ctypes.c_int64(BATCH), floats(sum(x, [])),
                    floats(sum(t, [])), None) == 0

    def forward(self, x):
        y = floats([0] * (2 * BATCH))
        assert library.net_forward(self.net, ctypes.c_int64(BATCH),
                                   floats(sum(x, [])), y) == 0
        return list(y)

    def file(self, function, path):
        assert getattr(library, "net_" + function)(self.net, path.encode()) == 0


def forward(p, x):
    h = [math.tanh(p["dense.bias"][j] + sum(
        p["dense.weight"][3 * j + k] * x[k] for k in range(3)))
        for j in range(4)]
    y = [p["dense_1.bias"][j] + sum(
        p["dense_1.weight"][4 * j + k] * h[k] for k in range(4))
        for j in range(2)]
    return h, y


def gradients(p, xs, ts):
    g = {name: [0.0] * length for name, length in LENGTHS.items()}
    for x, t in zip(xs, ts):
        h, y = forward(p, x)
        dy = [2 * (y[j] - t[j]) / (2 * len(xs)) for j in range(2)]
        for j in range(2):
            g["dense_1.bias"][j] += dy[j]
            for k in range(4):
                g["dense_1.weight"][4 * j + k] += dy[j] * h[k]
        for k in range(4):
            dh = sum(dy[j] * p["dense_1.weight"][4 * j + k] for j in range(2))
            dz = dh * (1 - h[k] ** 2)
            g["dense.bias"][k] += dz
            for i in range(3):
                g["dense.weight"][3 * k + i] += dz * x[i]
    return g


def norm(numbers):
    return math.sqrt(sum(x * x for x in numbers))


def clip_norm(g, limit):
    scale = min(1, limit / (norm(sum(g.values(), [])) + 1e-6))
    return {name: [x * scale for x in values] for name, values in g.items()}


def mix(old, new, share):
    return [share * a + (1 - share) * b for a, b in zip(old, new)]


def sgd(w, g, s, t, rate, momentum=0, decay=0, nesterov=False):
    g = [x + decay * v for x, v in zip(g, w)]
    s["v"] = [momentum * v + x for v, x in zip(s.get("v", [0] * len(w)), g)]
    d = [x + momentum * v for x, v in zip(g, s["v"])] if nesterov else s["v"]
    return [v - rate * x for v, x in zip(w, d)]


def moments(g, s, t, beta1=0.9, beta2=0.999):
    s["m"] = mix(s.get("m", [0] * len(g)), g, beta1)
    s["s"] = mix(s.get("s", [0] * len(g)), [x * x for x in g], beta2)
    return [(m / (1 - beta1 ** t), v / (1 - beta2 ** t))
            for m, v in zip(s["m"], s["s"])]


def adam(w, g, s, t, rate, decay=0, decoupled=False):
    if decoupled:
        w = [v * (1 - rate * decay) for v in w]
    else:
        g = [x + decay * v for x, v in zip(g, w)]
    return [x - rate * m / (math.sqrt(v) + 1e-8)
            for x, (m, v) in zip(w, moments(g, s, t))]


def rmsprop(w, g, s, t):
    g = [x + 0.01 * v for x, v in zip(g, w)]
    s["s"] = mix(s.get("s", [0] * len(w)), [x * x for x in g], 0.99)
    s["v"] = [0.9 * v + x / (math.sqrt(q) + 1e-3)
              for v, x, q in zip(s.get("v", [0] * len(w)), g, s["s"])]
    return [x - 0.01 * v for x, v in zip(w, s["v"])]


def adagrad(w, g, s, t):
    s["s"] = [v + x * x for v, x in zip(s.get("s", [0.1] * len(w)), g)]
    return [v - 0.1 * x / (math.sqrt(q) + 1e-10)
            for v, x, q in zip(w, g, s["s"])]


def adadelta(w, g, s, t):
    g = [x + 0.01 * v for x, v in zip(g, w)]
    s["s"] = mix(s.get("s", [0] * len(w)), [x * x for x in g], 0.9)
    d = s.get("d", [0] * len(w))
    u = [math.sqrt(a + 1e-6) / math.sqrt(q + 1e-6) * x
         for a, q, x in zip(d, s["s"], g)]
    s["d"] = mix(d, [x * x for x in u], 0.9)
    return [v - x for v, x in zip(w, u)]


def lamb(w, g, s, t):
    u = [m / (math.sqrt(v) + 1e-6) + 0.1 * x
         for x, (m, v) in zip(w, moments(g, s, t))]
    ratio = norm(w) / norm(u) if norm(w) > 0 and norm(u) > 0 else 1
    return [v - 0.01 * ratio * x for v, x in zip(w, u)]


def groups(name, w, g, t):
    rate = 0.2 / t if name.startswith("dense.") else 0.1
    decay = 0.1
    if name.endswith("bias"):
        rate, decay = 2 * rate, 0
    if name == "dense_1.weight":
        rate, decay = 0.5 * rate, 0.01 * t
    return sgd(w, g, {}, t, rate, 0, decay)


def only_last(name, w, update):
    return update() if name.startswith("dense_1.") else w


# Block: what changes the gradients g of update t (from 1), what changes the
# weight w, calls an update, share of the average.
BLOCKS = {
    "plain": (None, lambda n, *a: sgd(*a, 0.1)),
    "momentum": (None, lambda n, *a: sgd(*a, 0.1, 0.9, 0.01)),
    "nesterov": (None, lambda n, *a: sgd(*a, 0.1, 0.9, nesterov=True)),
    "adam": (None, lambda n, *a: adam(*a, 0.01, 0.01)),
    "adamw": (None, lambda n, *a: adam(*a, 0.01, 0.1, decoupled=True)),
    "rmsprop": (None, lambda n, *a: rmsprop(*a)),
    "adagrad": (None, lambda n, *a: adagrad(*a)),
    "adadelta": (None, lambda n, *a: adadelta(*a)),
    "lamb": (None, lambda n, *a: lamb(*a)),
    "norm": (lambda g, t: clip_norm(g, 1 / t),
             lambda n, *a: sgd(*a, 0.1, 0.9)),
    "value": (lambda g, t: {n: [min(max(x, -0.1), 0.1) for x in v]
                            for n, v in g.items()},
              lambda n, *a: adam(*a, 0.01)),
    "groups": (lambda g, t: clip_norm(g, 0.5),
               lambda n, w, g, s, t: groups(n, w, g, t)),
    "accumulated": (lambda g, t: clip_norm(g, 0.5),
                    lambda n, w, g, s, t: adam(w, g, s, t, 0.01 / t,
                                               decoupled=True), 4),
    "averaged": (None, lambda n, w, g, s, t: only_last(
        n, w, lambda: sgd(w, g, s, t, 0.1, 0.9)), 1, 0.75),
    "both": (None, lambda n, w, g, s, t: only_last(
        n, w, lambda: sgd(w, g, s, t, 0.1 * (1 - 2 * (t - 1) /
                                             STEPS_PER_EPOCH / 4))), 2, 0.75),
}


def compare(what, got, wanted, tolerance=2e-5):
    for a, b in zip(got, wanted, strict=True):
        assert abs(a - b) <= tolerance * max(1, abs(b)), f"{what}: {a}, not {b}"


def trained(net):
    """The weights that training follows."""
    p = net.parameters()
    for name in p:
        if name.startswith("dense_1."):
            p[name] = net.get(name + "/trained", LENGTHS[name])
    return p


def check(block, prepare, update, calls=1, share=0):
    numbers = random.Random(block)
    net = Net()
    w = net.parameters()
    average = dict(w)
    slots = {name: {} for name in w}
    seen = [], []
    for call in range(STEPS):
        x = [[numbers.gauss(0, 1) for _ in range(3)] for _ in range(BATCH)]
        t = [[numbers.gauss(0, 2) for _ in range(2)] for _ in range(BATCH)]
        seen[0].extend(x)
        seen[1].extend(t)
        if call == STEPS - 3:
            # Also in the middle of an accumulation.
            net.file("save_checkpoint", sys.argv[2])
            other = Net()
            other.file("load_checkpoint", sys.argv[2])
        net.step(block, x, t)
        if call >= STEPS - 3:
            other.step(block, x, t)
        if (call + 1) % calls == 0:
            # As one step of all rows of these calls.
            g = gradients(w, *seen)
            seen = [], []
            number = (call + 1) // calls
            if prepare:
                g = prepare(g, number)
            w = {n: update(n, w[n], g[n], slots[n], number) for n in w}
            average = {n: mix(average[n], w[n], share) for n in w}
        for name in w:
            compare(f"{block}, call {call}, {name}", trained(net)[name],
                    w[name])
            compare(f"{block}, call {call}, average of {name}",
                    net.parameters()[name], average[name])
    assert trained(net) == trained(other), f"{block}: resumed to other bits"
    assert net.parameters() == other.parameters()

    # Inference, here and from a weights file, takes the averages.
    y = net.forward(x)
    compare(f"{block}: outputs", y,
            sum((forward(average, row)[1] for row in x), []), 1e-4)
    net.file("save", sys.argv[2])
    other = Net()
    other.file("load", sys.argv[2])
    assert other.forward(x) == y
    # Training goes on from what was loaded.
    assert trained(other) == other.parameters() == net.parameters()


for name, block in BLOCKS.items():
    check(name, *block)
print(f"as their formulas: {len(BLOCKS)} blocks")
