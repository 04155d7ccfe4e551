"""What `bench.py --target=cuda` has measured, as Markdown."""

from report import cases, contestants, milliseconds, percent, table

TIMES = ["network", "batch", "contestant", "ms", "least to most", "GFLOP/s",
         "share of peak", "share of the floor", "times dlcc's time",
         "ms with copies", "GPU memory MB", "first step after s", "differs by"]
FLOORS = ["network", "phase", "batch", "precision", "GFLOP", "at the peak ms",
          "MB", "moving them ms", "floor ms", "bound by"]


def heading(data):
    yield (f"{data['processor']}, {data['date']}; medians of {data['rounds']} "
           f"rounds, {data['seconds']} s and at least 5 steps each. A step is "
           "timed on the GPU, from event to event, over data that lie in its "
           "memory; with copies it is a call from arrays of the host to the "
           "loss there.\n")
    yield table(["factors", "multiply-adds GFLOP/s", "reading GB/s",
                 "updating GB/s"],
                [[precision, *(f"{limit[key]:.0f}" for key in
                               ("gflops", "read_gbs", "update_gbs"))]
                 for precision, limit in data["limits"].items()]) + "\n"


def times(case):
    """A row for each contestant."""
    ours = case.ours()
    for m in case.measured:
        agrees = ("the reference" if m is ours else
                  f"{m.agreement['difference']:.0e}" if m.agreement else "-")
        calls = sorted(turn["call_s"] for turn in m.rounds)
        yield [case.name(), str(case.batch), m.title, milliseconds(m.seconds),
               f"{milliseconds(m.least)} to {milliseconds(m.most)}",
               f"{m.gflops():.0f}" if m.gflops() else "-",
               percent(m.gflops(), case.limits["gflops"]),
               percent(case.floor, m.seconds),
               f"{m.seconds / ours.seconds:.2f}",
               milliseconds(calls[len(calls) // 2]),
               f"{m.peak_bytes / 1e6:.0f}", f"{m.first_step:.1f}", agrees]


def floor_row(case):
    work, limits = case.work, case.limits
    moving = (work.read / limits["read_gbs"]
              + work.updated / limits["update_gbs"]) / 1e9
    return [case.name(), case.phase, str(case.batch), case.precision,
            f"{work.flops / 1e9:.1f}",
            milliseconds(work.flops / limits["gflops"] / 1e9),
            f"{(work.read + work.updated) / 1e6:.0f}", milliseconds(moving),
            milliseconds(case.floor), case.bound]


def page(data):
    found = cases(data)
    parts = [*heading(data), *contestants(data)]
    for precision in data["limits"]:
        for phase, title in (("train", "Training step"), ("infer", "Inference")):
            chosen = [case for case in found
                      if (case.phase, case.precision) == (phase, precision)]
            if not chosen:
                continue
            parts.append(f"### {title}, {precision}\n")
            parts.append(table(TIMES, [row for case in chosen
                                       for row in times(case)]) + "\n")
            parts += [f"{case.name()}, batch {case.batch}: no {title_of}, "
                      f"{reason}\n" for case in chosen
                      for title_of, reason in case.left_out_by_title()]
    counted = [floor_row(case) for case in found if case.work]
    return "\n".join([*parts, "### Floors\n", table(FLOORS, counted) + "\n"])
