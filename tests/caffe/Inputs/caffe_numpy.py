"""Caffe's inference in NumPy, as the oracle of the tests.

Reads a net in text format, makes weights and inputs from a seed, computes each
layer as Caffe does (windows rounded up and clipped, sums of BatchNorm), and
writes a .caffemodel. Shares nothing with the compiler.
"""

import re
import struct

import numpy as np

from wire_format import field, varint

# ---------------------------------------------------------------------------
# Text format


def parse(text):
    """A list of (field, value); messages are lists again."""
    tokens = re.findall(r'#[^\n]*|"[^"]*"|\'[^\']*\'|[{}\[\],;:<>]|[^\s{}\[\],;:<>"\'#]+',
                        text)
    tokens = [t for t in tokens if not t.startswith("#")]
    at = 0

    def value():
        nonlocal at
        token = tokens[at]
        if token in "{<":
            at += 1
            return message()
        at += 1
        if token[0] in "\"'":
            return token[1:-1]
        try:
            return int(token)
        except ValueError:
            pass
        try:
            return float(token)
        except ValueError:
            return {"true": True, "false": False}.get(token, token)

    def message():
        nonlocal at
        fields = []
        while at < len(tokens) and tokens[at] not in "}>":
            name = tokens[at]
            at += 1
            if tokens[at] == ":":
                at += 1
            if tokens[at] == "[":
                at += 1
                while tokens[at] != "]":
                    fields.append((name, value()))
                    if tokens[at] == ",":
                        at += 1
                at += 1
            else:
                fields.append((name, value()))
            while at < len(tokens) and tokens[at] in ",;":
                at += 1
        at += 1
        return fields

    return message()


def all_of(message, name):
    return [value for field, value in message if field == name]


def get(message, name, otherwise=None):
    found = all_of(message, name)
    return found[-1] if found else otherwise


OLDER = {"CONVOLUTION": "Convolution", "POOLING": "Pooling", "RELU": "ReLU",
         "INNER_PRODUCT": "InnerProduct", "LRN": "LRN", "DROPOUT": "Dropout",
         "SOFTMAX": "Softmax", "CONCAT": "Concat", "ELTWISE": "Eltwise",
         "FLATTEN": "Flatten", "SIGMOID": "Sigmoid", "TANH": "TanH",
         "POWER": "Power", "SPLIT": "Split", "SLICE": "Slice",
         "SILENCE": "Silence"}

# ---------------------------------------------------------------------------
# Binary files


def blob(array, older=False):
    data = field(5, np.ascontiguousarray(array, "<f4").tobytes())
    if not older:
        return field(7, field(1, b"".join(varint(d) for d in array.shape))) + data
    dims = (1,) * (4 - array.ndim) + array.shape
    return b"".join(varint(i + 1 << 3) + varint(d) for i, d in enumerate(dims)) + data


def write_model(path, weights, older=False):
    """`weights`: arrays by layer's name."""
    numbers = (2, 4, 6) if older else (100, 1, 7)
    with open(path, "wb") as out:
        for name, arrays in weights.items():
            layer = field(numbers[1], name.encode())
            for array in arrays:
                layer += field(numbers[2], blob(array, older))
            out.write(field(numbers[0], layer))


# ---------------------------------------------------------------------------
# Layers


def pair(param, name, side, otherwise):
    if get(param, side + "_h") is not None or get(param, side + "_w") is not None:
        return get(param, side + "_h", otherwise), get(param, side + "_w", otherwise)
    given = all_of(param, name)
    return tuple(given) if len(given) == 2 else (given[0] if given else otherwise,) * 2


