"""dlcc's side of the benchmark: compiled when it is made, as its peers are."""

import subprocess
import time

import numpy as np

from compiled import DLCC, Compiled
from networks import samples


def aligned(shape):
    """An array that starts at a multiple of 64 bytes, as frameworks' do; NumPy
    itself asks for large pages."""
    size = int(np.prod(shape))
    room = np.empty(size + 16, np.float32)
    start = -room.ctypes.data % 64 // 4
    return room[start:start + size].reshape(shape)


class Twin:
    def __init__(self, job):
        settings = [f"width={job.width}"] if job.width else []
        more = ([f"--target=cuda:{job.chip}", f"--precision={job.precision}"]
                if job.chip else [])
        model = Compiled(job.network, job.batch, job.folder,
                         training=job.phase == "train", settings=settings,
                         more=more)
        self.model, self.phase = model, job.phase
        self.compile_seconds = model.seconds
        self.instance = model.instance(job.threads)
        described = samples(job.network, job.width)
        self.is_text = described.is_text
        self.outputs = aligned(described.source().outputs(job.batch))

    def place(self, inputs, labels):
        return inputs, labels

    def train_step(self, inputs, labels):
        return self.instance.train_step(inputs, labels)

    def forward(self, inputs):
        self.instance.forward(inputs, self.outputs)
        return self.outputs

    def time_on_device(self, arrays, seconds):
        """Medians of `dlcc bench`: of the graph on the GPU, and of calls."""
        start = time.perf_counter()
        stepped = self.train_step if self.phase == "train" else (
            lambda inputs, labels: self.forward(inputs))
        stepped(*arrays)
        once = time.perf_counter() - start
        runs = min(max(5, round(seconds / once)), 2000)
        said = self.model.timed(self.phase, runs)
        return {"seconds": said["median_s"], "steps": said["runs"],
                "call_s": said["call_s"], "peak_bytes": said["planned_bytes"]}

    def draw_weights(self):
        """Matrices and windows that signals and gradients pass, whatever the
        model's initialisers are: a loss that hardly moves shows no mistake."""
        random = np.random.default_rng(3)
        gain = 8 if self.is_text else 2
        arrays = self.instance.weights()
        for number, array in enumerate(arrays):
            if array.ndim > 1:
                scale = np.float32((gain / array[0].size) ** 0.5)
                arrays[number] = scale * random.standard_normal(
                    array.shape, np.float32)
        self.instance.set_weights(arrays)
        return arrays


def make(job):
    return Twin(job)


def version():
    done = subprocess.run([DLCC, "--version"], check=True, capture_output=True,
                          text=True)
    return done.stdout.split()[1]
