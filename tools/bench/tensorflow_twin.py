"""TensorFlow's twin of a network of networks.py: a tf.function a step, channels
last, the update by TensorFlow's own fused operations; variant `xla` has XLA
compile it."""

import tensorflow as tf

import channels_last
from networks import network


def lstm(x, state, weight, recurrent, bias):
    """All steps' input products at once, then the recurrence, unrolled."""
    h, c = state
    gates, outputs = tf.matmul(x, weight) + bias, []
    for step in tf.unstack(gates, axis=1):
        i, f, g, o = tf.split(step + h @ recurrent, 4, axis=-1)
        c = tf.sigmoid(f) * c + tf.sigmoid(i) * tf.tanh(g)
        h = tf.sigmoid(o) * tf.tanh(c)
        outputs.append(h)
    return tf.stack(outputs, axis=1), (h, c)


def convolved(x, weight, stride, padding):
    around = [[0, 0], [padding, padding], [padding, padding], [0, 0]]
    return tf.nn.conv2d(x, weight, stride, around)


class Twin:
    def __init__(self, job):
        tf.config.threading.set_intra_op_parallelism_threads(job.threads)
        tf.config.threading.set_inter_op_parallelism_threads(1)
        net = self.net = network(job.network, job.width)
        if job.weights:
            values = channels_last.weights(net, job.weights)
        else:
            values = (tf.random.uniform(shape, -fan_in ** -0.5, fan_in ** -0.5)
                      for shape, fan_in in channels_last.shapes(net))
        self.parameters = [tf.Variable(value) for value in values]
        has_slots = net.momentum and job.phase == "train"
        self.slots = [tf.Variable(tf.zeros(p.shape)) for p in self.parameters
                      ] if has_slots else []
        self.states = [[tf.Variable(tf.zeros((job.batch, sizes[0])))
                        for _ in range(2)]
                       for kind, *sizes in net.layers if kind == "lstm"]
        compiled = job.variant == "xla"
        self.step = tf.function(self.step_of, jit_compile=compiled)
        self.run = tf.function(self.outputs, jit_compile=compiled)

    def apply(self, x):
        parameters, states = iter(self.parameters), iter(self.states)
        for kind, *sizes in self.net.layers:
            if kind == "dense":
                x = tf.matmul(x, next(parameters)) + next(parameters)
            elif kind == "conv":
                x = tf.nn.bias_add(convolved(x, next(parameters), *sizes[2:]),
                                   next(parameters))
            elif kind == "max_pool":
                x = tf.nn.max_pool2d(x, *sizes, "VALID")
            elif kind == "avg_pool":
                x = tf.nn.avg_pool2d(x, *sizes, "VALID")
            elif kind == "flatten":
                x = tf.reshape(x, (x.shape[0], -1))
            elif kind == "embedding":
                x = tf.gather(next(parameters), x)
            elif kind == "lstm":
                state = next(states)
                x, last = lstm(x, state, *(next(parameters)
                                           for _ in range(3)))
                for variable, value in zip(state, last):
                    variable.assign(tf.stop_gradient(value))
            else:
                x = {"relu": tf.nn.relu, "sigmoid": tf.sigmoid}[kind](x)
        return x

    def outputs(self, inputs):
        logits = self.apply(inputs)
        return tf.nn.softmax(logits) if self.net.vocabulary else logits

    def step_of(self, inputs, labels):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(
                tf.nn.sparse_softmax_cross_entropy_with_logits(
                    labels, self.apply(inputs)))
        gradients = [tf.convert_to_tensor(gradient) for gradient
                     in tape.gradient(loss, self.parameters)]
        if self.net.norm:
            gradients, _ = tf.clip_by_global_norm(gradients, self.net.norm)
        rate = self.net.learning_rate
        for number, gradient in enumerate(gradients):
            variable = self.parameters[number].handle
            if self.slots:
                tf.raw_ops.ResourceApplyMomentum(
                    var=variable, accum=self.slots[number].handle, lr=rate,
                    grad=gradient, momentum=self.net.momentum)
            else:
                tf.raw_ops.ResourceApplyGradientDescent(
                    var=variable, alpha=rate, delta=gradient)
        return loss

    def place(self, inputs, labels):
        return (tf.constant(channels_last.samples(self.net, inputs)),
                tf.constant(labels))

    def train_step(self, inputs, labels):
        return float(self.step(inputs, labels))

    def forward(self, inputs):
        return self.run(inputs)


def make(job):
    return Twin(job)


def version():
    return tf.__version__
