"""MXNet's twin of a network of networks.py, in Gluon, hybridized with memory
that is planned once."""

import mxnet as mx
from mxnet import autograd, gluon
from mxnet.gluon import nn, rnn

from networks import network


def block(layer, before):
    kind, *sizes = layer
    if kind == "dense":
        return nn.Dense(sizes[0], in_units=before[-1],
                        flatten=len(before) == 1)
    if kind == "conv":
        return nn.Conv2D(*sizes, in_channels=before[0])
    if kind == "embedding":
        return nn.Embedding(*sizes)
    if kind == "lstm":
        return rnn.LSTM(sizes[0], layout="NTC", input_size=before[-1])
    return {"relu": lambda: nn.Activation("relu"),
            "sigmoid": lambda: nn.Activation("sigmoid"),
            "max_pool": lambda: nn.MaxPool2D(*sizes),
            "avg_pool": lambda: nn.AvgPool2D(*sizes),
            "flatten": nn.Flatten}[kind]()


def set_weights(blocks, weights):
    weights = iter(weights)
    for item in blocks:
        names = [name for name in item.collect_params()
                 if not name.endswith("h2h_bias")]
        for name in names:
            item.collect_params()[name].set_data(mx.nd.array(next(weights)))


class Twin:
    def __init__(self, job):
        net = self.net = network(job.network, job.width)
        self.blocks = [block(layer, before)
                       for layer, before, _ in net.steps()]
        for item in self.blocks:
            item.initialize(mx.init.Xavier())
            item.hybridize(static_alloc=True, static_shape=True)
        if job.weights:
            set_weights(self.blocks, job.weights)
        self.states = {item: item.begin_state(job.batch)
                       for item in self.blocks if isinstance(item, rnn.LSTM)}
        self.loss = gluon.loss.SoftmaxCrossEntropyLoss()
        self.loss.hybridize(static_alloc=True, static_shape=True)
        # One bias of an LSTM is trained, as in the model.
        parameters = [p for item in self.blocks
                      for name, p in item.collect_params().items()]
        for parameter in parameters:
            if parameter.name.endswith("h2h_bias"):
                parameter.grad_req = "null"
        self.trained = [p for p in parameters if p.grad_req != "null"]
        self.trainer = gluon.Trainer(
            self.trained, "sgd", {"learning_rate": net.learning_rate,
                                  "momentum": net.momentum}, kvstore=None)

    def apply(self, x):
        for item in self.blocks:
            if item in self.states:
                x, state = item(x, self.states[item])
                self.states[item] = [part.detach() for part in state]
            else:
                x = item(x)
        return x

    def place(self, inputs, labels):
        if len(self.net.input) == 3:
            inputs = inputs.reshape(-1, *self.net.input)
        return mx.nd.array(inputs), mx.nd.array(labels)

    def train_step(self, inputs, labels):
        with autograd.record():
            loss = self.loss(self.apply(inputs), labels).mean()
        loss.backward()
        if self.net.norm:
            gluon.utils.clip_global_norm([p.grad() for p in self.trained],
                                         self.net.norm, check_isfinite=False)
        self.trainer.step(1)
        mx.nd.waitall()
        return float(loss.asscalar())

    def forward(self, inputs):
        logits = self.apply(inputs)
        result = mx.nd.softmax(logits) if self.net.vocabulary else logits
        mx.nd.waitall()
        return result.asnumpy()


def make(job):
    return Twin(job)


def version():
    return mx.__version__
