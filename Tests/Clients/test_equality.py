"""A span is given back as it came in: the reference runtime parses both to the same messages."""

import gzip
import subprocess
import sys
import tarfile

import grpc
import pytest
from google.protobuf import json_format
from opentelemetry.proto.collector.trace.v1.trace_service_pb2_grpc import TraceServiceStub

from collector import MATERIAL
from generator import Requests
from otlp import (
    JSON,
    PROTOBUF,
    Request,
    Response,
    assert_same_spans,
    from_json,
    spans_of,
    to_json,
)

RING = {"limits.recent_bytes": "48MiB"}


@pytest.fixture(scope="module")
def shop_bodies(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bodies")
    script = MATERIAL / "load/makebodies.py"
    arguments = ["--agent", "4", "--sdk", "1", "--seed", "7"]
    subprocess.run([sys.executable, script, folder, *arguments], check=True, capture_output=True)
    return [path.read_bytes() for path in sorted(folder.glob("*.bin"))]


@pytest.fixture(scope="module")
def sample_bodies():
    with tarfile.open(MATERIAL / "ob-sample/ob-sample.otlp.tar") as tar:
        return [gzip.decompress(tar.extractfile(member).read()) for member in tar]


def send(collector, request, kind):
    """Sends a request in one of three ways; what the collector answered, which is to be nothing."""
    if kind == "grpc":
        with grpc.insecure_channel(f"127.0.0.1:{collector.port('otlp_grpc')}") as channel:
            packed = grpc.Compression.Gzip
            return TraceServiceStub(channel).Export(request, timeout=10, compression=packed)
    body = request.SerializeToString() if kind == PROTOBUF else to_json(request).encode()
    answer = collector.post(body, kind)
    assert answer.status == 200, answer
    return (
        json_format.Parse(answer.body, Response())
        if kind == JSON
        else Response.FromString(answer.body)
    )


def given_back(collector, count):
    """All that the collector holds, once it is so many spans."""

    def complete():
        request = from_json(collector.recent())
        return request if len(spans_of(request)) >= count else None

    return collector.wait_until(complete, 10, f"{count} spans in /api/v1/recent")


def check_all(collector, requests, kind):
    everything = Request()
    for index, request in enumerate(requests):
        assert send(collector, request, kind) == Response(), f"body {index}"
        everything.MergeFrom(request)
    assert spans_of(everything), "nothing was sent"
    assert_same_spans(everything, given_back(collector, len(spans_of(everything))), kind)


@pytest.mark.parametrize("kind", [PROTOBUF, JSON])
def test_a_recorded_sample_of_a_real_system(kind, start, sample_bodies):
    check_all(start(RING), map(Request.FromString, sample_bodies[:60]), kind)


@pytest.mark.parametrize("kind", [PROTOBUF, JSON])
def test_the_bodies_of_the_load_generator(kind, start, shop_bodies):
    check_all(start(RING), map(Request.FromString, shop_bodies), kind)


@pytest.mark.parametrize("kind", [PROTOBUF, JSON, "grpc"])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_field_with_every_kind_of_value(seed, kind, start):
    source = Requests(seed)
    check_all(start(RING, lanes=2), [source.request() for _ in range(60)], kind)


def test_values_as_deep_and_as_long_as_the_limits_allow(start):
    collector = start({**RING, "limits.value_bytes": "64KiB"})
    request = Requests(5).request(1)
    deep = spans_of(request)[0].attributes.add(key="deep").value
    for _ in range(40):  # the reference gives up after a hundred messages within each other
        deep = deep.array_value.values.add()
    deep.string_value = "bottom"
    spans_of(request)[0].attributes.add(key="long").value.string_value = "x" * (60 << 10)
    check_all(collector, [request], PROTOBUF)
