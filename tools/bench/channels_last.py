"""Weights and samples for frameworks whose images have their channels last and
whose matrices are [inputs, outputs]: TensorFlow and JAX."""

import math

import numpy as np

from networks import parameter_shapes


def converted(shape, layer):
    """The axes' order, as numpy's transpose takes it."""
    if layer[0] == "embedding" or len(shape) == 1:
        return tuple(range(len(shape)))
    return (2, 3, 1, 0) if len(shape) == 4 else (1, 0)


def shapes(network):
    """(shape, fan-in) of each parameter."""
    for layer, before, _ in network.steps():
        for shape in parameter_shapes(layer, before):
            axes = converted(shape, layer)
            yield (tuple(shape[axis] for axis in axes),
                   max(1, math.prod(shape[1:])))


def weights(network, given):
    """The model's parameters in the layout of `shapes`."""
    given, flattened = iter(given), None
    for layer, before, _ in network.steps():
        if layer[0] == "flatten":
            flattened = before
        for shape in parameter_shapes(layer, before):
            array = next(given)
            if flattened and len(shape) == 2:
                # Columns are (channel, row, column) there.
                array = array.reshape(shape[0], *flattened)
                array = array.transpose(0, 2, 3, 1).reshape(shape)
                flattened = None
            yield np.ascontiguousarray(
                array.transpose(converted(shape, layer)))


def samples(network, inputs):
    """A batch of images, channels last; other samples as they are."""
    if len(network.input) < 3:
        return inputs
    images = inputs.reshape(-1, *network.input)
    return np.ascontiguousarray(images.transpose(0, 2, 3, 1))
