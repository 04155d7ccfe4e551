"""The networks of the benchmark as lists of layers, from which each framework's
twin is made, and whose work and memory traffic are counted here."""

import dataclasses
import math


@dataclasses.dataclass(frozen=True)
class Samples:
    """What a network is trained on: images with so many classes, or sequences
    of tokens of a vocabulary, as many as a batch has."""

    shape: tuple
    classes: int
    batch: int
    is_text: bool = False

    def source(self):
        from samples import Images, Text
        if self.is_text:
            return Text(self.classes, *self.shape, words=self.classes > 256)
        return Images(self.shape, self.classes)


@dataclasses.dataclass(frozen=True)
class Network:
    """Layers over one sample. `input` is its shape; where `vocabulary` is
    given, the samples are tokens below it and the model gives back their
    probabilities, not logits. `norm` is what the gradients' norm is clipped
    to."""

    input: tuple
    layers: tuple
    batch: int
    learning_rate: float
    momentum: float = 0
    norm: float = None
    vocabulary: int = None

    def samples(self):
        return Samples(self.input, self.shapes()[-1][-1], self.batch,
                       bool(self.vocabulary))

    def shapes(self):
        """The input's shape, then that of each layer's result."""
        shapes = [self.input]
        for layer in self.layers:
            shapes.append(shape_behind(layer, shapes[-1]))
        return shapes

    def steps(self):
        """Each layer with the shapes before and behind it."""
        shapes = self.shapes()
        return list(zip(self.layers, shapes, shapes[1:]))

    def parameters(self):
        return sum(math.prod(shape) for layer in self.steps()
                   for shape in parameter_shapes(layer[0], layer[1]))


def shape_behind(layer, shape):
    kind, *sizes = layer
    if kind == "dense":
        return *shape[:-1], sizes[0]
    if kind == "conv":
        channels, window, stride, padding = sizes
        return channels, *((side + 2 * padding - window) // stride + 1
                           for side in shape[1:])
    if kind in ("max_pool", "avg_pool"):
        window, stride = sizes
        return shape[0], *((side - window) // stride + 1 for side in shape[1:])
    if kind == "flatten":
        return math.prod(shape),
    if kind == "embedding":
        return *shape, sizes[1]
    if kind == "lstm":
        return shape[0], sizes[0]
    return shape


def parameter_shapes(layer, shape):
    """As the model language has them; `shape` is the input's."""
    kind, *sizes = layer
    if kind == "dense":
        return [(sizes[0], shape[-1]), (sizes[0],)]
    if kind == "conv":
        return [(sizes[0], shape[0], sizes[1], sizes[1]), (sizes[0],)]
    if kind == "embedding":
        return [tuple(sizes)]
    if kind == "lstm":
        gates = 4 * sizes[0]
        return [(gates, shape[-1]), (gates, sizes[0]), (gates,)]
    return []


def connected(widths, activation, batch, **settings):
    layers = []
    for units in widths[1:]:
        layers += [("dense", units), (activation,)]
    return Network((widths[0],), tuple(layers[:-1]), batch, **settings)


def wide(width):
    """Models of one width, for sweeps; tools/bench/wide.dlm."""
    return connected([width] * 5, "sigmoid", 64, learning_rate=0.01)


NETWORKS = {
    "softmax_regression": connected([784, 10], "relu", 100, learning_rate=0.1,
                                    momentum=0.9),
    "mlp": connected([784, 300, 100, 10], "relu", 100, learning_rate=0.05,
                     momentum=0.9),
    "fcn_s": connected([26752, 2048, 2048, 2048, 26752], "sigmoid", 64,
                       learning_rate=0.01),
    "fcn_s55": connected([26752, 1024, 1024, 1024, 26752], "sigmoid", 64,
                         learning_rate=0.01),
    "fcn_r": connected([784, 2048, 4096, 1024, 10], "sigmoid", 1024,
                       learning_rate=0.05, momentum=0.9),
    "fcn_r31": connected([784, 2048, 4096, 4096, 1024, 10], "sigmoid", 1024,
                         learning_rate=0.05, momentum=0.9),
    "alexnet_s": Network(
        (3, 224, 224),
        (("conv", 96, 11, 4, 2), ("relu",), ("max_pool", 3, 2),
         ("conv", 256, 5, 1, 2), ("relu",), ("max_pool", 3, 2),
         ("conv", 384, 3, 1, 1), ("relu",), ("conv", 384, 3, 1, 1), ("relu",),
         ("conv", 256, 3, 1, 1), ("relu",), ("max_pool", 3, 2), ("flatten",),
         ("dense", 4096), ("relu",), ("dense", 4096), ("relu",),
         ("dense", 1000)),
        16, learning_rate=0.01),
    "alexnet_r": Network(
        (3, 32, 32),
        (("conv", 32, 5, 1, 2), ("max_pool", 3, 2), ("relu",),
         ("conv", 32, 5, 1, 2), ("relu",), ("max_pool", 3, 2),
         ("conv", 64, 5, 1, 2), ("relu",), ("avg_pool", 3, 2), ("flatten",),
         ("dense", 10)),
        1024, learning_rate=0.01, momentum=0.9),
    "lstm": Network(
        (32,), (("embedding", 10000, 256), ("lstm", 256), ("lstm", 256),
                ("dense", 10000)),
        256, learning_rate=0.1, norm=5, vocabulary=10000),
    "wide": wide(1024),
}
STUDY = ["fcn_s", "fcn_r", "alexnet_s", "alexnet_r", "lstm"]


# Networks that are made of more than a list of layers; only peers.py has them.
OTHERS = {
    "lenet": Samples((1, 28, 28), 10, 64),
    "resnet20": Samples((3, 32, 32), 10, 128),
    "lstm13": Samples((32,), 10000, 256, is_text=True),
    "char_lstm": Samples((64,), 65, 32, is_text=True),
    "gpt_nano": Samples((64,), 65, 16, is_text=True),
}


def network(name, width=None):
    """By name, None where it is not described here; `width` is that of `wide`."""
    return wide(width) if name == "wide" and width else NETWORKS.get(name)


def samples(name, width=None):
    described = network(name, width)
    return described.samples() if described else OTHERS[name]
