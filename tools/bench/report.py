"""What bench.py has measured as Markdown: docs/benchmarks.md's tables and
README's."""

import re
import statistics

from contestants import CONTESTANTS
from floors import Work

MARKS = "<!-- bench: {} -->", "<!-- end of bench -->"


class Measured:
    """One contestant in one case."""

    def __init__(self, name, share, case):
        self.name, self.title = name, CONTESTANTS[name].title
        self.rounds, self.case = share["rounds"], case
        times = [turn["seconds"] for turn in self.rounds]
        self.seconds = statistics.median(times)
        self.least, self.most = min(times), max(times)
        self.peak_bytes = statistics.median(turn["peak_bytes"]
                                            for turn in self.rounds)
        # Later rounds find what torch.compile has kept of the first.
        self.first_step = self.rounds[0]["first_step_s"]
        self.agreement = share.get("agreement")

    def gflops(self):
        return self.case.flops and self.case.flops / self.seconds / 1e9


class Case:
    """One network, phase, batch and number of threads."""

    def __init__(self, entry, data):
        self.network, self.phase = entry["network"], entry["phase"]
        self.batch, self.threads = entry["batch"], entry["threads"]
        self.width = entry["width"]
        self.precision = entry.get("precision", "f32")
        self.limits = data["limits"][self.precision if entry.get("chip")
                                     else str(self.threads)]
        self.work = Work(**entry["work"]) if "work" in entry else None
        shares = entry["contestants"]
        self.flops = self.work.flops if self.work else next(
            (turn["flops"] for share in shares.values()
             for turn in share.get("rounds", []) if "flops" in turn), None)
        self.floor, self.bound = (
            self.work.floor(self.limits, data["last_cache"])
            if self.work else (None, None))
        self.measured = [Measured(name, share, self)
                         for name, share in shares.items()
                         if share.get("rounds")]
        self.left_out = {
            name: share.get("failed") or share["refused"]
            for name, share in shares.items() if not share.get("rounds")}

    def name(self):
        return f"{self.network} {self.width}" if self.width else self.network

    def ours(self):
        return next(m for m in self.measured if m.name == "dlcc")

    def left_out_by_title(self):
        return [(CONTESTANTS[name].title, reason)
                for name, reason in self.left_out.items()]

    def peers(self):
        return [m for m in self.measured if m.name != "dlcc"]


def cases(data):
    return [Case(entry, data) for entry in data["results"]]


def percent(part, whole):
    return f"{part / whole:.0%}" if part and whole else "-"


def table(head, rows):
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def milliseconds(seconds):
    return f"{seconds * 1e3:.2f}" if seconds < 0.1 else f"{seconds * 1e3:.0f}"


def times(case):
    """A row for each contestant."""
    for m in case.measured:
        agrees = ("the reference" if m.name == "dlcc" else
                  f"{m.agreement['difference']:.0e}" if m.agreement else "-")
        yield [case.name(), str(case.batch), m.title, milliseconds(m.seconds),
               f"{milliseconds(m.least)} to {milliseconds(m.most)}",
               f"{m.gflops():.1f}" if m.gflops() else "-",
               percent(m.gflops(), case.limits["gflops"]),
               percent(case.floor, m.seconds), f"{m.peak_bytes / 1e6:.0f}",
               f"{m.first_step:.1f}", agrees]


TIMES = ["network", "batch", "contestant", "ms", "least to most", "GFLOP/s",
         "share of peak", "share of the floor", "peak memory MB",
         "first step after s", "differs by"]


def floor_row(case):
    work, limits = case.work, case.limits
    moving = (work.read / limits["read_gbs"]
              + work.updated / limits["update_gbs"]) / 1e9
    return [case.name(), case.phase, str(case.batch), str(case.threads),
            f"{work.flops / 1e9:.1f}",
            milliseconds(work.flops / limits["gflops"] / 1e9),
            f"{work.read / 1e6:.0f}", f"{work.updated / 1e6:.0f}",
            milliseconds(moving), milliseconds(case.floor), case.bound]


FLOORS = ["network", "phase", "batch", "threads", "GFLOP", "at the peak ms",
          "MB once", "MB updated", "moving them ms", "floor ms", "bound by"]


def machine(data):
    yield (f"{data['processor']}, {data['date']}, f32; medians of "
           f"{data['rounds']} rounds, {data['seconds']} s and at least 5 steps "
           "each.\n")
    yield table(["threads", "multiply-adds GFLOP/s", "reading GB/s",
                 "updating GB/s"],
                [[threads, *(f"{limit[key]:.1f}" for key in
                             ("gflops", "read_gbs", "update_gbs"))]
                 for threads, limit in data["limits"].items()]) + "\n"


def contestants(data):
    rows = [[CONTESTANTS[name].title, version, CONTESTANTS[name].settings]
            for name, version in data["versions"].items()]
    rows += [[CONTESTANTS[name].title, "missing", " ".join(reason.split())]
             for name, reason in data["missing"].items()]
    yield table(["contestant", "version", "settings, or why it is missing"],
                rows) + "\n"
    kept = " ".join(f"`{name}={value}`"
                    for name, value in data["memory_variables"].items())
    if kept:
        yield f"Large pages, memory kept: {kept}\n"


