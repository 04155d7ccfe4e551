"""The networks of models/ in PyTorch, for comparisons: plain modules and
optimizers, as a user would write them, with parameters in the model's order.
Imported only where there is torch."""

import torch
from torch import nn
from torch.nn import functional as F

from networks import NETWORKS, OTHERS, network


class Peer:
    """A network, what it is trained on, its usual batch, and an optimizer of
    torch.optim with what it takes beside the parameters. `rate` is the learning
    rate of a step, counted from 0, where it changes; `norm` what the gradients'
    norm is clipped to; `softmax`, whether the model gives back probabilities."""

    def __init__(self, make, samples, rate=None, norm=None, softmax=False,
                 optimizer=torch.optim.SGD, **settings):
        self.make, self.batch = make, samples.batch
        self.source = samples.source()
        self.rate, self.norm, self.softmax = rate, norm, softmax
        self.kind, self.settings = optimizer, settings

    def optimizer(self, net, **implementation):
        groups = [{"params": [], **self.settings},
                  {"params": [], **self.settings}]
        decays = self.settings.get("weight_decay", 0)
        for parameter in net.parameters():
            # Vectors do not decay in transformers.
            is_vector = isinstance(net, Gpt) and parameter.dim() == 1
            groups[is_vector]["params"].append(parameter)
        if decays:
            groups[1]["weight_decay"] = 0
        return self.kind([group for group in groups if group["params"]],
                         **implementation)

    def copy(self, net, weights):
        """Into the network, in the model's order."""
        trained = filter(lambda p: p.requires_grad, net.parameters())
        with torch.no_grad():
            for parameter, array in zip(trained, weights, strict=True):
                parameter.copy_(torch.from_numpy(array))

    def clip(self, net):
        if self.norm:
            nn.utils.clip_grad_norm_(net.parameters(), self.norm)

    def reset_state(self, net):
        if isinstance(net, Recurrent):
            net.state = [None] * len(net.layers)

    def flops(self, phase):
        """Of a step with one sample: products, multiply-adds count two; where
        the input is a float, its gradient is not made."""
        products = []

        def count(module, inputs, output):
            if isinstance(module, nn.LSTM):
                weights = sum(p.numel() for p in module.parameters()
                              if p.dim() == 2)
                products.append(2 * inputs[0].shape[1] * weights)
            elif isinstance(module, Attention):
                steps, units = output.shape[1:]
                products.append(2 * 2 * steps * steps * units)
            elif isinstance(module, Logits):
                products.append(2 * output[0].numel() * inputs[0].shape[-1])
            else:
                weights = module.weight.numel() // module.weight.shape[0]
                products.append(2 * output[0].numel() * weights)

        net = self.make()
        counted = (nn.Conv2d, nn.Linear, nn.LSTM, Attention, Logits)
        for module in net.modules():
            if isinstance(module, counted):
                module.register_forward_hook(count)
        # Two samples: of one, a norm of a single place has no variance.
        data = self.source.make(2)
        inputs = torch.from_numpy(next(self.source.batches(data, 2, 1, 0))[0])
        is_image = inputs.is_floating_point()
        net(inputs.reshape(2, *self.source.image) if is_image else inputs)
        if phase == "infer":
            return sum(products)
        return 3 * sum(products) - (products[0] if is_image else 0)


def module(layer, shape):
    """A layer of networks.py behind an input of this shape."""
    kind, *sizes = layer
    if kind == "dense":
        return nn.Linear(shape[-1], *sizes)
    if kind == "conv":
        return nn.Conv2d(shape[0], *sizes)
    return {"relu": nn.ReLU, "sigmoid": nn.Sigmoid, "max_pool": nn.MaxPool2d,
            "avg_pool": nn.AvgPool2d, "flatten": nn.Flatten}[kind](*sizes)


def described(net):
    """The peer of a network of networks.py."""
    def make():
        if net.vocabulary:
            (_, entries, units), (_, hidden) = net.layers[:2]
            return Recurrent(entries, units, hidden)
        return nn.Sequential(*(module(layer, before)
                               for layer, before, _ in net.steps()))
    return Peer(make, net.samples(), norm=net.norm,
                softmax=bool(net.vocabulary), lr=net.learning_rate,
                momentum=net.momentum)


def lenet():
    return nn.Sequential(
        nn.Conv2d(1, 20, 5), nn.MaxPool2d(2),
        nn.Conv2d(20, 50, 5), nn.MaxPool2d(2), nn.Flatten(),
        nn.Linear(800, 500), nn.ReLU(), nn.Linear(500, 10))


