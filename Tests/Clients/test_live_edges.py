"""Edges while spans come: how soon a call is told of, and what a million open spans cost."""

import os
import time

import pytest

from edges import asked, keyed
from otlp import Request, add_resource

SERVER, CLIENT = 2, 3
MEBIBYTE = 1 << 20


def call(client, server, trace, end):
    """One call of 20 ms that ended at a time in nanoseconds."""
    request = Request()
    for service, kind, span, parent in ((client, CLIENT, 1, 0), (server, SERVER, 2, 1)):
        scope = add_resource(request, service).scope_spans.add()
        made = scope.spans.add(trace_id=trace, span_id=span.to_bytes(8), kind=kind, name="call")
        if parent:
            made.parent_span_id = parent.to_bytes(8)
        made.start_time_unix_nano, made.end_time_unix_nano = end - 20_000_000, end
    return request.SerializeToString()


@pytest.mark.parametrize("lanes", [1, 2])
def test_a_call_is_told_of_within_three_seconds_of_its_end(lanes, start):
    collector = start(lanes=lanes)
    for number in range(5):
        client, ended = f"client-{number}", time.time()
        body = call(client, "server", os.urandom(16), int(ended * 1e9))
        assert collector.post(body).status == 200
        while (client, "server") not in keyed(asked(collector, "edges", last="1m")):
            assert time.time() < ended + 3, f"call {number} is not told of after three seconds"
            time.sleep(0.02)


def open_spans(count, each):
    """A request of so many spans of `each` bytes whose parents never come, ten to a trace, and where
    in its bytes the trace ids are."""
    marks = [os.urandom(16) for _ in range(count // 10)]
    request, now = Request(), time.time_ns()
    scope = add_resource(request, "shop").scope_spans.add()
    for number in range(count):
        span = scope.spans.add(
            trace_id=marks[number // 10],
            span_id=(number + 1).to_bytes(8),
            parent_span_id=b"\xff" * 8,
            kind=SERVER,
            name="GET /cart",
            start_time_unix_nano=now,
            end_time_unix_nano=now + 1_000_000,
        )
        span.attributes.add(key="note").value.string_value = "x" * (each - span.ByteSize() - 20)
    body = request.SerializeToString()
    places = []
    for mark in marks:
        place = body.find(mark)
        while place >= 0:
            places.append(place)
            place = body.find(mark, place + 1)
    return body, places


def test_a_million_open_spans_stay_within_memory(start):
    collector = start(
        {"limits.settle_wait": "1m", "limits.settle_age": "90s"}, memory="768MiB", lanes=2
    )
    count, requests = 500, 2_000
    body, places = open_spans(count, 500)
    assert 480 * count <= len(body) <= 520 * count and len(places) == count
    body = bytearray(body)
    for number in range(requests):
        for place in places:
            body[place : place + 4] = number.to_bytes(4)
        while collector.post(bytes(body)).status == 429:
            time.sleep(0.1)
    held = "portolan_trace_spans_held"
    collector.wait_until(
        lambda: collector.total(held) == count * requests, 10, "a million spans are open"
    )
    assert collector.total("portolan_traces_settled_early_total") == 0
    cost = collector.total("portolan_trace_bytes") / (count * requests)
    assert cost <= 200, f"an open span takes {cost} bytes"
    peak = collector.resident_bytes("VmHWM")
    assert peak <= 1.25 * 768 * MEBIBYTE + 64 * MEBIBYTE, f"{peak / MEBIBYTE:.0f} MiB at most"
    print(f"a span takes {cost:.0f} bytes; peak memory {peak / MEBIBYTE:.0f} MiB")
