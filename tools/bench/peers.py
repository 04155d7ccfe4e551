"""The networks of models/ in PyTorch, for comparisons: plain modules and
optimizers, as a user would write them, with parameters in the model's order.
Imported only where there is torch."""

import torch
from torch import nn
from torch.nn import functional as F


class Peer:
    """A network, its input of one sample, its classes, its usual batch, and
    what torch.optim.SGD takes beside the parameters. `rate` is the learning
    rate of a step, counted from 0, where it changes."""

    def __init__(self, make, image, classes, batch, rate=None, **sgd):
        self.make, self.image, self.classes = make, image, classes
        self.batch, self.rate, self.sgd = batch, rate, sgd

    def optimizer(self, net):
        return torch.optim.SGD(net.parameters(), **self.sgd)


def connected(widths, activation):
    layers = []
    for i, (a, b) in enumerate(zip(widths, widths[1:])):
        layers.append(nn.Linear(a, b))
        if i + 2 < len(widths):
            layers.append(activation())
    return nn.Sequential(*layers)


def lenet():
    return nn.Sequential(
        nn.Conv2d(1, 20, 5), nn.MaxPool2d(2),
        nn.Conv2d(20, 50, 5), nn.MaxPool2d(2), nn.Flatten(),
        nn.Linear(800, 500), nn.ReLU(), nn.Linear(500, 10))


def alexnet_s():
    return nn.Sequential(
        nn.Conv2d(3, 96, 11, 4, 2), nn.ReLU(), nn.MaxPool2d(3, 2),
        nn.Conv2d(96, 256, 5, padding=2), nn.ReLU(), nn.MaxPool2d(3, 2),
        nn.Conv2d(256, 384, 3, padding=1), nn.ReLU(),
        nn.Conv2d(384, 384, 3, padding=1), nn.ReLU(),
        nn.Conv2d(384, 256, 3, padding=1), nn.ReLU(), nn.MaxPool2d(3, 2),
        nn.Flatten(), nn.Linear(9216, 4096), nn.ReLU(),
        nn.Linear(4096, 4096), nn.ReLU(), nn.Linear(4096, 1000))


def alexnet_r():
    return nn.Sequential(
        nn.Conv2d(3, 32, 5, padding=2), nn.MaxPool2d(3, 2), nn.ReLU(),
        nn.Conv2d(32, 32, 5, padding=2), nn.ReLU(), nn.MaxPool2d(3, 2),
        nn.Conv2d(32, 64, 5, padding=2), nn.ReLU(), nn.AvgPool2d(3, 2),
        nn.Flatten(), nn.Linear(576, 10))


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


PEERS = {
    "softmax_regression": Peer(lambda: connected([784, 10], None), (784,), 10,
                               100, lr=0.1, momentum=0.9),
    "mlp": Peer(lambda: connected([784, 300, 100, 10], nn.ReLU), (784,), 10,
                100, lr=0.05, momentum=0.9),
    "fcn_r": Peer(lambda: connected([784, 2048, 4096, 1024, 10], nn.Sigmoid),
                  (784,), 10, 1024, lr=0.05, momentum=0.9),
    "lenet": Peer(lenet, (1, 28, 28), 10, 64,
                  rate=lambda step: 0.01 * (1 + 1e-4 * step) ** -0.75,
                  lr=0.01, momentum=0.9, weight_decay=5e-4),
    "alexnet_s": Peer(alexnet_s, (3, 224, 224), 1000, 16, lr=0.01),
    "alexnet_r": Peer(alexnet_r, (3, 32, 32), 10, 1024, lr=0.01, momentum=0.9),
    "resnet20": Peer(resnet20, (3, 32, 32), 10, 128, lr=0.1, momentum=0.9,
                     weight_decay=1e-4),
}


def flops(net, image):
    """Of a training step with one sample: products of layers, multiply-adds
    count two; the first layer's input gradient is not made."""
    products = []

    def count(module, inputs, output):
        weights = module.weight.numel() // module.weight.shape[0]
        products.append(2 * output[0].numel() * weights)

    hooks = [module.register_forward_hook(count) for module in net.modules()
             if isinstance(module, (nn.Conv2d, nn.Linear))]
    # Two samples: of one, a norm of a single place has no variance.
    net(torch.zeros(2, *image))
    for hook in hooks:
        hook.remove()
    return 3 * sum(products) - products[0]