class ResidualBlock(nn.Module):
    """Two convolutions beside a shortcut without parameters."""

    def __init__(self, inputs, channels, stride):
        super().__init__()
        self.stride, self.more = stride, channels - inputs
        self.first = nn.Conv2d(inputs, channels, 3, stride, 1, bias=False)
        self.norm = nn.BatchNorm2d(channels)
        self.second = nn.Conv2d(channels, channels, 3, 1, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(channels)

    def forward(self, x):
        h = F.relu(self.norm(self.first(x)))
        h = self.norm2(self.second(h))
        shortcut = x[:, :, ::self.stride, ::self.stride]
        half = self.more // 2
        return F.relu(h + F.pad(shortcut, (0, 0, 0, 0, half, half)))


def resnet20():
    layers = [nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16),
              nn.ReLU()]
    inputs = 16
    for channels in (16, 32, 64):
        for i in range(3):
            stride = 2 if i == 0 and channels > 16 else 1
            layers.append(ResidualBlock(inputs, channels, stride))
            inputs = channels
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(),
                         nn.Linear(64, 10))


class Recurrent(nn.Module):
    """Layers of LSTMs whose state goes on from batch to batch. PyTorch's second
    bias stays zero."""

    def __init__(self, vocabulary, embedding, units):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, embedding)
        self.layers = nn.ModuleList(
            nn.LSTM(embedding if i == 0 else units, units, batch_first=True)
            for i in range(2))
        for layer in self.layers:
            nn.init.zeros_(layer.bias_hh_l0).requires_grad_(False)
        self.logits = nn.Linear(units, vocabulary)
        self.state = [None, None]

    def forward(self, token):
        h = self.embedding(token)
        for i, layer in enumerate(self.layers):
            h, (last, cell) = layer(h, self.state[i])
            self.state[i] = last.detach(), cell.detach()
        return self.logits(h)


class OneHot(nn.Module):
    def __init__(self, vocabulary):
        super().__init__()
        self.vocabulary = vocabulary

    def forward(self, token):
        return F.one_hot(token.long(), self.vocabulary).float()


class OneHotRecurrent(Recurrent):
    """The first layer reads one-hot vectors."""

    def __init__(self, vocabulary, units):
        super().__init__(vocabulary, 1, units)
        self.embedding = OneHot(vocabulary)
        self.layers[0] = nn.LSTM(vocabulary, units, batch_first=True)
        nn.init.zeros_(self.layers[0].bias_hh_l0).requires_grad_(False)


class Attention(nn.Module):
    """softmax(q k^T / sqrt(d)) v of the places up to each one's own."""

    def forward(self, q, k, v):
        steps, d = q.shape[-2:]
        scores = q @ k.transpose(-1, -2) * d ** -0.5
        later = torch.ones(steps, steps, dtype=torch.bool).triu(1)
        y = scores.masked_fill(later, -torch.inf).softmax(-1) @ v
        return y.transpose(1, 2).flatten(2)


class Block(nn.Module):
    def __init__(self, units, heads):
        super().__init__()
        self.heads = heads
        self.norm = nn.LayerNorm(units)
        self.qkv = nn.Linear(units, 3 * units)
        self.out = nn.Linear(units, units)
        self.norm2 = nn.LayerNorm(units)
        self.wide = nn.Linear(units, 4 * units)
        self.narrow = nn.Linear(4 * units, units)
        self.attention = Attention()

    def forward(self, x):
        q, k, v = (part.unflatten(2, (self.heads, -1)).transpose(1, 2)
                   for part in self.qkv(self.norm(x)).chunk(3, 2))
        x = x + self.out(self.attention(q, k, v))
        y = F.gelu(self.wide(self.norm2(x)), approximate="tanh")
        return x + self.narrow(y)


class Logits(nn.Module):
    """The products with the embeddings of all tokens."""

    def forward(self, x, table):
        return x @ table.T


class Gpt(nn.Module):
    def __init__(self, vocabulary, steps, units, heads, blocks):
        super().__init__()
        self.table = nn.Embedding(vocabulary, units)
        self.places = nn.Embedding(steps, units)
        self.blocks = nn.Sequential(*(Block(units, heads)
                                      for _ in range(blocks)))
        self.norm = nn.LayerNorm(units)
        self.logits = Logits()

    def forward(self, token):
        x = self.blocks(self.table(token) + self.places.weight)
        return self.logits(self.norm(x), self.table.weight)


PEERS = {
    **{name: described(net) for name, net in NETWORKS.items()},
    "lenet": Peer(lenet, OTHERS["lenet"],
                  rate=lambda step: 0.01 * (1 + 1e-4 * step) ** -0.75,
                  lr=0.01, momentum=0.9, weight_decay=5e-4),
    "resnet20": Peer(resnet20, OTHERS["resnet20"], lr=0.1, momentum=0.9,
                     weight_decay=1e-4),
    "lstm13": Peer(lambda: OneHotRecurrent(10000, 256), OTHERS["lstm13"],
                   lr=0.1, norm=5, softmax=True),
    "char_lstm": Peer(lambda: Recurrent(65, 64, 128), OTHERS["char_lstm"],
                      norm=5, optimizer=torch.optim.Adam, lr=2e-3),
    "gpt_nano": Peer(lambda: Gpt(65, 64, 128, 4, 4), OTHERS["gpt_nano"], norm=1,
                     optimizer=torch.optim.AdamW, lr=1e-3, weight_decay=0.1),
}


def peer(name, width=None):
    net = network(name, width)
    return described(net) if net else PEERS[name]
