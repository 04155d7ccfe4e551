"""Pictures of what bench.py has measured, by matplotlib."""

import pathlib

from report import cases, pictured


def figure(width, height):
    import matplotlib
    matplotlib.use("svg")
    # The same numbers give the same file.
    matplotlib.rcParams["svg.hashsalt"] = "dlcc"
    matplotlib.rcParams["svg.fonttype"] = "none"
    from matplotlib import pyplot
    return pyplot.subplots(figsize=(width, height), layout="constrained")


def save(drawn, path):
    path = pathlib.Path(path)
    drawn.savefig(path, format="svg", metadata={"Date": None})


def bars(found, path):
    """How much of its floor each contestant reaches on each network."""
    drawn, axes = figure(10, 4)
    titles = list(dict.fromkeys(m.title for case in found
                                for m in case.measured))
    room = 0.85 / len(titles)
    for number, title in enumerate(titles):
        places, heights = [], []
        for place, case in enumerate(found):
            for m in case.measured:
                if m.title == title:
                    places.append(place + (number + 0.5) * room - 0.425)
                    heights.append(case.floor / m.seconds)
        axes.bar(places, heights, room, label=title,
                 color="black" if title == "dlcc" else None)
    axes.set_xticks(range(len(found)),
                    [f"{case.network}\nbatch {case.batch}" for case in found])
    axes.set_ylabel("share of the floor")
    axes.set_ylim(bottom=0)
    axes.axhline(1, color="grey", linewidth=0.8)
    phase = {"train": "training step", "infer": "inference"}[found[0].phase]
    axes.set_title(f"{phase}, {found[0].threads} threads, f32")
    axes.legend(fontsize="small", ncols=2)
    save(drawn, path)


def lines(found, path):
    """GFLOP/s over what a sweep varies."""
    drawn, axes = figure(8, 5)
    over = ("width" if found[0].width is not None else
            "batch" if len({case.batch for case in found
                            if case.network == found[0].network}) > 1 else
            "threads")
    series = {}
    for case in found:
        for m in case.measured:
            label = f"{m.title}, {case.network} {case.phase}"
            if over != "threads":
                label += f", {case.threads}"
            series.setdefault(label, []).append(
                (getattr(case, over), m.gflops()))
    for label, points in series.items():
        axes.plot(*zip(*points), marker="o", label=label)
    axes.set_xscale("log", base=2)
    axes.set_xlabel(over)
    axes.set_ylabel("GFLOP/s")
    axes.set_ylim(bottom=0)
    axes.legend(fontsize="small")
    save(drawn, path)


def sweep(data, path):
    lines([case for case in cases(data) if case.flops], path)


def publish(data, folder):
    """docs/benchmarks-train.svg and docs/benchmarks-infer.svg."""
    for phase, found in pictured(data).items():
        bars(found, folder / f"benchmarks-{phase}.svg")
