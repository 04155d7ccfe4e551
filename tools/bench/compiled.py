"""A network of classes of models/ as a shared library: compiled, loaded, and trained
through the functions of its header."""

import ctypes
import functools
import json
import pathlib
import subprocess
import time

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[2]
DLCC = ROOT / "build/bin/dlcc"


class Options(ctypes.Structure):
    """dlcc_options up to the members that are used here."""

    _fields_ = [("size", ctypes.c_size_t), ("threads", ctypes.c_int32),
                ("seed", ctypes.c_uint64), ("steps_per_epoch", ctypes.c_int64)]


class Metrics(ctypes.Structure):
    _fields_ = [("loss", ctypes.c_float), ("accuracy", ctypes.c_float)]


def model_file(name):
    shipped = ROOT / f"models/{name}.dlm"
    return shipped if shipped.exists() else ROOT / f"tools/bench/{name}.dlm"


class Compiled:
    """The model NAME for a batch, with instances of it. `settings` are values
    of its constants, `more` flags of the compiler."""

    def __init__(self, name, batch, folder, training=True, settings=(),
                 more=()):
        self.name = name
        self.flags = [model_file(name), "--batch", str(batch), *more]
        self.flags += ["--train"] * training
        self.flags += [f"--set={setting}" for setting in settings]
        path = pathlib.Path(folder) / f"{name}.so"
        start = time.perf_counter()
        subprocess.run([DLCC, "compile", *self.flags, "--emit=shared", "-o",
                        path], check=True, capture_output=True)
        self.seconds = time.perf_counter() - start
        self.library = ctypes.CDLL(str(path))

    @functools.cached_property
    def facts(self):
        explained = subprocess.run([DLCC, "explain", *self.flags, "--json"],
                                   check=True, capture_output=True)
        return json.loads(explained.stdout)

    @property
    def bytes(self):
        return self.facts["bytes"]

    @property
    def parameters(self):
        return self.facts["parameter_list"]

    def timed(self, phase, runs):
        """What `dlcc bench` says of a phase."""
        done = subprocess.run([DLCC, "bench", *self.flags, "--json", "--runs",
                               str(runs)], capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(done.stderr.strip().splitlines()[-1])
        return next(line for line in map(json.loads, done.stdout.splitlines())
                    if line["phase"] == phase)

    def planned(self, threads):
        """The bytes of an instance, as the compiler printed them."""
        return (sum(self.bytes[part] for part in
                    ("weights", "optimizer", "state", "arena"))
                + threads * self.bytes["scratch"])

    def instance(self, threads, seed=1, steps_per_epoch=1):
        return Instance(self, threads, seed, steps_per_epoch)


class Instance:
    """An instance with fresh weights."""

    def __init__(self, model, threads, seed, steps_per_epoch):
        self.model, self.steps = model, 0
        create = getattr(model.library, model.name + "_create")
        create.restype = ctypes.c_void_p
        # Longer than any version of the struct; zeros are defaults.
        room = ctypes.create_string_buffer(256)
        options = Options.from_buffer(room)
        options.size, options.threads, options.seed = 256, threads, seed
        options.steps_per_epoch = steps_per_epoch
        self.net = ctypes.c_void_p(create(room))
        if not self.net:
            self.fail()
        self.call("init", ctypes.c_uint64(seed))

    def fail(self):
        error = self.model.library.dlcc_last_error
        error.restype = ctypes.c_char_p
        raise RuntimeError(error().decode())

    def call(self, function, *arguments):
        full = f"{self.model.name}_{function}"
        if getattr(self.model.library, full)(self.net, *arguments) != 0:
            self.fail()

    def weights(self):
        """All parameters as arrays, in the model's order."""
        arrays = []
        for parameter in self.model.parameters:
            array = np.empty(parameter["shape"], np.float32)
            self.call("get_parameter", parameter["name"].encode(),
                      array.ctypes, ctypes.c_size_t(array.nbytes))
            arrays.append(array)
        return arrays

    def set_weights(self, arrays):
        for parameter, array in zip(self.model.parameters, arrays):
            self.call("set_parameter", parameter["name"].encode(),
                      array.ctypes, ctypes.c_size_t(array.nbytes))

    def train_step(self, inputs, labels):
        """The loss of these rows, by which the weights are updated."""
        return self.run("train_step", inputs, labels).loss

    def forward(self, inputs, outputs):
        """Writes what the model gives back into `outputs`."""
        self.call("forward", ctypes.c_int64(len(inputs)), inputs.ctypes,
                  outputs.ctypes)

    def evaluate(self, inputs, labels):
        """Loss and accuracy."""
        metrics = self.run("evaluate", inputs, labels)
        return metrics.loss, metrics.accuracy

    def run(self, function, inputs, labels):
        metrics = Metrics()
        self.call(function, ctypes.c_int64(len(inputs)), inputs.ctypes,
                  labels.ctypes, ctypes.byref(metrics))
        return metrics

    def reset_state(self):
        """Sequences begin anew, where the model has a state."""
        if self.model.bytes["state"]:
            self.call("reset_state")

    def close(self):
        getattr(self.model.library, self.model.name + "_destroy")(self.net)