def pictured(data):
    """The phases, and the cases of each, that plot.py draws: those whose floor
    is known, at the most threads."""
    found = [case for case in cases(data) if case.floor]
    threads = max((case.threads for case in found), default=0)
    chosen = {phase: [case for case in found
                      if (case.phase, case.threads) == (phase, threads)]
              for phase in ("train", "infer")}
    return {phase: drawn for phase, drawn in chosen.items() if drawn}


def pictures(data, folder):
    title = {"train": "training step", "infer": "inference"}
    return "".join(f"![{title[phase]}: share of the floor]"
                   f"({folder}benchmarks-{phase}.svg)\n\n"
                   for phase in pictured(data))


SCALING = ["network", "phase", "batch", "contestant", "threads",
           "one thread ms", "ms", "times as fast"]


def scaling(data):
    """What more threads give, where rounds with one and with more alternated."""
    groups = {}
    for case in cases(data):
        groups.setdefault((case.name(), case.phase, case.batch), []).append(case)
    for (name, phase, batch), group in groups.items():
        alone = {m.name: m.seconds for case in group if case.threads == 1
                 for m in case.measured}
        for case in group:
            for m in case.measured:
                if case.threads > 1 and m.name in alone:
                    yield [name, phase, str(batch), m.title, str(case.threads),
                           milliseconds(alone[m.name]), milliseconds(m.seconds),
                           f"{alone[m.name] / m.seconds:.2f}"]


def scaling_part(data):
    rows = list(scaling(data))
    if not rows:
        return
    yield "### Threads\n"
    most = max(int(row[4]) for row in rows)
    if data.get("cores", most) < most:
        yield (f"Not compared: the {most} processors are threads of "
               f"{data['cores']} cores.\n")
        return
    yield table(SCALING, rows) + "\n"


def page(data, drawn=False):
    """`drawn`: with the pictures that plot.publish puts beside it."""
    found = cases(data)
    parts = [*machine(data), *contestants(data)]
    parts += [pictures(data, "")] * drawn
    for phase, title in (("train", "Training step"), ("infer", "Inference")):
        for threads in sorted({case.threads for case in found}):
            chosen = [case for case in found
                      if (case.phase, case.threads) == (phase, threads)]
            if not chosen:
                continue
            plural = "s" if threads > 1 else ""
            parts.append(f"### {title}, {threads} thread{plural}\n")
            rows = [row for case in chosen for row in times(case)]
            parts.append(table(TIMES, rows) + "\n")
            parts += [f"{case.name()}, batch {case.batch}: no "
                      f"{CONTESTANTS[name].title}, {reason}\n"
                      for case in chosen
                      for name, reason in case.left_out.items()
                      if reason != "only infers"]
    parts += scaling_part(data)
    counted = [floor_row(case) for case in found if case.work]
    if counted:
        parts += ["### Floors\n", table(FLOORS, counted) + "\n"]
    return "\n".join(parts)


def summary(data):
    """README's table: most threads, the fastest peer of each network."""
    found = [case for case in cases(data) if case.peers()]
    threads = max(case.threads for case in found)
    rows = []
    for case in found:
        if case.threads != threads:
            continue
        ours = case.ours()
        fastest = min(case.peers(), key=lambda m: m.seconds)
        smallest = min(case.peers(), key=lambda m: m.peak_bytes)
        rows.append([case.network, case.phase, str(case.batch),
                     milliseconds(ours.seconds),
                     f"{milliseconds(fastest.seconds)} ({fastest.title})",
                     f"{fastest.seconds / ours.seconds:.2f}",
                     percent(case.floor, ours.seconds),
                     percent(case.floor, fastest.seconds),
                     f"{ours.peak_bytes / 1e6:.0f}",
                     f"{smallest.peak_bytes / 1e6:.0f} ({smallest.title})"])
    return (pictures(data, "docs/")
            + f"{data['processor']}, {threads} threads, f32, {data['date']}:\n\n"
            + table(["model", "phase", "batch", "dlcc ms",
                     "fastest peer ms", "ratio", "dlcc, share of the floor",
                     "peer, share of the floor", "dlcc MB",
                     "smallest peer MB"], rows) + "\n")


def disagreements(data):
    for case in cases(data):
        for m in case.peers():
            if m.agreement and not m.agreement["agrees"]:
                yield (f"{case.name()} {case.phase}: {m.title} differs from "
                       f"dlcc by {m.agreement['difference']:.1e}")


def replaced(text, name, content):
    """The text with what stands between the marks of `name` exchanged."""
    begin, end = MARKS[0].format(name), MARKS[1]
    pattern = re.escape(begin) + ".*?" + re.escape(end)
    if not re.search(pattern, text, re.DOTALL):
        raise ValueError(f"no {begin} … {end}")
    return re.sub(pattern, lambda _: f"{begin}\n{content}{end}", text, count=1,
                  flags=re.DOTALL)


def publish(data, root):
    """Both pages or, where one has no marks, none."""
    written = {}
    for path, name, content in (
            ("docs/benchmarks.md", "tables", page(data, drawn=True)),
            ("README.md", "summary", summary(data))):
        text = (root / path).read_text()
        written[root / path] = replaced(text, name, content)
    for file, text in written.items():
        file.write_text(text)
