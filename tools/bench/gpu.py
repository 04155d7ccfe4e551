"""What `bench.py --target=cuda` takes: the GPU of this machine, its limits, and
the precisions and batches that are compared.

A limit of a precision is as floors.py reads it: multiply-adds at the rate that
build/bin/DeviceLimits reaches with factors of the kind, in GFLOP/s, and bytes a
second from the GPU's memory."""

import pathlib

LIMITS = (pathlib.Path(__file__).resolve().parents[2]
          / "build/bin/DeviceLimits")
PRECISIONS = ["tf32", "bf16"]
# Beside the study's batches, those that fill a GPU.
TIMES_BATCH = [1, 16]
# What `dlcc compile --target=cuda:` knows, by compute capability.
CHIPS = {80: "sm_80", 86: "sm_86", 89: "sm_89", 90: "sm_90a"}


def chip_for(capability):
    """The chip to compile for: this one, or the newest that its code runs on,
    of which sm_90a is none for a later one."""
    if capability in CHIPS:
        return CHIPS[capability]
    older = [known for known in CHIPS if known < capability]
    if not older:
        raise ValueError(f"there is no code for sm_{capability}; GPUs from "
                         "sm_80 on run dlcc's")
    return CHIPS[max(older)].rstrip("a")


def limits_of(said, precision):
    """What DeviceLimits said, for a precision."""
    return {"gflops": said["gflops"][precision],
            "read_gbs": said["read_gbs"], "update_gbs": said["update_gbs"]}


def batches(batch):
    return [times * batch for times in TIMES_BATCH]
