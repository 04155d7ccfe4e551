"""IREE on the network that export_onnx.py has written, compiled for this
processor."""

import pathlib
import subprocess
import sys

import iree.runtime as rt
import numpy as np
from iree.compiler.version import VERSION

from networks import samples


def compiled(folder):
    """The module's and the weights' files."""
    tools = pathlib.Path(sys.executable).parent
    text, module = folder / "model.mlir", folder / "model.vmfb"
    weights = folder / "model.irpa"
    subprocess.run([tools / "iree-import-onnx", folder / "model.onnx", "-o",
                    text, "--externalize-params",
                    "--save-params-to", weights],
                   check=True, capture_output=True)
    subprocess.run([tools / "iree-compile", text, "-o", module,
                    "--iree-hal-target-device=local",
                    "--iree-hal-local-target-device-backends=llvm-cpu",
                    "--iree-llvmcpu-target-cpu=host", "--iree-opt-level=O3"],
                   check=True, capture_output=True)
    return module, weights


class Twin:
    def __init__(self, job):
        module, weights = compiled(job.folder)
        rt.flags.parse_flags(f"--task_topology_group_count={job.threads}")
        config = rt.Config("local-task")
        index = rt.ParameterIndex()
        index.load(str(weights))
        provider = index.create_provider(scope="model")
        instance = config.vm_instance
        self.context = rt.SystemContext(config=config, vm_modules=[
            rt.create_io_parameters_module(instance, provider),
            rt.create_hal_module(instance, config.device),
            rt.VmModule.mmap(instance, str(module))])
        self.device = config.device
        functions = self.context.modules.module
        self.function = next(functions[name] for name
                             in functions.vm_module.function_names
                             if not name.startswith("_")
                             and not name.endswith("$async"))
        self.shape = samples(job.network, job.width).shape

    def place(self, inputs, labels):
        inputs = np.ascontiguousarray(inputs.reshape(-1, *self.shape))
        return rt.asdevicearray(self.device, inputs),

    def forward(self, inputs):
        return self.function(inputs).to_host()


def make(job):
    return Twin(job)


def version():
    return VERSION
