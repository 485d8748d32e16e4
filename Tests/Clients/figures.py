"""True figures of edges and services, and how what is told differs from them."""

import math
from collections import Counter, namedtuple

import pytest

from edges import keyed

# Half of a call: its nanoseconds, for how many calls it stands, and its class.
Half = namedtuple("Half", "duration weight outcome")

# The classes of calls, the worst last.
WORST = ["ok", "cancelled", "client_errors", "throttles", "faults"]
QUANTILES = {"p50_ms": 0.5, "p90_ms": 0.9, "p95_ms": 0.95, "p99_ms": 0.99}
# Of a quantile, and of the bucket edge that stands for the maximum.
ERROR = 0.01


class Figures:
    """Counts and durations of calls, each with its weight."""

    def __init__(self):
        self.classes = Counter()
        self.samples = 0
        self.server, self.client = [], []

    def add(self, out, into, times=1):
        """A call by its halves; `times` when one span tells of several."""
        weight = (out or into).weight * times
        self.classes[max((s.outcome for s in (out, into) if s), key=WORST.index)] += weight
        self.samples += 1
        for view, span in (self.server, into), (self.client, out):
            if span:
                view.append((span.duration, weight))

    @property
    def count(self):
        return sum(self.classes.values())


def bounds(durations, quantile):
    """The order statistics between which every usual definition of a quantile lies."""
    durations = sorted(durations)
    total, widest = sum(w for _, w in durations), max(w for _, w in durations)
    low = high = None
    passed = 0
    for duration, weight in durations:
        passed += weight
        if low is None and passed >= quantile * total - widest:
            low = duration
        if high is None and passed >= min(math.ceil(quantile * total) + widest - 1, total):
            high = duration
    return low, high


def deviations(truth, rows, count):
    """What differs between the rows that are told and the figures that are true, as lines."""
    found, lines = keyed(rows), []
    lines += [f"{key}: not there, {len(truth)} are due" for key in truth.keys() - found.keys()]
    lines += [f"{key}: should not be there: {found[key]}" for key in found.keys() - truth.keys()]
    for key in truth.keys() & found.keys():
        true, told = truth[key], found[key]
        exact = {count: true.count, "failed": true.classes["faults"], "samples": true.samples}
        exact |= {name: true.classes[name] for name in WORST[1:]}
        for name, value in exact.items():
            if told[name] != pytest.approx(value, rel=1e-6):
                lines.append(f"{key}: {name} is {told[name]}, not {value}")
        lines += differing(key, true.server or true.client, told)
        if true.server and true.client:
            lines += differing(f"{key} client view", true.client, told["client_view"])
    return lines


def differing(key, durations, told):
    for name, quantile in QUANTILES.items():
        low, high = (nanoseconds / 1e6 for nanoseconds in bounds(durations, quantile))
        if told[name] is None or not low * (1 - ERROR) <= told[name] <= high * (1 + ERROR):
            yield f"{key}: {name} is {told[name]}, not in [{low}, {high}]"
    weight = sum(weight for _, weight in durations)
    mean = sum(duration * weight for duration, weight in durations) / weight / 1e6
    if told["mean_ms"] != pytest.approx(mean, rel=1e-6):
        yield f"{key}: mean_ms is {told['mean_ms']}, not {mean}"
    largest = max(duration for duration, _ in durations) / 1e6
    if not largest * (1 - 1e-9) <= (told["max_ms"] or 0) <= largest * (1 + 2 * ERROR):
        yield f"{key}: max_ms is {told['max_ms']}, not {largest}"
