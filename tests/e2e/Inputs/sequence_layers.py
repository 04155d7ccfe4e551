"""Compares a shared library of sequence_layers.dlm with PyTorch: all outputs
and all gradients, with the full batch and with fewer rows.

    sequence_layers.py sequences.so
"""

import ctypes
import sys

import numpy as np
import torch
from torch.nn import functional as F
from torch.nn.utils import rnn

BATCH = 4
NAMES = "a b c h s d e f g k l".split()
library = ctypes.CDLL(sys.argv[1])
library.sequences_create.restype = ctypes.c_void_p
net = ctypes.c_void_p(library.sequences_create(None))
assert net.value
assert library.sequences_init(net, ctypes.c_uint64(7)) == 0


def recurrent(name, gates, inputs, units):
    return {f"{name}.weight": (gates * units, inputs),
            f"{name}.recurrent": (gates * units, units),
            f"{name}.bias": (gates * units,)}


def attention(name, units):
    return {f"{name}.weight": (3 * units, units), f"{name}.bias": (3 * units,),
            f"{name}.out.weight": (units, units), f"{name}.out.bias": (units,)}


SHAPES = {
    **recurrent("rnn", 1, 6, 4),
    **recurrent("bidirectional.forwards", 4, 6, 4),
    **recurrent("bidirectional.backwards", 4, 6, 4),
    **recurrent("lstm", 4, 6, 5),
    **recurrent("gru", 3, 6, 4), "gru.recurrent_bias": (4,),
    **recurrent("lstm_1", 4, 6, 3), "lstm_1.peephole_weight": (3, 3),
    **attention("multi_head_attention", 6),
    **attention("multi_head_attention_1", 6),
}


def pointer(array):
    return array.ctypes.data_as(ctypes.c_void_p)


def read(name):
    array = np.empty(SHAPES[name], np.float32)
    assert library.sequences_get_parameter(
        net, name.encode(), pointer(array), ctypes.c_size_t(array.nbytes)) == 0
    return array


def run(function, p, names, x, lengths=None):
    """PyTorch's own layer with our parameters; one name for each direction.
    Of its two biases ours is the first."""
    units = p[names[0] + ".recurrent"].shape[1]
    tensors = []
    for name in names:
        second = torch.zeros_like(p[name + ".bias"])
        if function is torch.gru:
            second = torch.cat([second[:2 * units], p[name + ".recurrent_bias"]])
        tensors += [p[name + ".weight"], p[name + ".recurrent"],
                    p[name + ".bias"], second]
    begin = torch.zeros(len(names), len(x), units)
    state = (begin, begin) if function is torch.lstm else begin
    settings = [tensors, True, 1, 0.0, True, len(names) > 1]
    if lengths is None:
        y, *last = function(x, state, *settings, True)
        return y, last
    packed = rnn.pack_padded_sequence(x, lengths, batch_first=True,
                                      enforce_sorted=False)
    y, *last = function(packed.data, packed.batch_sizes, state, *settings)
    y = rnn.PackedSequence(y, packed.batch_sizes, packed.sorted_indices,
                           packed.unsorted_indices)
    return rnn.pad_packed_sequence(y, batch_first=True,
                                   total_length=7)[0], last


def peephole(p, x, h, c, lengths):
    """By the definition: the last step first, rows from their own last."""
    weight = p["lstm_1.peephole_weight"]
    ys = [None] * x.shape[1]
    for t in reversed(range(x.shape[1])):
        gates = (x[:, t] @ p["lstm_1.weight"].T + p["lstm_1.bias"]
                 + h @ p["lstm_1.recurrent"].T)
        i, f, g, o = gates.chunk(4, 1)
        new = (torch.sigmoid(f + c * weight[1]) * c
               + torch.sigmoid(i + c * weight[0]) * torch.tanh(g))
        y = torch.sigmoid(o + new * weight[2]) * torch.tanh(new)
        alive = (t < lengths)[:, None]
        ys[t] = torch.where(alive, y, torch.zeros(()))
        h, c = torch.where(alive, y, h), torch.where(alive, new, c)
    return torch.stack(ys, 1)


def attend(p, name, heads, x, memory, **masks):
    y, _ = F.multi_head_attention_forward(
        x.transpose(0, 1), memory.transpose(0, 1), memory.transpose(0, 1), 6,
        heads, p[name + ".weight"], p[name + ".bias"], None, None, False, 0.0,
        p[name + ".out.weight"], p[name + ".out.bias"], **masks)
    return y.transpose(0, 1)


def rotated(x):
    """Pairs as complex numbers, times e^(i place / 10000^(2 j / d))."""
    pairs = torch.complex(x[..., :3], x[..., 3:])
    angle = torch.arange(7)[:, None] * 10000 ** (-2 * torch.arange(3) / 6)
    turned = pairs * torch.exp(1j * angle)
    return torch.cat([turned.real, turned.imag], -1)


def placed(x):
    place, j = torch.arange(7)[:, None], torch.arange(3)
    angle = place / 10000 ** (2 * j / 6)
    return x + torch.cat([torch.sin(angle), torch.cos(angle)], 1)


def outputs(x, memory, length, p):
    c, (h, s) = run(torch.lstm, p, ["lstm"], x)
    keys = torch.arange(4) >= length.clamp(max=4)[:, None]
    later = torch.ones(7, 7, dtype=torch.bool).triu(1)
    return [
        run(torch.rnn_tanh, p, ["rnn"], x, length)[0],
        run(torch.lstm, p, ["bidirectional.forwards",
                            "bidirectional.backwards"], x, length)[0],
        c, h[0], s[0],
        run(torch.gru, p, ["gru"], x.flip(1))[0].flip(1),
        peephole(p, x, h[0][:, 0:3], s[0][:, 2:], length),
        attend(p, "multi_head_attention", 2, x, x, attn_mask=later),
        attend(p, "multi_head_attention_1", 3, x, memory,
               key_padding_mask=keys),
        rotated(x), placed(x)]


def compare(what, got, wanted):
    scale = np.abs(wanted).max() + 1e-6
    error = np.abs(got - wanted).max() / scale
    assert error < 2e-5, f"{what}: relative error {error}"


random = np.random.default_rng(3)
for rows in (BATCH, 2):
    x = random.standard_normal((rows, 7, 6)).astype(np.float32)
    memory = random.standard_normal((rows, 4, 6)).astype(np.float32)
    length = np.array([3, 7, 1, 5], np.int32)[:rows]
    parameters = {name: torch.tensor(read(name), requires_grad=True)
                  for name in SHAPES}
    wanted = outputs(torch.tensor(x), torch.tensor(memory),
                     torch.tensor(length).long(), parameters)
    got = [np.empty(y.shape, np.float32) for y in wanted]
    inputs = [pointer(array) for array in (x, memory, length)]
    assert library.sequences_forward(net, ctypes.c_int64(rows), *inputs,
                                     *[pointer(y) for y in got]) == 0
    for name, ours, theirs in zip(NAMES, got, wanted):
        compare(f"output {name}, {rows} rows", ours, theirs.detach().numpy())

    (100 * sum((y ** 2).mean() for y in wanted[:9])).backward()
    assert library.sequences_train_step(net, ctypes.c_int64(rows), *inputs,
                                        None) == 0
    for name, parameter in parameters.items():
        before = parameter.detach().numpy()
        compare(f"gradient of {name}, {rows} rows", before - read(name),
                parameter.grad.numpy())
print(f"as PyTorch's: {len(NAMES)} outputs, {len(SHAPES)} gradients")
