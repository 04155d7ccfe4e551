"""How long a training step or a forward pass takes at the least on a machine:
its multiply-adds at the measured peak, or the bytes that must move at the
measured bandwidths, whichever takes longer.

Multiply-adds (two operations each) are those of products: 2 * places * inputs *
outputs of a dense or convolutional layer, of the two matrices of an LSTM for
each step. A training step has three such products, forward, gradient of the
input and of the weights; the first layer of a float input has two.

Bytes are those that no program can leave out that does not keep weights in
caches from one pass to the next:
 - forward: the input, every weight read once, the output written;
 - training: the input and every weight read once by the forward pass; then
   every weight and its optimizer slot read and written by the backward pass,
   and what goes into each layer with weights written forward and read backward.
Of an embedding only the rows that are looked up. Where all of it fits into the
last cache, nothing must move.
"""

import dataclasses
import math

from networks import parameter_shapes

WORD = 4


@dataclasses.dataclass(frozen=True)
class Work:
    """Of one step with `batch` samples."""

    flops: int
    read: int      # bytes that are read, or written, once
    updated: int   # bytes of streams that are read and written, both counted
    resident: int  # bytes of all that these are about

    def floor(self, limits, cache):
        """Seconds, and what they are spent for; `limits` as MachineLimits
        prints them."""
        arithmetic = self.flops / (limits["gflops"] * 1e9)
        moving = (self.read / (limits["read_gbs"] * 1e9)
                  + self.updated / (limits["update_gbs"] * 1e9))
        if self.resident <= cache or moving <= arithmetic:
            return arithmetic, "arithmetic"
        return moving, "memory"


def product_flops(layer, before, behind):
    """Of the forward pass of a layer with one sample."""
    kind, *sizes = layer
    if kind == "dense":
        return 2 * math.prod(behind) * before[-1]
    if kind == "conv":
        return 2 * math.prod(behind) * before[0] * sizes[1] ** 2
    if kind == "lstm":
        steps, units = behind
        return 2 * steps * 4 * units * (before[-1] + units)
    return 0


def weights_read(layer, before, batch):
    if layer[0] == "embedding":
        looked_up = min(batch * math.prod(before), layer[1])
        return looked_up * layer[2]
    return sum(map(math.prod, parameter_shapes(layer, before)))


def work(network, phase, batch):
    steps = network.steps()
    products = [flops for step in steps if (flops := product_flops(*step))]
    weights = sum(weights_read(layer, before, batch)
                  for layer, before, _ in steps)
    inputs = batch * math.prod(network.input)
    if phase == "infer":
        outputs = batch * math.prod(network.shapes()[-1])
        read = WORD * (inputs + weights + outputs)
        return Work(batch * sum(products), read, 0, read)
    first = 0 if network.vocabulary else products[0]
    slots = 1 if network.momentum else 0
    kept = batch * sum(math.prod(before) for layer, before, behind in steps[1:]
                       if product_flops(layer, before, behind))
    return Work(batch * (3 * sum(products) - first),
                WORD * (inputs + weights),
                WORD * 2 * (weights * (1 + slots) + kept),
                WORD * (inputs + weights * (1 + slots) + kept))
