"""ONNX Runtime on the network that export_onnx.py has written."""

import numpy as np
import onnxruntime as ort

from networks import samples


class Twin:
    def __init__(self, job):
        options = ort.SessionOptions()
        options.intra_op_num_threads = job.threads
        options.inter_op_num_threads = 1
        options.graph_optimization_level = \
            ort.GraphOptimizationLevel.ORT_ENABLE_ALL
        self.session = ort.InferenceSession(
            str(job.folder / "model.onnx"), options,
            providers=["CPUExecutionProvider"])
        self.shape = samples(job.network, job.width).shape

    def place(self, inputs, labels):
        inputs = inputs.reshape(-1, *self.shape)
        return ort.OrtValue.ortvalue_from_numpy(np.ascontiguousarray(inputs)),

    def forward(self, inputs):
        name = self.session.get_inputs()[0].name
        return self.session.run_with_ort_values(None, {name: inputs})[0].numpy()


def make(job):
    return Twin(job)


def version():
    return ort.__version__
