"""Configuration of the lit tests: what counts as a test and what a test may
call. Substitutions: %S folder of the test, %t a scratch path, %models."""

import os
import platform
import re
import shutil
import subprocess
import sys

import lit.formats

config.name = "dlcc"
config.test_format = lit.formats.ShTest(True)
config.suffixes = [".mlir", ".dlm", ".test"]
# A corpus is read by whatever reader it is for.
config.excludes = ["Inputs", "unit", "corpus", "lit.cfg.py"]
config.test_source_root = os.path.join(config.dlcc_source, "tests")
config.test_exec_root = os.path.join(config.dlcc_build, "tests", "lit")

tools = [os.path.join(config.dlcc_build, "bin"), config.llvm_tools]
config.environment["PATH"] = os.pathsep.join(tools + [os.environ["PATH"]])
for name in ("HOME", "CCACHE_DIR"):
    if name in os.environ:
        config.environment[name] = os.environ[name]
config.substitutions += [
    ("%models", os.path.join(config.dlcc_source, "models")),
    ("%source", config.dlcc_source),
    ("%build", config.dlcc_build),
    ("%python", sys.executable),
    ("%cc", config.cc),
    ("%cxx", config.cxx),
]
# Peers to compare with, what writes data files and what draws, where they are
# installed; tools/bench/run.sh, tools/onnx-node-tests.sh and
# tools/onnx-peers.sh make environments that have them, and DLCC_ONNX_PEERS names
# a Python with what the last one installs.
peers = os.path.join(config.dlcc_build, "peers")
pythons = [os.environ.get("DLCC_ONNX_PEERS", ""),
           os.path.join(config.dlcc_source, "build/onnx-peers/bin/python"),
           os.path.join(config.dlcc_source, "build/onnx-python/bin/python"),
           sys.executable, "/usr/bin/python3"] + \
    [os.path.join(peers, peer, "bin/python")
     for peer in ("driver", "torch", "onnxruntime")]
modules = ("torch", "numpy", "matplotlib", "onnx", "onnxruntime", "onnxscript",
           "skl2onnx", "cv2", "safetensors")
find = "import importlib.util as u; " \
       f"print(*[m for m in {modules} if u.find_spec(m)])"
for python in pythons:
    if not os.path.exists(python):
        continue
    found = subprocess.run([python, "-c", find], capture_output=True, text=True)
    for module in found.stdout.split():
        if module not in config.available_features:
            config.available_features.add(module)
            config.substitutions.append((f"%{module}_python", python))
if shutil.which("ptxas"):
    config.available_features.add("ptxas")
if config.sanitize:
    config.available_features.add("sanitize")
    # LLVM's libraries are not instrumented: what they and we share (containers,
    # arenas with poisoned rests) is out of reach.
    config.environment["ASAN_OPTIONS"] = \
        "allow_user_poisoning=0:detect_container_overflow=0"
    config.environment["UBSAN_OPTIONS"] = "halt_on_error=1:print_stacktrace=1"
if platform.machine() in ("x86_64", "AMD64"):
    config.available_features.add("x86")
    with open("/proc/cpuinfo", encoding="ascii", errors="replace") as cpus:
        flags = cpus.read()
        for flag, feature in (("avx2", "avx2"), ("amx_bf16", "amx")):
            if re.search(rf"^flags\s*:.* {flag}( |$)", flags, re.MULTILINE):
                config.available_features.add(feature)
# What tests/device runs on: --param gpu=real, this machine's GPU, of which chip
# says what to compile for; gpu=fake, the tests' own driver, to test those texts.
gpu = lit_config.params.get("gpu")
if gpu:
    config.available_features |= {"gpu", f"gpu-{gpu}"}
    driver = os.path.join(config.dlcc_build, "lib/fake-driver")
    config.substitutions.append(
        ("%{driver}", f"--driver {driver}" if gpu == "fake" else ""))
    config.substitutions.append(
        ("%{chip}", lit_config.params.get("chip", "sm_80")))
