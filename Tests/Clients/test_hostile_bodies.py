"""Bodies made to exhaust or to crash the reader, with an honest client beside."""

import gzip
import json
import random
import struct
import time
import zlib

import pytest
import zstandard

from collector import Collector
from hostile import ATTACKER, LIMITS, MEMORY, honest_client_beside, in_parallel
from otlp import JSON, PROTOBUF, Request, Response, batch, facts, to_json
from wires import HTTP1, HTTP2, Closed, post

BODY = batch(3, seed=1).SerializeToString()
GIB = 1 << 30


@pytest.fixture(scope="module")
def target(tmp_path_factory):
    with Collector(tmp_path_factory.mktemp("target"), LIMITS, memory=MEMORY) as collector:
        yield collector


def answer_to(target, body, *headers, content_type=PROTOBUF):
    """The answer to one attacking request; None if the connection was closed without."""
    with HTTP1(target.port("otlp_http"), seconds=20, source=ATTACKER) as wire:
        try:
            wire.send(post(body, *headers, content_type=content_type))
        except Closed:
            pass
        try:
            return wire.answer()
        except Closed:
            return None


# Bombs


def squeezed(packer, blocks=1024):
    """A gibibyte of zeros through a streaming compressor."""
    block = bytes(GIB // blocks)
    return b"".join(packer.compress(block) for _ in range(blocks)) + packer.flush()


BOMBS = {
    "gzip": ("gzip", lambda: squeezed(zlib.compressobj(9, wbits=31))),
    "gzip of 64 members": ("gzip", lambda: gzip.compress(bytes(GIB // 64)) * 64),
    "gzip of a million members": ("gzip", lambda: gzip.compress(b"") * 800_000),
    "deflate": ("deflate", lambda: squeezed(zlib.compressobj(9))),
    "zstd": ("zstd", lambda: squeezed(zstandard.ZstdCompressor(1).compressobj())),
    "zstd of many frames": ("zstd", lambda: zstandard.compress(bytes(GIB // 256)) * 256),
    "zstd of empty frames": ("zstd", lambda: zstandard.compress(b"") * 800_000),
    "zstd of skippable frames": ("zstd", lambda: struct.pack("<II", 0x184D2A50, 0) * 1_500_000),
    "gzip of real spans, one body over and over": (
        "gzip",
        lambda: gzip.compress(batch(100, seed=9).SerializeToString() * 30_000, 1),
    ),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_while_it_unpacks(name, target):
    encoding, make = BOMBS[name]
    bomb = make()
    with honest_client_beside(target):
        answers = in_parallel(
            64, lambda _: answer_to(target, bomb, f"Content-Encoding: {encoding}")
        )
    statuses = {answer and answer.status for answer in answers}
    allowed = {408, 413, 429, None}
    if "empty" in name or "skippable" in name or "million" in name:
        allowed |= {200, 400}
    assert statuses <= allowed, f"{len(bomb)} bytes of {name}: {statuses}, {answers[0]}"


def test_a_bomb_over_grpc_is_refused_for_good(target):
    bomb = squeezed(zlib.compressobj(9, wbits=31))

    def call(_):
        with HTTP2(target.port("otlp_grpc"), seconds=20, source=ATTACKER) as wire:
            return wire.call(bomb, flag=1, headers=[("grpc-encoding", "gzip")]).grpc

    with honest_client_beside(target):
        statuses = set(in_parallel(16, call))
    assert statuses == {8}, f"gRPC statuses {statuses}"


def zstd_frame(window_log, content_size=None, body=b""):
    """A frame whose header announces a window, or a size, that its content does not need."""
    if content_size is None:
        head = b"\x00" + bytes([(window_log - 10) << 3])
    else:
        head = b"\xe0" + struct.pack("<Q", content_size)
    block = struct.pack("<I", 1 | len(body) << 3)[:3]
    return b"\x28\xb5\x2f\xfd" + head + block + body


LIES = {
    "a zstd window of 2 GiB": ("zstd", zstd_frame(31, body=BODY), {400, 413}),
    "a zstd window of 128 MiB": ("zstd", zstd_frame(27, body=BODY), {200, 400, 413}),
    "a zstd size of 2^62": ("zstd", zstd_frame(0, 1 << 62, BODY), {400, 413}),
    "a zstd size one too large": ("zstd", zstd_frame(0, len(BODY) + 1, BODY), {400}),
    "a gzip size that is wrong": ("gzip", gzip.compress(BODY)[:-4] + b"\xff" * 4, {400}),
    "a gzip header without an end": (
        "gzip",
        b"\x1f\x8b\x08\x08" + b"\0" * 6 + b"x" * 5_000_000,
        {400, 413},
    ),
    "a deflate check sum that is wrong": ("deflate", zlib.compress(BODY)[:-1] + b"\xff", {400}),
    "gzip with rubbish after it": ("gzip", gzip.compress(BODY) + b"rubbish", {400}),
    "zstd with rubbish after it": ("zstd", zstandard.compress(BODY) + b"rubbish", {400}),
    "rubbish": ("zstd", random.Random(1).randbytes(100_000), {400}),
}


@pytest.mark.parametrize("name", LIES)
def test_a_lie_about_the_size_is_refused(name, target):
    encoding, body, allowed = LIES[name]
    before = target.resident_bytes()
    answer = answer_to(target, body, f"Content-Encoding: {encoding}")
    assert answer and answer.status in allowed, answer
    assert target.resident_bytes() < before + (160 << 20), (
        "memory was taken for what was only announced"
    )


# Depth


def varint(number):
    out = b""
    while number > 127:
        out, number = out + bytes([number & 127 | 128]), number >> 7
    return out + bytes([number])


def nested(pairs):
    """Length-prefixed fields around each other, the innermost first: linear in their number."""
    pieces, length = [], 0
    for tag in pairs:
        piece = tag + varint(length)
        pieces.append(piece)
        length += len(piece)
    return b"".join(reversed(pieces))


def field(tag, content):
    return tag + varint(len(content)) + content


def request_with(span_field):
    """A request of one good span to which a raw field is added."""
    span = b"\x0a\x10" + b"\1" * 16 + b"\x12\x08" + b"\1" * 8 + b"\x2a\x04deep" + span_field
    return field(b"\x0a", field(b"\x12", field(b"\x12", span)))


ARRAY, LIST, PAIR, VALUE = b"\x2a", b"\x32", b"\x0a", b"\x12"


def deep_protobuf(kind, depth):
    """An attribute whose value is so deep: arrays, key-value lists, or both in turn."""
    levels = {"array": [[PAIR, ARRAY]], "kvlist": [[VALUE, PAIR, LIST]]}
    levels["mixed"] = levels["array"] + levels["kvlist"]
    turn = levels[kind]
    inner = nested([tag for level in range(depth) for tag in turn[level % len(turn)]])
    return request_with(field(b"\x4a", b"\x0a\x01k" + field(VALUE, inner)))


def deep_groups(depth):
    return request_with(b"\xb3\x38" * depth + b"\xb4\x38" * depth)


def deep_json(kind, depth):
    head = '{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"%s","spanId":"%s",' % (
        "1" * 32,
        "1" * 16,
    )
    opened = {
        "array": ('{"arrayValue":{"values":[', "]}}"),
        "kvlist": ('{"kvlistValue":{"values":[{"key":"k","value":', "}]}}"),
        "unknown": ('[{"x":', "}]"),
    }
    start, end = opened[kind]
    leaf = "1" if kind == "unknown" else "{}"
    value = start * depth + leaf + end * depth
    attribute = '"future":%s' if kind == "unknown" else '"attributes":[{"key":"k","value":%s}]'
    return (head + attribute % value + "}]}]}]}").encode()


DEPTHS = [65, 1_000, 20_000, 200_000]
DEEP = {
    f"{name} {depth} deep": (make, kind, depth)
    for depth in DEPTHS
    for name, make, kind in [
        ("protobuf arrays", lambda d: deep_protobuf("array", d), PROTOBUF),
        ("protobuf lists", lambda d: deep_protobuf("kvlist", d), PROTOBUF),
        ("protobuf values", lambda d: deep_protobuf("mixed", d), PROTOBUF),
        ("unknown groups", deep_groups, PROTOBUF),
        ("JSON arrays", lambda d: deep_json("array", d), JSON),
        ("JSON lists", lambda d: deep_json("kvlist", d), JSON),
        ("unknown JSON", lambda d: deep_json("unknown", d), JSON),
    ]
}


@pytest.mark.parametrize("name", DEEP)
def test_what_is_too_deep_is_refused_whatever_its_depth(name, target):
    make, kind, depth = DEEP[name]
    body, began = make(depth), time.monotonic()
    answer = answer_to(target, body, content_type=kind)
    assert target.is_alive(), f"{name} killed it\n{target.log_tail()}"
    assert time.monotonic() - began < 2, "took too long"
    assert answer and answer.status in (200, 400, 413), f"{name}, {len(body)} bytes: {answer}"
    if answer.status == 200 and not name.startswith("unknown"):
        partial = (
            answer.json()["partialSuccess"] if kind == JSON else Response.FromString(answer.body)
        )
        count = partial["rejectedSpans"] if kind == JSON else partial.partial_success.rejected_spans
        assert int(count) == 1, f"{name}: {answer}"


def test_depths_are_refused_while_others_work(target):
    bodies = [(make(depth), kind) for make, kind, depth in DEEP.values() if depth >= 20_000]
    with honest_client_beside(target):
        in_parallel(8, lambda _: [answer_to(target, b, content_type=kind) for b, kind in bodies])


@pytest.mark.parametrize("make, kind", [(deep_protobuf, PROTOBUF), (deep_json, JSON)])
@pytest.mark.parametrize("shape", ["array", "kvlist"])
def test_a_value_within_the_depth_is_taken(make, kind, shape, start):
    collector = start()
    answer = collector.post(make(shape, 60), kind)
    assert (answer.status, answer.body) in ((200, b""), (200, b"{}")), answer
    collector.wait_until(lambda: len(facts(collector.recent())) == 1, 3, "the span arrives")


# Lengths and truncation


LENGTHS = [2**31 - 1, 2**31, 2**32 - 1, 2**32, 2**62, 2**63 - 1, 2**63, 2**64 - 1]
PATHS = {
    "a request": [],
    "a resource": [b"\x0a"],
    "a scope": [b"\x0a", b"\x12"],
    "a span": [b"\x0a", b"\x12", b"\x12"],
    "an attribute": [b"\x0a", b"\x12", b"\x12", b"\x4a"],
    "a value": [b"\x0a", b"\x12", b"\x12", b"\x4a", b"\x12"],
}


@pytest.mark.parametrize("where", PATHS)
def test_a_length_that_lies_is_refused(where, target):
    before = target.resident_bytes()
    for length in LENGTHS:
        body = b"\x0a" + varint(length) + b"abc"
        for tag in reversed(PATHS[where]):
            body = field(tag, body)
        answer = answer_to(target, body)
        assert answer and answer.status == 400, f"{length} within {where}: {answer}"
    assert target.resident_bytes() < before + (64 << 20)


def test_varints_without_an_end_are_refused(target):
    for body in (
        b"\x80" * 9,
        b"\x80" * 10,
        b"\x80" * 11,
        b"\xff" * 5_000_000,
        b"\x0a" + b"\xff" * 10,
    ):
        answer = answer_to(target, body)
        assert answer and answer.status == 400, f"{len(body)} bytes {body[:12].hex()}: {answer}"


def test_a_protobuf_body_cut_anywhere_is_judged_as_the_reference_judges_it(target):
    for end in range(len(BODY)):
        try:
            Request.FromString(BODY[:end])
            allowed = 200
        except Exception:  # the reference's own error type depends on its build
            allowed = 400
        answer = target.post(BODY[:end])
        assert answer.status == allowed, f"cut to {end} of {len(BODY)} bytes: {answer}"


def test_a_json_body_cut_anywhere_is_refused(target):
    body = to_json(batch(1, seed=2)).encode()
    for end in range(len(body)):
        answer = target.post(body[:end], JSON)
        assert answer.status == 400, f"cut to {end} of {len(body)} bytes: {answer}"


# Many small things


def repeated(tag, content, wrap):
    """As many empty messages as fit below the limit of a body."""
    body = field(tag, content) * 3_000_000
    for outer in reversed(wrap):
        body = field(outer, body)
    return body


def good_span(name=b"x"):
    return b"\x0a\x10" + b"\1" * 16 + b"\x12\x08" + b"\1" * 8 + field(b"\x2a", name)


SPAN = [b"\x0a", b"\x12", b"\x12"]
MANY = {
    "empty resources": lambda: (repeated(b"\x0a", b"", []), PROTOBUF),
    "empty scopes": lambda: (repeated(b"\x12", b"", [b"\x0a"]), PROTOBUF),
    "empty spans": lambda: (repeated(b"\x12", b"", [b"\x0a", b"\x12"]), PROTOBUF),
    "small good spans": lambda: (
        field(b"\x0a", field(b"\x12", field(b"\x12", good_span()) * 400_000)),
        PROTOBUF,
    ),
    "empty attributes": lambda: (repeated(b"\x4a", b"", SPAN), PROTOBUF),
    "empty events": lambda: (repeated(b"\x5a", b"", SPAN), PROTOBUF),
    "empty links": lambda: (repeated(b"\x6a", b"", SPAN), PROTOBUF),
    "empty values": lambda: (repeated(b"\x0a", b"", [*SPAN, b"\x4a", b"\x12", b"\x2a"]), PROTOBUF),
    "resource attributes": lambda: (repeated(b"\x0a", b"", [b"\x0a", b"\x0a"]), PROTOBUF),
    "unknown fields": lambda: (b"\xc8\x3e\x07" * 3_000_000, PROTOBUF),
    "JSON objects": lambda: (many_json("{}", 3_000_000), JSON),
    "JSON spans": lambda: (many_json(json_span(), 150_000), JSON),
    "unknown JSON keys": lambda: (b'{"a":[' + b"{}," * 4_000_000 + b"{}]}", JSON),
    "digits": lambda: (b'{"a":' + b"1" * 8_000_000 + b"}", JSON),
    "digits of a time": lambda: (
        many_json('{"startTimeUnixNano":"%s"}' % ("0" * 4_000_000), 1),
        JSON,
    ),
    "escapes": lambda: (b'{"a":"' + b"\\u0041" * 1_200_000 + b'"}', JSON),
    "blanks": lambda: (b" " * 8_000_000 + b"{}", JSON),
    "the same key": lambda: (b"{" + b'"resourceSpans":[],' * 400_000 + b'"x":1}', JSON),
}


def many_json(span, count):
    return (
        '{"resourceSpans":[{"scopeSpans":[{"spans":[' + ",".join([span] * count) + "]}]}]}"
    ).encode()


def json_span():
    return json.dumps({"traceId": "1" * 32, "spanId": "1" * 16, "name": "x"})


@pytest.mark.parametrize("name", MANY)
def test_many_small_things_stay_within_memory_and_time(name, target):
    body, kind = MANY[name]()
    slowest = 0

    def attack(_):
        nonlocal slowest
        began = time.monotonic()
        answer = answer_to(target, body, content_type=kind)
        slowest = max(slowest, time.monotonic() - began)
        return answer

    with honest_client_beside(target):
        answers = in_parallel(4, attack)
    for answer in answers:
        assert answer is None or answer.status in (200, 400, 413, 429), (
            f"{len(body)} bytes of {name}: {answer}"
        )
    assert slowest < 5, f"{len(body)} bytes of {name} took {slowest:.1f} s"
