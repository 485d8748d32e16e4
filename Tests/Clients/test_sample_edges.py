"""Real traces, late, twice, cut apart, out of order: all edges and services equal the truth."""

import functools
import gzip
import json
import random
import subprocess
import sys
import tarfile
from collections import Counter, defaultdict

import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from collector import MATERIAL
from edges import (
    HASTY,
    SENDERS,
    asked,
    doubled,
    eventually,
    keyed,
    offline,
    shifted,
    split,
)
from figures import Figures, Half, deviations
from otlp import Request, spans_of, to_json

SAMPLE = MATERIAL / "ob-sample"
TAR, TRUTH = SAMPLE / "ob-sample.otlp.tar", SAMPLE / "ob-sample.truth.json"


@functools.cache
def stored():
    """Name and gzipped bytes of each body, as they came."""
    with tarfile.open(TAR) as tar:
        return [(member.name, tar.extractfile(member).read()) for member in tar]


@functools.cache
def bodies():
    return [gzip.decompress(packed) for _, packed in stored()]


def run_check(program, rows, folder, *arguments):
    """Has a checker of the material compare the rows with the truth."""
    file = folder / "rows.json"
    file.write_text(json.dumps(rows))
    done = subprocess.run(
        [sys.executable, SAMPLE / program, TRUTH, file, *arguments], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


def check(edges, services, folder):
    """Both views of all edges, the entry, the services, and the databases besides the truth."""
    run_check("check_edges.py", edges, folder, "--entry", "--require-percentiles")
    client_view = [
        {
            **edge,
            **edge["client_view"],
            **{key: edge[key] for key in ("client", "server", "count", "failed")},
        }
        for edge in edges
    ]
    run_check("check_edges.py", client_view, folder, "--latency", "client", "--require-percentiles")
    run_check("check_services.py", services, folder)
    found = {key: edge["count"] for key, edge in keyed(edges).items() if edge["kind"] == "database"}
    assert found == dict(databases())


@functools.cache
def databases():
    """Calls of databases, which have one half only: a span of an id counts once."""
    calls, seen = Counter(), set()
    for body in bodies():
        for resource in Request.FromString(body).resource_spans:
            service = text(resource.resource, "service.name")
            for span in spans_in(resource):
                key, system = (span.trace_id, span.span_id), text(span, "db.system")
                if system and key not in seen:
                    seen.add(key)
                    calls[service, text(span, "db.name") or system] += 1
    return calls


def test_the_sample_holds_what_it_says():
    spans = {
        (span.trace_id, span.span_id)
        for body in bodies()
        for span in spans_of(Request.FromString(body))
    }
    assert (len(bodies()), len(spans), sum(databases().values())) == (178, 19_687, 4_910)


# Without a server


def check_files(folder, *files):
    check(offline("edges", *files), offline("services", *files), folder)


def test_a_tar_of_gzipped_bodies(tmp_path):
    check_files(tmp_path, TAR)


def test_a_folder_of_bodies(tmp_path):
    folder = tmp_path / "bodies"
    folder.mkdir()
    for name, packed in stored():
        (folder / name.replace("/", "_")).write_bytes(packed)
    check_files(tmp_path, folder)


@pytest.mark.parametrize("packed", [False, True])
def test_the_lines_of_json_that_a_collector_writes(packed, tmp_path):
    lines = "".join(to_json(Request.FromString(body)).replace("\n", "") + "\n" for body in bodies())
    file = tmp_path / ("traces.jsonl" + ".gz" * packed)
    file.write_bytes(gzip.compress(lines.encode()) if packed else lines.encode())
    check_files(tmp_path, file)


def test_several_files_that_repeat_each_other(tmp_path):
    halves = [tmp_path / "first.jsonl", tmp_path / "second.jsonl"]
    for file, part in zip(halves, (bodies()[:120], bodies()[60:])):
        file.write_text("".join(to_json(Request.FromString(body)) + "\n" for body in part))
    check_files(tmp_path, *halves)


# With spans that were lost


class Lossy:
    """The sample without a share of its spans, and the truth of what is left."""

    def __init__(self, seed, share=0.03):
        rng, kept = random.Random(seed), {}
        self.requests = [Request.FromString(body) for body in bodies()]
        for resource, span in ((r, s) for r in self.resources() for s in spans_in(r)):
            key = (span.trace_id, span.span_id)
            if key not in kept:
                kept[key] = (text(resource.resource, "service.name"), span, rng.random() >= share)
        self.spans = {
            key: (service, span) for key, (service, span, is_kept) in kept.items() if is_kept
        }
        for scope in (scope for r in self.resources() for scope in r.scope_spans):
            left = [s for s in scope.spans if (s.trace_id, s.span_id) in self.spans]
            del scope.spans[:]
            scope.spans.extend(left)

    def resources(self):
        return (resource for request in self.requests for resource in request.resource_spans)

    def truth(self):
        """Edges and services, joined by what each span of the sample is known to be."""
        edges, services = defaultdict(Figures), defaultdict(Figures)
        for service, span in self.spans.values():
            parent = self.spans.get((span.trace_id, span.parent_span_id))
            if span.kind == Span.SPAN_KIND_SERVER:
                services[service].add(None, half(span))
                if not span.parent_span_id:
                    edges["client", service].add(None, half(span))
                elif parent:
                    edges[parent[0], service].add(half(parent[1]), half(span))
            elif system := text(span, "db.system"):
                edges[service, text(span, "db.name") or system].add(half(span), None)
        return edges, services


def spans_in(resource):
    return [span for scope in resource.scope_spans for span in scope.spans]


def text(owner, key):
    return next((a.value.string_value for a in owner.attributes if a.key == key), None)


def half(span):
    is_error = span.status.code == Status.STATUS_CODE_ERROR
    return Half(
        span.end_time_unix_nano - span.start_time_unix_nano, 1, "faults" if is_error else "ok"
    )


def check_lossy(lossy, edges, services):
    true_edges, true_services = lossy.truth()
    wrong = deviations(true_edges, edges, "count")
    wrong += deviations(
        true_services, [row for row in services if row["key"]["type"] == "service"], "requests"
    )
    assert not wrong, f"{len(wrong)} deviations\n" + "\n".join(sorted(wrong)[:40])


@pytest.mark.parametrize("seed, share", [(1, 0.03), (2, 0.03), (3, 0.3), (4, 0)])
def test_files_of_which_spans_were_lost(seed, share, tmp_path):
    lossy = Lossy(seed, share)
    for index, request in enumerate(lossy.requests):
        (tmp_path / f"{index}.pb").write_bytes(request.SerializeToString())
    check_lossy(lossy, offline("edges", tmp_path), offline("services", tmp_path))


@pytest.mark.parametrize("seed, door, lanes", [(5, "http", 2), (6, "grpc", 1)])
def test_a_listener_to_which_spans_were_lost(seed, door, lanes, start):
    lossy, collector = Lossy(seed), start(lanes=lanes)
    left = shifted([request.SerializeToString() for request in lossy.requests])
    SENDERS[door](collector, random.Random(seed).sample(left, len(left)))

    def equal():
        check_lossy(lossy, asked(collector, "edges"), asked(collector, "services"))

    eventually(collector, equal)


# Through the listener

ORDERS = {
    "as they came": lambda bodies, rng: bodies,
    "backwards": lambda bodies, rng: bodies[::-1],
    "shuffled": lambda bodies, rng: rng.sample(bodies, len(bodies)),
    "a tenth twice": lambda bodies, rng: doubled(bodies, rng),
    "shuffled, a tenth twice": lambda bodies, rng: rng.sample(
        twice := doubled(bodies, rng), len(twice)
    ),
    "traces cut apart": lambda bodies, rng: list(split(bodies, rng)),
    "traces cut apart, a tenth twice": lambda bodies, rng: doubled(split(bodies, rng), rng),
}
RUNS = [
    ("as they came", "http", 1, 0, {}),
    ("as they came", "grpc", 2, 0, HASTY),
    ("backwards", "http", 2, 0, HASTY),
    ("shuffled", "http", 1, 1, {}),
    ("shuffled", "http", 2, 2, HASTY),
    ("shuffled", "grpc", 1, 3, HASTY),
    ("a tenth twice", "http", 2, 4, {}),
    ("shuffled, a tenth twice", "http", 1, 5, HASTY),
    ("shuffled, a tenth twice", "grpc", 2, 6, {}),
    ("traces cut apart", "http", 2, 7, HASTY),
    ("traces cut apart, a tenth twice", "grpc", 1, 8, HASTY),
    ("traces cut apart, a tenth twice", "http", 2, 9, {}),
]


@pytest.mark.parametrize("order, door, lanes, seed, settings", RUNS)
def test_spans_that_come_to_a_listener(order, door, lanes, seed, settings, start, tmp_path):
    collector = start(settings, lanes=lanes)
    SENDERS[door](collector, ORDERS[order](shifted(bodies()), random.Random(seed)))

    def equal():
        check(asked(collector, "edges"), asked(collector, "services"), tmp_path)

    eventually(collector, equal)
    collector.check_ledger()
