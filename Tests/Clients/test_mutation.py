"""Mutated bodies: what the reference refuses is refused, what it accepts is accepted and kept.

Two differences are a choice. Protobuf text that is not UTF-8 refuses the spans that it belongs to,
by partial success, where the reference refuses the whole request. And JSON of a wrong type is
refused where the reference makes the best of it: `true` for a number, "" for an object.
"""

import json
import random
import re

import pytest
from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message, message_factory

from generator import Requests
from otlp import (
    JSON,
    Request,
    Response,
    assert_same_spans,
    from_json,
    from_tree,
    service,
    spans_of,
    to_json,
)


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


def good_spans(request):
    """The spans that are to be kept, each alone with its resource and scope."""
    kept = Request()
    for resource in request.resource_spans:
        for scope in resource.scope_spans:
            for span in scope.spans:
                alone = type(request)()
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


VALUES = [b"null", b"{}", b"[]", b'""', b"1", b"-1", b"1.5", b"true", b'"x"', b"1e3", b'"NaN"']
VALUES += [b"99999999999999999999", b"1e999", b'"\\u0041"']
VALUE = re.compile(rb'(?<=: )("[^"]{0,40}"|[-+0-9.e]+|true|false|\{\}|\[\])')


def mutated_json(body, rng):
    """The document with some value replaced, or with bytes changed as they are in protobuf."""
    if rng.random() < 0.4:
        return mutated(body, rng)
    for _ in range(rng.choice([1, 1, 2])):
        start, end = rng.choice(list(VALUE.finditer(body))).span()
        body = body[:start] + rng.choice(VALUES) + body[end:]
    return body


def reference_of_json(body):
    try:
        tree = json.loads(body)
        return from_tree(tree, ignore_unknown=True) if isinstance(tree, dict) else None
    except (ValueError, TypeError, AttributeError, OverflowError, json_format.ParseError):
        return None


@pytest.mark.parametrize("seed", range(3))
def test_mutated_json_is_judged_as_the_reference_judges_it(seed, start):
    collector = start({"limits.recent_bytes": "48MiB"})
    rng, source, everything = random.Random(seed), Requests(200 + seed), Request()
    counts = {"refused": 0, "accepted": 0, "refused here alone": 0}
    for _ in range(800):
        body = mutated_json(to_json(source.request(1)).encode(), rng)
        answer = collector.post(body, JSON)
        reference = reference_of_json(body)
        shown = f"sent {body.decode(errors='replace')}\ngot {answer}"
        assert answer.status in (200, 400), shown
        if answer.status == 400:
            counts["refused" if reference is None else "refused here alone"] += 1
            continue
        assert reference is not None, f"the reference refuses this: {shown}"
        kept = good_spans(reference)
        bad = len(spans_of(reference)) - len(spans_of(kept))
        assert int(answer.json().get("partialSuccess", {}).get("rejectedSpans", 0)) == bad, shown
        counts["accepted"] += 1
        everything.MergeFrom(kept)
    assert counts["refused"] > 100 and counts["accepted"] > 100, counts
    assert counts["refused here alone"] < 60, f"stricter than wrong types explain: {counts}"
    assert_same_spans(everything, from_json(collector.recent()), "what was accepted")