def convolve(x, weight, stride, pad, dilation, group):
    n, channels, height, width = x.shape
    outs, _, kh, kw = weight.shape
    x = np.pad(x, ((0, 0), (0, 0), (pad[0],) * 2, (pad[1],) * 2))
    oh = (height + 2 * pad[0] - (dilation[0] * (kh - 1) + 1)) // stride[0] + 1
    ow = (width + 2 * pad[1] - (dilation[1] * (kw - 1) + 1)) // stride[1] + 1
    y = np.zeros((n, outs, oh, ow))
    per_in, per_out = channels // group, outs // group
    for g in range(group):
        part = x[:, g * per_in:(g + 1) * per_in]
        w = weight[g * per_out:(g + 1) * per_out]
        for i in range(kh):
            for j in range(kw):
                seen = part[:, :, i * dilation[0]:, j * dilation[1]:]
                seen = seen[:, :, :(oh - 1) * stride[0] + 1:stride[0],
                            :(ow - 1) * stride[1] + 1:stride[1]]
                y[:, g * per_out:(g + 1) * per_out] += np.einsum(
                    "ncab,oc->noab", seen, w[:, :, i, j])
    return y


def deconvolve(x, weight, outs, stride, pad, dilation, group):
    n, channels, height, width = x.shape
    kh, kw = weight.shape[2:]
    full = [stride[i] * (s - 1) + dilation[i] * (k - 1) + 1
            for i, (s, k) in enumerate(((height, kh), (width, kw)))]
    y = np.zeros((n, outs, *full))
    per_in, per_out = channels // group, outs // group
    for g in range(group):
        part = x[:, g * per_in:(g + 1) * per_in]
        w = weight[g * per_in:(g + 1) * per_in]
        for i in range(kh):
            for j in range(kw):
                y[:, g * per_out:(g + 1) * per_out,
                  i * dilation[0]:i * dilation[0] + stride[0] * (height - 1) + 1:stride[0],
                  j * dilation[1]:j * dilation[1] + stride[1] * (width - 1) + 1:stride[1]
                  ] += np.einsum("ncab,co->noab", part, w[:, :, i, j])
    return y[:, :, pad[0]:full[0] - pad[0], pad[1]:full[1] - pad[1]]


