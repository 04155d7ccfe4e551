"""Whether a peer computes what dlcc computes."""

# Sums in another order differ by less; a wrong gradient by more.
TOLERANCE = 1e-3


def verdict(difference, bound):
    # Of NaN neither is larger.
    return {"difference": difference, "agrees": difference <= bound}


def of_losses(ours, theirs):
    """Of the same training steps: close to each other beside the loss, and
    beside what the steps have changed, which shows the gradients."""
    size = max(map(abs, ours))
    difference = max(abs(a - b) for a, b in zip(ours, theirs, strict=True))
    if any(loss != loss for loss in [*ours, *theirs]):
        difference = float("nan")
    moved = (max(ours) - min(ours)) / size
    return verdict(difference / size, min(TOLERANCE, 0.1 * moved))


def of_outputs(ours, theirs):
    """Of two files of numpy; relative to the largest output."""
    import numpy as np
    ours, theirs = np.load(ours), np.load(theirs)
    if ours.shape != theirs.shape:
        return verdict(float("nan"), TOLERANCE)
    difference = np.abs(ours - theirs).max() / np.abs(ours).max()
    return verdict(float(difference), TOLERANCE)


def agreement(reference, found):
    """Of what measure.py --check says of dlcc and of a peer."""
    if "losses" in reference:
        return of_losses(reference["losses"], found["losses"])
    return of_outputs(reference["outputs"], found["outputs"])
