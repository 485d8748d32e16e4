"""HTTP/1.1, and HTTP/2 with prior knowledge: framing, encodings, methods, sizes, who may ask."""

import gzip
import json
import socket
import zlib
from pathlib import Path

import pytest
import zstandard
from google.rpc.status_pb2 import Status

from otlp import JSON, PROTOBUF, batch, facts, to_json
from wires import HTTP1, HTTP2, Closed, chunked, post

BODY = batch(3, seed=1).SerializeToString()
# What the kernel may hold of what a connection sends, rounded up.
SENDING_MIB = int(Path("/proc/sys/net/ipv4/tcp_wmem").read_text().split()[2]) >> 20
ORIGINS = {"listen.otlp_http.cors_origins": "https://shop.example"}


@pytest.fixture
def wire(shared):
    with HTTP1(shared.port("otlp_http")) as wire:
        yield wire


def head(*lines):
    return "\r\n".join(lines).encode() + b"\r\n\r\n"


CHUNKED = head(
    "POST /v1/traces HTTP/1.1",
    "Host: x",
    f"Content-Type: {PROTOBUF}",
    "Transfer-Encoding: chunked",
)


# Framing


@pytest.mark.parametrize("size", [1, 7, 4096])
def test_a_chunked_body_is_read(size, wire):
    assert wire.ask(CHUNKED + chunked(BODY, size)).status == 200


def test_chunk_extensions_and_trailers_are_passed_over(wire):
    body = b'%x;name="a;b"\r\n%s\r\n0\r\nX-Trailer: 1\r\n\r\n' % (len(BODY), BODY)
    assert wire.ask(CHUNKED + body).status == 200
    assert wire.ask(post(BODY)).status == 200, "the connection is in step afterwards"


def test_a_request_that_comes_byte_by_byte_is_read(wire):
    for byte in post(BODY):
        wire.send(bytes([byte]))
    assert wire.answer().status == 200


def test_pipelined_requests_are_answered_in_order(wire):
    kinds = [PROTOBUF, JSON, PROTOBUF, JSON]
    bodies = {PROTOBUF: BODY, JSON: b"{}"}
    wire.send(b"".join(post(bodies[kind], content_type=kind) for kind in kinds))
    answers = [wire.answer() for _ in kinds]
    assert [answer.headers["content-type"] for answer in answers] == kinds
    assert {answer.status for answer in answers} == {200}


