"""Mutated bodies: what the reference refuses is refused, what it accepts is accepted and kept.

One difference is a choice: text that is not UTF-8 refuses the spans that it belongs to, by partial
success, where the reference refuses the whole request.
"""

import random

import pytest
from google.protobuf import descriptor_pb2, descriptor_pool, message, message_factory

from generator import Requests
from otlp import Request, Response, assert_same_spans, from_json, service, spans_of


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

    add(service.DESCRIPTOR)
    name = service.ExportTraceServiceRequest.DESCRIPTOR.full_name
    return message_factory.GetMessageClass(pool.FindMessageTypeByName(name))


LAX = lax_request()


def parsed(kind, body):
    try:
        return kind.FromString(body)
    except message.DecodeError:
        return None


def good_spans(lax):
    """The spans that are to be kept, each alone with its resource and scope."""
    kept = Request()
    for resource in lax.resource_spans:
        for scope in resource.scope_spans:
            for span in scope.spans:
                alone = LAX()
                group = alone.resource_spans.add()
                group.CopyFrom(resource)
                del group.scope_spans[:]
                inner = group.scope_spans.add()
                inner.CopyFrom(scope)
                del inner.spans[:]
                inner.spans.add().CopyFrom(span)
                strict = parsed(Request, alone.SerializeToString())
                if strict and has_valid_ids(span):
                    kept.MergeFrom(strict)
    for span in spans_of(kept):
        if not any(span.parent_span_id):
            span.ClearField("parent_span_id")
    kept.DiscardUnknownFields()
    return kept


def has_valid_ids(span):
    lengths = len(span.trace_id), len(span.span_id)
    return lengths == (16, 8) and any(span.trace_id) and any(span.span_id)


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


@pytest.mark.parametrize("seed", range(4))
def test_mutated_bodies_are_judged_as_the_reference_judges_them(seed, start):
    collector = start({"limits.recent_bytes": "48MiB"})
    rng, source, everything = random.Random(seed), Requests(100 + seed), Request()
    counts = {"refused": 0, "accepted": 0, "in part": 0}
    for _ in range(600):
        body = mutated(source.request(2).SerializeToString(), rng)
        answer = collector.post(body)
        lax = parsed(LAX, body)
        shown = f"sent {body.hex()}\ngot {answer}"
        if lax is None:
            assert answer.status == 400, f"the reference refuses this: {shown}"
            counts["refused"] += 1
            continue
        assert answer.status == 200, f"the reference reads this: {shown}"
        kept = good_spans(lax)
        bad = len(spans_of(lax)) - len(spans_of(kept))
        rejected = Response.FromString(answer.body).partial_success.rejected_spans
        assert rejected == bad, f"{bad} spans are bad, {rejected} were refused: {shown}"
        counts["in part" if bad else "accepted"] += 1
        everything.MergeFrom(kept)
    assert all(count > 20 for count in counts.values()), f"too few of one kind: {counts}"
    assert_same_spans(everything, from_json(collector.recent()), "what was accepted")