def pool(x, kernel, stride, pad, maximum, floor=False):
    n, channels, height, width = x.shape
    size = []
    for length, k, s, p in zip((height, width), kernel, stride, pad):
        spare = length + 2 * p - k
        out = (spare // s if floor else -(-spare // s)) + 1
        if any(pad) and (out - 1) * s >= length + p:
            out -= 1
        size.append(out)
    y = np.zeros((n, channels, *size))
    for a in range(size[0]):
        for b in range(size[1]):
            top, left = a * stride[0] - pad[0], b * stride[1] - pad[1]
            bottom = min(top + kernel[0], height + pad[0])
            right = min(left + kernel[1], width + pad[1])
            area = (bottom - top) * (right - left)
            seen = x[:, :, max(top, 0):min(bottom, height), max(left, 0):min(right, width)]
            y[:, :, a, b] = (seen.max((2, 3)) if maximum else
                             seen.sum((2, 3)) / area)
    return y


def lrn(x, param):
    size, alpha = get(param, "local_size", 5), get(param, "alpha", 1.0)
    beta, k = get(param, "beta", 0.75), get(param, "k", 1.0)
    if get(param, "norm_region", "ACROSS_CHANNELS") == "WITHIN_CHANNEL":
        mean = pool(x * x, (size,) * 2, (1, 1), ((size - 1) // 2,) * 2, False)
        return x * (1 + alpha * mean) ** -beta
    half = (size - 1) // 2
    squares = np.pad(x * x, ((0, 0), (half, half)) + ((0, 0),) * (x.ndim - 2))
    total = sum(squares[:, i:i + x.shape[1]] for i in range(size))
    return x * (k + alpha / size * total) ** -beta


def softmax(x, axis):
    e = np.exp(x - x.max(axis, keepdims=True))
    return e / e.sum(axis, keepdims=True)


class Net:
    """Layers of the test phase, in order, with the weights they have."""

    def __init__(self, text, seed, batch=None):
        self.random = np.random.default_rng(seed)
        self.message = parse(text)
        self.batch = batch
        self.weights, self.shared, self.blobs = {}, {}, {}
        self.inputs, self.read = {}, set()

    def make_input(self, name, dims):
        dims = list(dims)
        if self.batch:
            dims[0] = self.batch
        # Of the names of inputs: classes, and numbers from 0 to 1.
        self.inputs[name] = (
            self.random.integers(0, 4, dims).astype("i4") if name.startswith("label") else
            self.random.uniform(size=dims).astype("f4") if name.startswith("target") else
            self.random.normal(size=dims).astype("f4"))
        self.blobs[name] = self.inputs[name].astype("f8")

    def own(self, layer, i, shape, spread=None):
        """The i-th blob of a layer, made here or by a layer it shares with."""
        specs = all_of(layer, "param")
        name = None
        if i < len(specs):
            name = specs[i] if isinstance(specs[i], str) else get(specs[i], "name")
        if name in self.shared:
            made = self.shared[name]
        else:
            fan = max(1, int(np.prod(shape[1:])))
            made = (self.random.normal(size=shape) / fan ** 0.5 if spread is None
                    else self.random.uniform(*spread, size=shape)).astype("f4")
            if name:
                self.shared[name] = made
        self.weights.setdefault(get(layer, "name"), []).append(made)
        return made.astype("f8")

    def run(self):
        m = self.message
        dims, shapes = all_of(m, "input_dim"), all_of(m, "input_shape")
        for i, name in enumerate(all_of(m, "input")):
            self.make_input(name, all_of(shapes[i], "dim") if shapes
                            else dims[4 * i:4 * i + 4])
        for layer in all_of(m, "layer") + all_of(m, "layers"):
            phases = [get(rule, "phase") for rule in all_of(layer, "include")]
            if phases and "TEST" not in phases:
                continue
            kind = get(layer, "type")
            kind = OLDER.get(kind, kind)
            tops, bottoms = all_of(layer, "top"), all_of(layer, "bottom")
            if kind == "Input":
                for top in tops:
                    self.make_input(top, all_of(get(get(layer, "input_param"), "shape"), "dim"))
                continue
            self.read.update(b for b in bottoms if b not in tops)
            results = getattr(self, "do_" + kind)(layer, [self.blobs[b] for b in bottoms])
            results = results if isinstance(results, list) else [results]
            for top, result in zip(tops, results):
                self.read.discard(top)
                self.blobs[top] = result
        return {name: value for name, value in self.blobs.items()
                if name not in self.read and name not in self.inputs}

    # Products.

    def do_Convolution(self, layer, xs, transposed=False):
        p, x = get(layer, "convolution_param"), xs[0]
        outs, group = get(p, "num_output"), get(p, "group", 1)
        kernel = pair(p, "kernel_size", "kernel", 1)
        stride, pad = pair(p, "stride", "stride", 1), pair(p, "pad", "pad", 0)
        dilation = pair(p, "dilation", "dilation", 1)
        shape = ((x.shape[1], outs // group) if transposed
                 else (outs, x.shape[1] // group)) + kernel
        weight = self.own(layer, 0, shape)
        y = (deconvolve(x, weight, outs, stride, pad, dilation, group) if transposed
             else convolve(x, weight, stride, pad, dilation, group))
        if get(p, "bias_term", True):
            y = y + self.own(layer, 1, (outs,))[:, None, None]
        return y

    def do_Deconvolution(self, layer, xs):
        return self.do_Convolution(layer, xs, transposed=True)

    def do_InnerProduct(self, layer, xs):
        p = get(layer, "inner_product_param")
        outs, axis = get(p, "num_output"), get(p, "axis", 1)
        axis %= xs[0].ndim
        x = xs[0].reshape(xs[0].shape[:axis] + (-1,))
        if get(p, "transpose", False):
            y = x @ self.own(layer, 0, (x.shape[-1], outs))
        else:
            y = x @ self.own(layer, 0, (outs, x.shape[-1])).T
        return y + self.own(layer, 1, (outs,)) if get(p, "bias_term", True) else y

    # Windows.

    def do_Pooling(self, layer, xs):
        p, x = get(layer, "pooling_param"), xs[0]
        kernel = pair(p, "kernel_size", "kernel", 0)
        if get(p, "global_pooling", False):
            kernel = x.shape[2:]
        return pool(x, kernel, pair(p, "stride", "stride", 1), pair(p, "pad", "pad", 0),
                    get(p, "pool", "MAX") == "MAX", get(p, "round_mode") == "FLOOR")

    def do_Crop(self, layer, xs):
        p = get(layer, "crop_param", [])
        axis, offset = get(p, "axis", 2) % xs[0].ndim, all_of(p, "offset") or [0]
        index = [slice(None)] * xs[0].ndim
        for i in range(axis, xs[0].ndim):
            o = offset[0] if len(offset) == 1 else offset[i - axis]
            index[i] = slice(o, o + xs[1].shape[i])
        return xs[0][tuple(index)]

    # Normalisation.

    def do_LRN(self, layer, xs):
        return lrn(xs[0], get(layer, "lrn_param", []))

    def do_BatchNorm(self, layer, xs):
        c = xs[0].shape[1]
        mean, variance = self.own(layer, 0, (c,)), self.own(layer, 1, (c,), (0.5, 3))
        factor = self.own(layer, 2, (1,), (1.5, 2))
        eps = get(get(layer, "batch_norm_param", []), "eps", 1e-5)
        shape = (-1,) + (1,) * (xs[0].ndim - 2)
        return ((xs[0] - (mean / factor).reshape(shape)) /
                np.sqrt((variance / factor).reshape(shape) + eps))

    def do_Scale(self, layer, xs, bias_only=False):
        p = get(layer, "bias_param" if bias_only else "scale_param", [])
        axis, count, x = get(p, "axis", 1), get(p, "num_axes", 1), xs[0]
        axis %= x.ndim
        blobs = 0
        if len(xs) == 2:
            vector = xs[1]
        else:
            end = x.ndim if count < 0 else axis + count
            vector, blobs = self.own(layer, 0, x.shape[axis:end], (0.5, 1.5)), 1
        spread = vector.reshape(vector.shape + (1,) * (x.ndim - axis - vector.ndim))
        if bias_only:
            return x + spread
        y = x * spread
        if get(p, "bias_term", False):
            y = y + self.own(layer, blobs, vector.shape, (-1, 1)).reshape(spread.shape)
        return y

    def do_Bias(self, layer, xs):
        return self.do_Scale(layer, xs, bias_only=True)

    def do_MVN(self, layer, xs):
        p, x = get(layer, "mvn_param", []), xs[0]
        axes = tuple(range(1 if get(p, "across_channels", False) else 2, x.ndim))
        y = x - x.mean(axes, keepdims=True)
        if get(p, "normalize_variance", True):
            y = y / (np.sqrt((y * y).mean(axes, keepdims=True)) + get(p, "eps", 1e-9))
        return y

    # Elements.

    def do_ReLU(self, layer, xs):
        slope = get(get(layer, "relu_param", []), "negative_slope", 0)
        return np.where(xs[0] > 0, xs[0], slope * xs[0])

    def do_PReLU(self, layer, xs):
        shared = get(get(layer, "prelu_param", []), "channel_shared", False)
        slope = self.own(layer, 0, () if shared else (xs[0].shape[1],), (0, 1))
        slope = slope.reshape((-1,) + (1,) * (xs[0].ndim - 2)) if not shared else slope
        return np.where(xs[0] > 0, xs[0], slope * xs[0])

    def do_ELU(self, layer, xs):
        alpha = get(get(layer, "elu_param", []), "alpha", 1)
        return np.where(xs[0] > 0, xs[0], alpha * (np.exp(np.minimum(xs[0], 0)) - 1))

    def do_Sigmoid(self, layer, xs):
        return 1 / (1 + np.exp(-xs[0]))

    def do_TanH(self, layer, xs):
        return np.tanh(xs[0])

    def do_AbsVal(self, layer, xs):
        return abs(xs[0])

    def do_BNLL(self, layer, xs):
        return np.log1p(np.exp(-abs(xs[0]))) + np.maximum(xs[0], 0)

    def do_Power(self, layer, xs):
        p = get(layer, "power_param", [])
        return (get(p, "shift", 0) + get(p, "scale", 1) * xs[0]) ** get(p, "power", 1)

    def do_Exp(self, layer, xs):
        p = get(layer, "exp_param", [])
        base, y = get(p, "base", -1), get(p, "shift", 0) + get(p, "scale", 1) * xs[0]
        return np.exp(y) if base == -1 else base ** y

    def do_Log(self, layer, xs):
        p = get(layer, "log_param", [])
        base = get(p, "base", -1)
        y = np.log(get(p, "shift", 0) + get(p, "scale", 1) * xs[0])
        return y if base == -1 else y / np.log(base)

    def do_Threshold(self, layer, xs):
        limit = get(get(layer, "threshold_param", []), "threshold", 0)
        return (xs[0] > limit).astype("f8")

    def do_Swish(self, layer, xs):
        beta = get(get(layer, "swish_param", []), "beta", 1)
        return xs[0] / (1 + np.exp(-beta * xs[0]))

    def do_Clip(self, layer, xs):
        p = get(layer, "clip_param")
        return np.clip(xs[0], get(p, "min"), get(p, "max"))

    def do_Dropout(self, layer, xs):
        return xs[0]

    def do_Eltwise(self, layer, xs):
        p = get(layer, "eltwise_param", [])
        kind, coefficients = get(p, "operation", "SUM"), all_of(p, "coeff")
        if kind == "PROD":
            return np.prod(xs, axis=0)
        if kind == "MAX":
            return np.max(xs, axis=0)
        return sum(c * x for c, x in zip(coefficients or [1] * len(xs), xs))

    # Shapes.

    def do_Concat(self, layer, xs):
        p = get(layer, "concat_param", [])
        return np.concatenate(xs, get(p, "axis", get(p, "concat_dim", 1)))

    def do_Slice(self, layer, xs):
        p = get(layer, "slice_param", [])
        points = all_of(p, "slice_point") or len(all_of(layer, "top"))
        return list(np.split(xs[0], points, get(p, "axis", get(p, "slice_dim", 1))))

    def do_Split(self, layer, xs):
        return [xs[0]] * len(all_of(layer, "top"))

    def do_Silence(self, layer, xs):
        return []

    def do_Flatten(self, layer, xs):
        p, shape = get(layer, "flatten_param", []), xs[0].shape
        first, last = get(p, "axis", 1) % len(shape), get(p, "end_axis", -1) % len(shape)
        return xs[0].reshape(shape[:first] + (-1,) + shape[last + 1:])

    def do_Reshape(self, layer, xs):
        p, shape = get(layer, "reshape_param"), xs[0].shape
        axis, count = get(p, "axis", 0), get(p, "num_axes", -1)
        axis = axis + len(shape) + 1 if axis < 0 else axis
        end = len(shape) if count < 0 else axis + count
        dims = [shape[axis + i] if d == 0 else d
                for i, d in enumerate(all_of(get(p, "shape"), "dim"))]
        return xs[0].reshape(shape[:axis] + tuple(dims) + shape[end:])

    def do_Tile(self, layer, xs):
        p = get(layer, "tile_param")
        counts = [1] * xs[0].ndim
        counts[get(p, "axis", 1)] = get(p, "tiles")
        return np.tile(xs[0], counts)

    def do_Reduction(self, layer, xs):
        p = get(layer, "reduction_param", [])
        axes = tuple(range(get(p, "axis", 0) % xs[0].ndim, xs[0].ndim))
        kind, x = get(p, "operation", "SUM"), xs[0]
        y = {"SUM": x.sum, "MEAN": x.mean, "ASUM": abs(x).sum,
             "SUMSQ": (x * x).sum}[kind](axis=axes)
        return get(p, "coeff", 1) * y

    def do_ArgMax(self, layer, xs):
        p, x = get(layer, "argmax_param", []), xs[0]
        axis, k = get(p, "axis"), get(p, "top_k", 1)
        values = x.reshape(len(x), 1, -1) if axis is None else x
        along = 2 if axis is None else axis % x.ndim
        # Pairs of value and index in descending order: the last of equal ones.
        at = np.argsort(values, axis=along, kind="stable")
        at = np.flip(at, along).take(range(k), along)
        most = np.take_along_axis(values, at, along)
        if not get(p, "out_max_val", False):
            most = at.astype("f8")
        elif axis is None:
            most = np.concatenate([at, most], 1)
        return most if axis is not None else most.reshape(most.shape + (1,) * (x.ndim - 3))

    # Losses.

    def normalizer(self, layer, otherwise, total, valid, items):
        p = get(layer, "loss_param", [])
        kind = otherwise
        if get(p, "normalize") is not None:
            kind = "VALID" if get(p, "normalize") else "BATCH_SIZE"
        kind = get(p, "normalization", kind)
        return max(1, {"FULL": total, "VALID": valid, "BATCH_SIZE": items, "NONE": 1}[kind])

    def do_SoftmaxWithLoss(self, layer, xs):
        axis = get(get(layer, "softmax_param", []), "axis", 1) % xs[0].ndim
        p = np.moveaxis(softmax(xs[0], axis), axis, -1)
        label = xs[1].astype(int).reshape(p.shape[:-1])
        ignored = get(get(layer, "loss_param", []), "ignore_label")
        counts = np.ones(label.shape, bool) if ignored is None else label != ignored
        each = -np.log(np.take_along_axis(p, label[..., None], -1))[..., 0]
        return np.sum(each * counts) / self.normalizer(
            layer, "VALID", counts.size, counts.sum(), len(xs[0]))

    def do_SigmoidCrossEntropyLoss(self, layer, xs):
        x, t = xs[0], xs[1].reshape(xs[0].shape)
        ignored = get(get(layer, "loss_param", []), "ignore_label")
        counts = np.ones(t.shape, bool) if ignored is None else t != ignored
        s = 1 / (1 + np.exp(-x))
        each = -(t * np.log(s) + (1 - t) * np.log(1 - s))
        return np.sum(each * counts) / self.normalizer(
            layer, "BATCH_SIZE", counts.size, counts.sum(), len(x))

    def do_EuclideanLoss(self, layer, xs):
        return np.sum((xs[0] - xs[1].reshape(xs[0].shape)) ** 2) / (2 * len(xs[0]))

    def do_HingeLoss(self, layer, xs):
        x = xs[0].reshape(len(xs[0]), -1)
        sign = np.where(np.arange(x.shape[1]) == xs[1].reshape(-1, 1), -1, 1)
        margin = np.maximum(0, 1 + sign * x)
        norm = get(get(layer, "hinge_loss_param", []), "norm", "L1")
        return np.sum(margin if norm == "L1" else margin ** 2) / len(x)

    def do_MultinomialLogisticLoss(self, layer, xs):
        x, label = xs[0].reshape(len(xs[0]), -1), xs[1].astype(int).reshape(-1)
        return -np.log(np.maximum(x[np.arange(len(x)), label], 1e-20)).mean()

    def do_ContrastiveLoss(self, layer, xs):
        p = get(layer, "contrastive_loss_param", [])
        margin = get(p, "margin", 1)
        squares = np.sum((xs[0] - xs[1]) ** 2, 1)
        apart = (np.maximum(margin - squares, 0) if get(p, "legacy_version", False)
                 else np.maximum(margin - np.sqrt(squares), 0) ** 2)
        return np.sum(np.where(xs[2].reshape(-1) != 0, squares, apart)) / (2 * len(squares))

    def do_Accuracy(self, layer, xs):
        p = get(layer, "accuracy_param", [])
        x = np.moveaxis(xs[0], get(p, "axis", 1) % xs[0].ndim, -1)
        label = xs[1].astype(int).reshape(x.shape[:-1])
        chosen = np.take_along_axis(x, label[..., None], -1)
        right = (x >= chosen).sum(-1) <= get(p, "top_k", 1)
        counts = label != get(p, "ignore_label", -1)
        return (right & counts).sum() / counts.sum()

    def do_Softmax(self, layer, xs):
        return softmax(xs[0], get(get(layer, "softmax_param", []), "axis", 1))
