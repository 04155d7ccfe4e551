"""The machine that is measured on, and this process's memory."""

import os
import pathlib
import platform
import time


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


def age():
    """Seconds since this process was started."""
    fields = pathlib.Path("/proc/self/stat").read_text().rpartition(")")[2]
    started = int(fields.split()[19]) / os.sysconf("SC_CLK_TCK")
    return time.clock_gettime(time.CLOCK_BOOTTIME) - started


def last_cache():
    """Bytes of the largest cache of the first processor; 0 if unknown."""
    sizes = [file.read_text().strip() for file in pathlib.Path(
        "/sys/devices/system/cpu/cpu0/cache").glob("index*/size")]
    return max((int(size[:-1]) << {"K": 10, "M": 20}[size[-1]]
                for size in sizes), default=0)


def cores():
    """Cores of this process's processors; fewer than these where some are
    threads of one core."""
    def siblings(processor):
        path = pathlib.Path(f"/sys/devices/system/cpu/cpu{processor}"
                            "/topology/thread_siblings_list")
        return path.read_text().strip() if path.exists() else str(processor)
    return len({siblings(n) for n in os.sched_getaffinity(0)})
