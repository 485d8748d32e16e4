"""A span is given back as it came in: the reference runtime parses both to the same messages."""

import gzip
import random
import subprocess
import sys
import tarfile

import pytest
from google.protobuf import descriptor_pb2, descriptor_pool, message, message_factory
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2

from collector import MATERIAL
from generator import Requests
from otlp import (
    JSON,
    PROTOBUF,
    Request,
    Response,
    assert_same_spans,
    flat,
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


def send(collector, request, kind, what):
    body = request.SerializeToString() if kind == PROTOBUF else to_json(request).encode()
    answer = collector.post(body, kind)
    assert answer.status == 200 and answer.body in (b"", b"{}"), f"{what}: {answer}"


def given_back(collector, count):
    """All that the collector holds, once it is so many spans."""

    def complete():
        request = from_json(collector.recent())
        return request if len(spans_of(request)) >= count else None

    return collector.wait_until(complete, 10, f"{count} spans in /api/v1/recent")


def check_all(collector, requests, kind):
    everything = Request()
    for index, request in enumerate(requests):
        send(collector, request, kind, f"body {index}")
        everything.MergeFrom(request)
    assert spans_of(everything), "nothing was sent"
    assert_same_spans(everything, given_back(collector, len(spans_of(everything))), kind)


@pytest.mark.parametrize("kind", [PROTOBUF, JSON])
def test_a_recorded_sample_of_a_real_system(kind, start, sample_bodies):
    check_all(start(RING), map(Request.FromString, sample_bodies[:60]), kind)


@pytest.mark.parametrize("kind", [PROTOBUF, JSON])
def test_the_bodies_of_the_load_generator(kind, start, shop_bodies):
    check_all(start(RING), map(Request.FromString, shop_bodies), kind)


@pytest.mark.parametrize("kind", [PROTOBUF, JSON])
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


# Mutated bodies: what the reference refuses is refused, what it accepts is accepted.


def lax_request():
    """The request message with bytes for every text field, so that only text is not judged."""
    pool = descriptor_pool.DescriptorPool()

    def add(file):
        for dependency in file.dependencies:
            add(dependency)
        proto = descriptor_pb2.FileDescriptorProto()
        file.CopyToProto(proto)
        messages = list(proto.message_type)
        while messages:
            kind = messages.pop()
            messages += kind.nested_type
            for field in kind.field:
                if field.type == field.TYPE_STRING:
                    field.type = field.TYPE_BYTES
        pool.Add(proto)

    add(trace_service_pb2.DESCRIPTOR)
    name = trace_service_pb2.ExportTraceServiceRequest.DESCRIPTOR.full_name
    return message_factory.GetMessageClass(pool.FindMessageTypeByName(name))


def mutated(body, rng):
    """The body with a few bytes changed, cut out, doubled or put in."""
    body = bytearray(body)
    for _ in range(rng.choice([1, 1, 1, 2, 4])):
        at = rng.randrange(len(body))
        match rng.randrange(5):
            case 0:
                body[at] ^= 1 << rng.randrange(8)
            case 1:
                body[at] = rng.choice([0, 1, 0x7F, 0x80, 0xFF, rng.randrange(256)])
            case 2:
                del body[at : at + rng.choice([1, 1, 2, 8])]
            case 3:
                body[at:at] = rng.randbytes(rng.choice([1, 1, 2, 8]))
            case 4:
                body[at:at] = body[at : at + rng.randrange(1, 32)]
        if not body:
            body = bytearray(b"\n")
    return bytes(body)


def parsed(kind, body):
    try:
        return kind.FromString(body)
    except message.DecodeError:
        return None


def identified(request):
    """The spans whose ids OTLP calls valid, with ids of zeros for no parent left out."""
    kept = Request()
    for resource in request.resource_spans:
        group = kept.resource_spans.add()
        group.CopyFrom(resource)
        for scope in group.scope_spans:
            good = [s for s in scope.spans if has_valid_ids(s)]
            del scope.spans[:]
            scope.spans.extend(good)
            for span in scope.spans:
                if not any(span.parent_span_id):
                    span.ClearField("parent_span_id")
    return kept


def has_valid_ids(span):
    return (
        (len(span.trace_id), len(span.span_id)) == (16, 8)
        and any(span.trace_id)
        and any(span.span_id)
        and (len(span.parent_span_id) in (0, 8))
    )


@pytest.mark.parametrize("seed", range(4))
def test_mutated_bodies_are_judged_as_the_reference_judges_them(seed, start):
    collector = start(RING)
    rng, source, lax = random.Random(seed), Requests(100 + seed), lax_request()
    counts = {"refused": 0, "accepted": 0, "not text": 0}
    expected = Request()
    for _ in range(500):
        body = mutated(source.request(2).SerializeToString(), rng)
        answer = collector.post(body)
        reference = parsed(Request, body)
        shown = f"sent {body.hex()}\ngot {answer}"
        if reference is not None:
            counts["accepted"] += 1
            assert answer.status == 200, f"the reference accepts this: {shown}"
            check_count(answer, reference, shown)
            expected.MergeFrom(identified(reference))
        elif parsed(lax, body) is not None:
            counts["not text"] += 1
            assert answer.status in (200, 400), shown
            if answer.status == 200:
                refused = Response.FromString(answer.body).partial_success.rejected_spans
                spans = sum(
                    len(ss.spans)
                    for rs in lax.FromString(body).resource_spans
                    for ss in rs.scope_spans
                )
                assert 0 < refused <= spans or spans == 0, f"text that is no text: {shown}"
        else:
            counts["refused"] += 1
            assert answer.status == 400, f"the reference refuses this: {shown}"
    assert all(count > 20 for count in counts.values()), f"too few of one kind: {counts}"
    check_accepted(expected, collector)


def check_count(answer, reference, shown):
    rejected = Response.FromString(answer.body).partial_success.rejected_spans
    bad = len(spans_of(reference)) - len(spans_of(identified(reference)))
    assert rejected == bad, f"{bad} spans have no valid id, {rejected} were refused: {shown}"


def check_accepted(expected, collector):
    """What the reference accepts is in the ring, equal, beside spans of bodies that are no text."""
    expected.DiscardUnknownFields()
    missing = flat(expected) - flat(given_back(collector, len(spans_of(expected))))
    assert not missing, (
        f"{missing.total()} lost or changed:\n{Request.FromString(next(iter(missing)))}"
    )
