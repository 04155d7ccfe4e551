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
config.excludes = ["Inputs", "unit", "lit.cfg.py"]
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
# A peer to compare with, what writes data files and what draws, where they are
# installed; tools/bench/run.sh and tools/onnx-node-tests.sh make environments
# that have them.
peers = os.path.join(config.dlcc_build, "peers")
for module in ("torch", "numpy", "matplotlib", "onnx"):
    for python in (os.path.join(config.dlcc_source, "build/onnx-python/bin/python"),
                   sys.executable, "/usr/bin/python3",
                   os.path.join(peers, "driver/bin/python"),
                   os.path.join(peers, "torch/bin/python")):
        find = f"import importlib.util as u; exit(not u.find_spec('{module}'))"
        if os.path.exists(python) and \
                subprocess.run([python, "-c", find]).returncode == 0:
            config.available_features.add(module)
            config.substitutions.append((f"%{module}_python", python))
            break
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