def test_pipelined_answers_that_wait_are_bounded_and_none_is_lost(start):
    """Requests without an end, no answer read for a while: reading stops, and goes on later."""
    collector, request = start(), post(b"")
    with HTTP1(collector.port("otlp_http"), seconds=1, receive_buffer=4096) as wire:
        sent, stuck = 0, False
        while not stuck:
            try:
                sent += wire.socket.send((request * 100)[sent % len(request) :])
            except TimeoutError:
                stuck = True
        answered = collector.total("portolan_requests_total", listener="otlp_http")
        wire.seconds = 5
        size = len(wire.take_line()) + 2
        while line := wire.take_line():
            size += len(line) + 2
        waiting = (answered * (size + 2)) >> 20
        assert waiting <= 1 + 1 + SENDING_MIB, f"{waiting} MiB of answers wait"
        assert answered < sent // len(request), "all was read, nothing was held back"
        for _ in range(sent // len(request) - 1):
            assert wire.answer().status == 200


def test_a_connection_serves_many_requests(wire, shared):
    before = shared.total("portolan_connections_total", listener="otlp_http")
    assert {wire.ask(post(BODY)).status for _ in range(200)} == {200}
    assert shared.total("portolan_connections_total", listener="otlp_http") <= before + 1


def test_connection_close_is_honoured(wire):
    answer = wire.ask(post(BODY, "Connection: close"))
    assert (answer.status, answer.headers["connection"].lower()) == (200, "close")
    assert wire.closed_within(2) is not None, "still open after 'Connection: close'"


def test_http_1_0_gets_one_answer(wire):
    wire.send(post(BODY).replace(b"HTTP/1.1", b"HTTP/1.0"))
    assert wire.closed_within(2) is not None, "still open after HTTP/1.0"
    assert b" 200 " in wire.buffer.split(b"\r\n")[0]


def test_expect_100_continue_is_answered_before_the_body(wire):
    request = post(BODY, "Expect: 100-continue")
    wire.send(request.removesuffix(BODY))
    assert wire.answer().status == 100
    wire.send(BODY)
    assert wire.answer().status == 200


def test_a_body_that_is_refused_anyway_is_not_asked_for(start):
    collector = start({"limits.request_body": "1MiB"})
    with HTTP1(collector.port("otlp_http")) as wire:
        wire.send(post(b"", "Expect: 100-continue").replace(b"Length: 0", b"Length: 2000000"))
        assert wire.answer().status == 413


def test_an_unknown_expectation_is_refused(wire):
    assert wire.ask(post(BODY, "Expect: a-miracle")).status == 417


def test_a_query_and_an_absolute_target_name_the_same_path(wire):
    assert wire.ask(post(BODY, path="/v1/traces?from=test")).status == 200
    assert wire.ask(post(BODY, path="http://127.0.0.1/v1/traces")).status == 200


def test_both_loopback_addresses_are_served(shared):
    for listener in ("otlp_grpc", "otlp_http", "web"):
        for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
            with socket.socket(family) as probe:
                probe.settimeout(2)
                probe.connect((address, shared.port(listener)))


@pytest.mark.parametrize("listener", ["otlp_http", "web"])
def test_http_2_with_prior_knowledge(listener, shared):
    with HTTP2(shared.port(listener)) as wire:
        if listener == "web":
            assert wire.request("GET", "/healthz").headers[":status"] == "200"
        else:
            for _ in range(3):
                stream = wire.request("POST", "/v1/traces", BODY, [("content-type", PROTOBUF)])
                assert (stream.headers[":status"], stream.body) == ("200", b""), stream


def test_http_2_bodies_larger_than_all_windows(shared):
    body = batch(20_000, seed=2).SerializeToString()
    assert len(body) > 1 << 20
    with HTTP2(shared.port("otlp_http"), seconds=20) as wire:
        stream = wire.request("POST", "/v1/traces", body, [("content-type", PROTOBUF)])
    assert stream.headers[":status"] == "200", stream


# Encodings and types


def raw_deflate(body):
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(body) + packer.flush()


ENCODED = {
    "gzip": ("gzip", gzip.compress(BODY)),
    "x-gzip": ("x-gzip", gzip.compress(BODY)),
    "gzip in capitals": ("GZIP", gzip.compress(BODY)),
    "gzip with a name": (
        "gzip",
        b"\x1f\x8b\x08\x08" + b"\0" * 6 + b"name\0" + gzip.compress(BODY)[10:],
    ),
    "gzip of two members": ("gzip", gzip.compress(BODY[:40]) + gzip.compress(BODY[40:])),
    "deflate": ("deflate", zlib.compress(BODY)),
    "deflate without a header": ("deflate", raw_deflate(BODY)),
    "zstd": ("zstd", zstandard.compress(BODY)),
    "zstd of two frames": ("zstd", zstandard.compress(BODY[:40]) + zstandard.compress(BODY[40:])),
    "zstd of unknown size": (
        "zstd",
        zstandard.ZstdCompressor(write_content_size=False).compress(BODY),
    ),
    "identity": ("identity", BODY),
}


@pytest.mark.parametrize("name", ENCODED)
def test_an_encoding_is_undone(name, shared):
    encoding, body = ENCODED[name]
    before = shared.total("portolan_spans_accepted_total")
    answer = shared.post(body, encoding=encoding)
    assert answer.status == 200, answer
    assert shared.total("portolan_spans_accepted_total") == before + 3


@pytest.mark.parametrize("encoding", ["br", "snappy-ish", "gzip, gzip", "gzip;q=1"])
def test_an_unknown_encoding_is_refused_with_the_known_ones(encoding, shared):
    answer = shared.post(BODY, encoding=encoding)
    assert answer.status == 415, answer
    assert {"gzip", "zstd"} <= set(
        answer.headers.get("accept-encoding", "").replace(" ", "").split(",")
    )


@pytest.mark.parametrize("kind", [f"{JSON}; charset=utf-8", "Application/JSON", f"{JSON};x=y"])
def test_a_content_type_may_have_capitals_and_parameters(kind, shared):
    assert shared.post(to_json(batch(1)).encode(), kind).status == 200


@pytest.mark.parametrize("kind", ["text/plain", "application/jsonp", "application/grpc", "", "/"])
def test_an_unknown_content_type_is_refused(kind, shared):
    answer = shared.post(BODY, kind)
    assert answer.status == 415, answer


# Methods and paths


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_another_method_is_refused_with_the_allowed_one(method, shared):
    answer = shared.request(method, "/v1/traces", body=None if method == "GET" else BODY)
    assert answer.status == 405 and "POST" in answer.headers["allow"], answer


def test_head_is_answered_without_a_body(shared):
    with HTTP1(shared.port("web")) as wire:
        wire.send(head("HEAD /healthz HTTP/1.1", "Host: 127.0.0.1"))
        assert wire.answer(head_only=True).status == 200
        wire.send(head("HEAD /nowhere HTTP/1.1", "Host: 127.0.0.1"))
        assert wire.answer(head_only=True).status == 404
    with HTTP1(shared.port("otlp_http")) as wire:
        wire.send(head("HEAD /v1/traces HTTP/1.1", "Host: x"))
        assert wire.answer(head_only=True).status == 405


@pytest.mark.parametrize(
    "path", ["/", "/v1", "/v1/traces/", "/v1/traces/x", "/V1/TRACES", "//v1/traces"]
)
def test_an_unknown_path_is_not_found(path, shared):
    assert shared.post(BODY, path=path).status == 404


@pytest.mark.parametrize("signal", ["metrics", "logs"])
@pytest.mark.parametrize("kind", [PROTOBUF, JSON])
def test_another_signal_is_refused_with_the_way_to_switch_it_off(signal, kind, shared):
    answer = shared.post(b"", kind, path=f"/v1/{signal}")
    assert answer.status == 404, answer
    message = answer.json()["message"] if kind == JSON else Status.FromString(answer.body).message
    assert f"OTEL_{signal.upper()}_EXPORTER=none" in message, answer


@pytest.mark.parametrize("signal", ["metrics", "logs"])
def test_another_signal_is_discarded_and_counted_when_so_configured(signal, start):
    collector = start({"listen.other_signals": "discard"})
    answer = collector.post(b"", path=f"/v1/{signal}")
    assert (answer.status, answer.headers["content-type"]) == (200, PROTOBUF), answer
    assert collector.total("portolan_other_signals_discarded_total", signal=signal) == 1


# Sizes


def too_large():
    big = batch(6_000, seed=3).SerializeToString()
    small = batch(1, seed=3).SerializeToString()
    return {
        "announced": post(b"").replace(b"Length: 0", b"Length: 1048577"),
        "announced as 2^63": post(b"").replace(b"Length: 0", b"Length: 9223372036854775808"),
        "plain": post(big + small * 4_000),
        "chunked": CHUNKED + chunked(b"\0" * (1 << 21), 65_536),
        "gzip": post(gzip.compress(big * 4), "Content-Encoding: gzip"),
        "zstd": post(zstandard.compress(big * 4), "Content-Encoding: zstd"),
    }


@pytest.mark.parametrize("name", too_large())
def test_a_body_above_the_limit_is_refused_for_good(name, start):
    collector = start({"limits.request_body": "1MiB", "limits.decoded_body": "1MiB"})
    with HTTP1(collector.port("otlp_http")) as wire:
        try:
            wire.send(too_large()[name])
        except Closed:
            pass
        answer = wire.answer()
    assert answer.status == 413 or (name.endswith("2^63") and answer.status == 400), answer
    assert "retry-after" not in answer.headers, answer
    assert Status.FromString(answer.body).message, answer
    assert collector.total("portolan_requests_refused_total", listener="otlp_http") == 1


@pytest.mark.parametrize("count, size", [(1, 100_000), (10_000, 1)], ids=["long", "many"])
def test_a_head_above_the_limit_is_refused(count, size, start):
    collector = start({"limits.header_bytes": "16KiB"})
    lines = [f"X-{index}: {'y' * size}" for index in range(count)]
    with HTTP1(collector.port("otlp_http")) as wire:
        try:
            wire.send(post(BODY, *lines))
        except Closed:
            pass
        assert wire.answer().status == 431
        assert wire.closed_within(2) is not None


# Who may ask


def test_without_configured_origins_no_page_may_read(shared):
    answer = shared.post(BODY, headers={"Origin": "https://shop.example"})
    assert not [name for name in answer.headers if name.startswith("access-control")], answer
    asked = {"Origin": "https://shop.example", "Access-Control-Request-Method": "POST"}
    answer = shared.request("OPTIONS", "/v1/traces", headers=asked)
    assert not [name for name in answer.headers if name.startswith("access-control")], answer


def test_a_configured_origin_may_send_after_asking(start):
    collector = start(ORIGINS)
    asked = {
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type",
    }
    asked["Origin"] = "https://shop.example"
    answer = collector.request("OPTIONS", "/v1/traces", headers=asked)
    assert answer.status in (200, 204), answer
    assert answer.headers["access-control-allow-origin"] == "https://shop.example", answer
    assert "POST" in answer.headers["access-control-allow-methods"], answer
    assert "content-type" in answer.headers["access-control-allow-headers"].lower(), answer
    assert "origin" in answer.headers["vary"].lower(), answer
    answer = collector.post(BODY, headers={"Origin": "https://shop.example"})
    assert answer.headers["access-control-allow-origin"] == "https://shop.example", answer
    answer = collector.post(BODY, headers={"Origin": "https://evil.example"})
    assert "access-control-allow-origin" not in answer.headers, answer


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "[::1]", "LOCALHOST", "127.0.0.1:{port}"]
)
def test_the_web_listener_answers_to_its_own_names(host, shared):
    host = host.format(port=shared.port("web"))
    assert shared.get("/healthz", headers={"Host": host}).status == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "127.0.0.1.evil.example"},
        {"Host": "localhost@evil.example"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
@pytest.mark.parametrize("path", ["/api/v1/recent", "/metrics"])
def test_the_web_listener_refuses_another_host_or_origin(headers, path, shared):
    answer = shared.get(path, headers=headers)
    assert answer.status in (403, 421), answer
    assert b"resourceSpans" not in answer.body and b"portolan_" not in answer.body, answer


def test_a_problem_on_the_web_listener_says_where_and_what(shared):
    answer = shared.get("/api/v1/nothing")
    assert (answer.status, answer.headers["content-type"]) == (404, "application/problem+json"), (
        answer
    )
    assert answer.json()["title"] or answer.json()["detail"]
    answer = shared.request("POST", "/api/v1/recent", listener="web", body=b"x")
    assert (answer.status, "GET" in answer.headers["allow"]) == (405, True), answer


@pytest.mark.parametrize(
    "sent", [None, "Bearer wrong", "Bearer ", "Bearer secre", "Basic secret", "secret"]
)
def test_a_wrong_token_is_refused(sent, start):
    collector = start({"listen.otlp_http.token": "secret"})
    headers = {"Authorization": sent} if sent else {}
    answer = collector.post(BODY, headers=headers)
    assert answer.status == 401 and answer.headers["www-authenticate"].startswith("Bearer"), answer
    assert Status.FromString(answer.body).code == 16, answer
    assert "secret" not in collector.log()
    assert facts(collector.recent()) == []


@pytest.mark.parametrize("path", ["/v1/traces", "/v1/metrics"])
def test_the_body_of_a_refused_request_is_thrown_away(path, start):
    """However late it comes, and whatever comes behind it."""
    collector = start({"listen.otlp_http.token": "secret"})
    with HTTP1(collector.port("otlp_http")) as wire:
        request = post(BODY, path=path)
        wire.send(request.removesuffix(BODY))
        assert wire.answer().status in (401, 404)
        try:
            for byte in BODY + post(BODY, "Authorization: Bearer secret"):
                wire.send(bytes([byte]))
        except Closed:
            pass
        assert wire.closed_within(5) is not None
    assert collector.total("portolan_spans_received_total") == 0
    assert collector.total("portolan_requests_total", listener="otlp_http") == 1
    assert facts(collector.recent()) == []


def test_the_right_token_is_let_in(start):
    collector = start({"listen.otlp_http.token": "secret"})
    assert collector.post(BODY, headers={"Authorization": "Bearer secret"}).status == 200
    assert collector.post(BODY, headers={"authorization": "bearer secret"}).status == 200
    assert len(facts(collector.recent())) == 6


def test_recent_spans_are_json_and_a_list_even_when_there_are_none(collector):
    for count in (0, 3):
        answer = collector.get("/api/v1/recent")
        assert answer.headers["content-type"].startswith(JSON)
        assert len(facts(json.loads(answer.body)["resourceSpans"])) == count, answer
        collector.post(BODY)
        collector.wait_until(collector.recent, 3, "the spans arrive")
