"""Who takes part in the benchmark: how each is run, and at which settings."""

import dataclasses
import os
import pathlib

# Large pages where malloc asks the system for memory, which it then keeps.
KEEPS_MEMORY = {
    "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1:glibc.malloc.mmap_max=0:"
                      "glibc.malloc.trim_threshold=1099511627776:"
                      "glibc.malloc.top_pad=67108864"}
# What would have a library take other kernels than it chooses by itself.
REMOVED = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "MKL_DEBUG_CPU_TYPE",
           "NVPL_BLAS_DEBUG_CPU_TYPE")


@dataclasses.dataclass(frozen=True)
class Contestant:
    """`peer` is the environment of Python packages that run.sh has made, none
    for dlcc; `described`: it runs only networks of networks.py, and of those
    no recurrences unless it is `recurrent`."""

    title: str
    settings: str
    module: str
    peer: str = None
    variant: str = "-"
    phases: tuple = ("train", "infer")
    described: bool = True
    recurrent: bool = True
    keeps_memory: bool = True
    environment: tuple = ()
    targets: tuple = ("cpu",)

    def python(self, peers):
        return peers / self.peer / "bin/python"

    def missing(self, peers):
        """Why it cannot take part; None if it can."""
        if self.python(peers).exists():
            return None
        reason = peers / f"{self.peer}.reason"
        return reason.read_text().strip() if reason.exists() else (
            f"run.sh has not made {peers / self.peer}")

    def refuses(self, network, phase):
        """Why it does not run a network of networks.py, None for another."""
        if phase not in self.phases:
            return "only infers"
        if self.described and network is None:
            return "is not described for it"
        if network and network.vocabulary and not self.recurrent:
            return "the unrolled recurrence takes minutes to compile"
        return None

    def variables(self, threads, folder):
        result = {name: value for name, value in os.environ.items()
                  if name not in REMOVED}
        for name in ("OMP", "MKL", "OPENBLAS"):
            result[name + "_NUM_THREADS"] = str(threads)
        result["TORCHINDUCTOR_CACHE_DIR"] = str(folder / "inductor")
        result["TF_CPP_MIN_LOG_LEVEL"] = "2"
        if self.keeps_memory:
            result.update(KEEPS_MEMORY)
        return result | dict(self.environment)


PAGES = "large pages, memory kept"
TORCH = {"module": "torch_twin", "peer": "torch", "described": False}
BEST = f"channels last, fused SGD, {PAGES}"
LARGE = (("THP_MEM_ALLOC_ENABLE", "1"),)
ON_GPU = {"module": "torch_cuda_twin", "peer": "torch", "described": False,
          "keeps_memory": False, "targets": ("cuda",)}
GPU_SETTINGS = "channels last, fused SGD, tf32 or autocast to bf16"
CONTESTANTS = {
    "dlcc": Contestant("dlcc", "as it comes", "dlcc_twin", described=False,
                       keeps_memory=False, targets=("cpu", "cuda")),
    "torch": Contestant("PyTorch", "eager, as it comes", variant="stock",
                        keeps_memory=False, **TORCH),
    "torch-best": Contestant("PyTorch, best", f"eager, {BEST}", variant="best",
                             environment=LARGE, **TORCH),
    "torch-compile": Contestant(
        "torch.compile", f"{BEST}, weights frozen in inference",
        variant="compile", environment=LARGE, **TORCH),
    "tensorflow": Contestant("TensorFlow", f"tf.function, NHWC, oneDNN, {PAGES}",
                             "tensorflow_twin", "tensorflow"),
    "tensorflow-xla": Contestant("TensorFlow, XLA",
                                 f"jit_compile, NHWC, {PAGES}",
                                 "tensorflow_twin", "tensorflow", "xla",
                                 recurrent=False),
    "jax": Contestant("JAX", f"jit, donated, NHWC, {PAGES}", "jax_twin", "jax"),
    "mxnet": Contestant("MXNet", f"Gluon, hybridized, static, {PAGES}",
                        "mxnet_twin", "mxnet"),
    "onnxruntime": Contestant(
        "ONNX Runtime", f"all optimizations, {PAGES}", "onnxruntime_twin",
        "onnxruntime", phases=("infer",), described=False),
    "iree": Contestant("IREE", f"llvm-cpu for the host, O3, {PAGES}",
                       "iree_twin", "iree", phases=("infer",),
                       described=False),
    "torch-eager": Contestant("PyTorch", f"eager, {GPU_SETTINGS}",
                              variant="eager", **ON_GPU),
    "torch-compiled": Contestant("torch.compile", GPU_SETTINGS,
                                 variant="compile", **ON_GPU),
    "torch-graphs": Contestant("PyTorch, CUDA graphs",
                               f"the whole step captured, {GPU_SETTINGS}",
                               variant="graphs", **ON_GPU),
}


def contestants_on(target):
    return [name for name, contestant in CONTESTANTS.items()
            if target in contestant.targets]


def peers_folder():
    root = pathlib.Path(__file__).resolve().parents[2]
    return pathlib.Path(os.environ.get("DLCC_PEERS", root / "build/peers"))
