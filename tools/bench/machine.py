"""The machine that is measured on, and this process's memory."""

import pathlib
import platform


def processor():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":")[1].strip()
    return platform.machine()


def resident(key):
    """Bytes in memory: now (VmRSS) or at the peak (VmHWM)."""
    for line in pathlib.Path("/proc/self/status").read_text().splitlines():
        if line.startswith(key + ":"):
            return int(line.split()[1]) * 1024
    raise RuntimeError("no " + key)


def restart_peak():
    """From here on VmHWM is the peak since now."""
    pathlib.Path("/proc/self/clear_refs").write_text("5")
