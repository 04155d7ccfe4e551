"""JAX's twin of a network of networks.py: one compiled function a step, whose
parameters are donated, channels last."""

import functools

import jax
import jax.numpy as jnp
from jax import lax

import channels_last
from networks import network

LAYOUT = ("NHWC", "HWIO", "NHWC")


def pooled(x, window, stride, init, combine):
    return lax.reduce_window(x, init, combine, (1, window, window, 1),
                             (1, stride, stride, 1), "VALID")


def lstm(x, state, weight, recurrent, bias):
    """All steps' input products at once, then the recurrence."""
    def step(carried, gates):
        h, c = carried
        i, f, g, o = jnp.split(gates + h @ recurrent, 4, axis=-1)
        c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
        h = jax.nn.sigmoid(o) * jnp.tanh(c)
        return (h, c), h

    gates = jnp.swapaxes(x, 0, 1) @ weight + bias
    state, outputs = lax.scan(step, state, gates)
    return jnp.swapaxes(outputs, 0, 1), state


def apply(net, parameters, states, x):
    """Logits, and the next states of the recurrences."""
    parameters, states, left = iter(parameters), iter(states), []
    for kind, *sizes in net.layers:
        if kind == "dense":
            x = x @ next(parameters) + next(parameters)
        elif kind == "conv":
            _, _, stride, padding = sizes
            x = lax.conv_general_dilated(
                x, next(parameters), (stride, stride), [(padding, padding)] * 2,
                dimension_numbers=LAYOUT) + next(parameters)
        elif kind == "max_pool":
            x = pooled(x, *sizes, -jnp.inf, lax.max)
        elif kind == "avg_pool":
            x = pooled(x, *sizes, 0.0, lax.add) / sizes[0] ** 2
        elif kind == "flatten":
            x = x.reshape(len(x), -1)
        elif kind == "embedding":
            x = next(parameters)[x]
        elif kind == "lstm":
            x, state = lstm(x, next(states), *(next(parameters)
                                               for _ in range(3)))
            left.append(state)
        else:
            x = {"relu": jax.nn.relu, "sigmoid": jax.nn.sigmoid}[kind](x)
    return x, left


def loss_of(net, parameters, states, inputs, labels):
    logits, states = apply(net, parameters, states, inputs)
    chosen = jnp.take_along_axis(jax.nn.log_softmax(logits),
                                 labels[..., None], axis=-1)
    return -chosen.mean(), states


def updated(net, parameters, slots, states, inputs, labels):
    """Parameters, slots and states after a step, and its loss."""
    differentiate = jax.value_and_grad(functools.partial(loss_of, net),
                                       has_aux=True)
    (loss, states), gradients = differentiate(parameters, states, inputs,
                                              labels)
    if net.norm:
        norm = jnp.sqrt(sum(jnp.vdot(g, g) for g in gradients))
        scale = jnp.minimum(1, net.norm / (norm + 1e-6))
        gradients = [g * scale for g in gradients]
    if net.momentum:
        slots = [net.momentum * s + g for s, g in zip(slots, gradients)]
    steps = slots if net.momentum else gradients
    parameters = [p - net.learning_rate * s
                  for p, s in zip(parameters, steps)]
    return parameters, slots, states, loss


def outputs(net, parameters, states, inputs):
    logits, states = apply(net, parameters, states, inputs)
    return (jax.nn.softmax(logits) if net.vocabulary else logits), states


class Twin:
    def __init__(self, job):
        net = self.net = network(job.network, job.width)
        if job.weights:
            self.parameters = [jnp.asarray(array) for array in
                               channels_last.weights(net, job.weights)]
        else:
            self.parameters = [
                jax.random.uniform(jax.random.key(number), shape,
                                   minval=-fan_in ** -0.5,
                                   maxval=fan_in ** -0.5)
                for number, (shape, fan_in)
                in enumerate(channels_last.shapes(net))]
        self.slots = ([jnp.zeros_like(p) for p in self.parameters]
                      if net.momentum and job.phase == "train" else [])
        self.states = [(jnp.zeros((job.batch, sizes[0])),
                        jnp.zeros((job.batch, sizes[0])))
                       for kind, *sizes in net.layers if kind == "lstm"]
        self.step = jax.jit(functools.partial(updated, net),
                            donate_argnums=(0, 1, 2))
        self.run = jax.jit(functools.partial(outputs, net),
                           donate_argnums=(1,))

    def place(self, inputs, labels):
        return (jnp.asarray(channels_last.samples(self.net, inputs)),
                jnp.asarray(labels))

    def train_step(self, inputs, labels):
        self.parameters, self.slots, self.states, loss = self.step(
            self.parameters, self.slots, self.states, inputs, labels)
        jax.block_until_ready(self.parameters)
        return float(loss)

    def forward(self, inputs):
        result, self.states = self.run(self.parameters, self.states, inputs)
        return jax.block_until_ready(result)


def make(job):
    return Twin(job)


def version():
    return jax.__version__
