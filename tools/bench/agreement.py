"""Whether a peer computes what dlcc computes."""

# Sums in another order differ by less; a wrong gradient by more. Factors of tf32
# have 11 bits, of bf16 8, and not all who round them do so at the same places.
TOLERANCE = 1e-3
TOLERANCES = {"f32": TOLERANCE, "tf32": 3e-3, "bf16": 3e-2}


def verdict(difference, bound):
    # Of NaN neither is larger.
    return {"difference": difference, "agrees": difference <= bound}


def of_losses(ours, theirs, tolerance=TOLERANCE):
    """Of the same training steps: close to each other beside the loss, and
    beside what the steps have changed, which shows the gradients."""
    size = max(map(abs, ours))
    difference = max(abs(a - b) for a, b in zip(ours, theirs, strict=True))
    if any(loss != loss for loss in [*ours, *theirs]):
        difference = float("nan")
    moved = (max(ours) - min(ours)) / size
    return verdict(difference / size, min(tolerance, 0.1 * moved))


def of_outputs(ours, theirs, tolerance=TOLERANCE):
    """Of two files of numpy; relative to the largest output."""
    import numpy as np
    ours, theirs = np.load(ours), np.load(theirs)
    if ours.shape != theirs.shape:
        return verdict(float("nan"), tolerance)
    difference = np.abs(ours - theirs).max() / np.abs(ours).max()
    return verdict(float(difference), tolerance)


def agreement(reference, found, precision="f32"):
    """Of what measure.py --check says of dlcc and of a peer."""
    tolerance = TOLERANCES[precision]
    if "losses" in reference:
        return of_losses(reference["losses"], found["losses"], tolerance)
    return of_outputs(reference["outputs"], found["outputs"], tolerance)
