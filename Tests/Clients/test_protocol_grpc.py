"""gRPC as its specification has it: status, deadlines, compression, health, unknown methods."""

import base64
import gzip
import re
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import unquote

import grpc
import pytest
from google.rpc.error_details_pb2 import RetryInfo
from google.rpc.status_pb2 import Status
from grpc_health.v1 import health_pb2, health_pb2_grpc
from opentelemetry.proto.collector.trace.v1.trace_service_pb2_grpc import TraceServiceStub

from otlp import Request, Response, batch
from wires import EXPORT, HTTP2, framed

BODY = batch(3, seed=1).SerializeToString()
OK, DEADLINE, NOT_FOUND, EXHAUSTED, UNIMPLEMENTED, INTERNAL = 0, 4, 5, 8, 12, 13
INVALID, UNAUTHENTICATED = 3, 16


@pytest.fixture
def wire(shared):
    with HTTP2(shared.port("otlp_grpc")) as wire:
        yield wire


@pytest.fixture
def channel(shared):
    with grpc.insecure_channel(f"127.0.0.1:{shared.port('otlp_grpc')}") as channel:
        yield channel


def message_of(stream):
    """The message of a refusal, whose encoding is judged on the way."""
    text = stream.headers.get("grpc-message") or stream.trailers.get("grpc-message", "")
    assert re.fullmatch(r"(?:[ -$&-~]|%[0-9A-Fa-f]{2})*", text), f"not percent-encoded: {text!r}"
    return unquote(text, errors="strict")


def assert_refused(stream, *codes):
    assert stream.headers[":status"] == "200", stream
    assert stream.grpc in codes, stream
    assert message_of(stream), f"a refusal without a message: {stream}"


# Calls that succeed


def test_export_through_the_published_stub(channel):
    assert TraceServiceStub(channel).Export(batch(2, seed=4), timeout=5) == Response()


def test_an_empty_request_succeeds(wire):
    stream = wire.call(b"")
    assert (stream.grpc, stream.body) == (OK, framed(b"")), stream
    assert stream.headers["content-type"].startswith("application/grpc"), stream


@pytest.mark.parametrize("kind", ["application/grpc", "application/grpc+proto"])
def test_both_content_types_are_known(kind, wire):
    number = wire.open_call(content_type=kind)
    wire.write(number, framed(BODY), end=True)
    assert wire.finish(number).grpc == OK


def test_a_message_may_come_in_the_smallest_pieces(wire):
    number = wire.open_call()
    for byte in framed(BODY):
        wire.write(number, bytes([byte]))
    wire.write(number, b"", end=True)
    assert wire.finish(number).grpc == OK


def test_one_connection_carries_calls_at_the_same_time(wire):
    numbers = [wire.open_call() for _ in range(50)]
    for number in reversed(numbers):
        wire.write(number, framed(BODY), end=True)
    assert [wire.finish(number).grpc for number in numbers] == [OK] * 50


def test_many_clients_at_once(shared):
    def work(index):
        with grpc.insecure_channel(f"127.0.0.1:{shared.port('otlp_grpc')}") as channel:
            stub = TraceServiceStub(channel)
            return [stub.Export(batch(5, seed=index), timeout=10) for _ in range(20)]

    before = shared.total("portolan_spans_accepted_total")
    with ThreadPoolExecutor(8) as pool:
        answers = sum(pool.map(work, range(8)), [])
    assert answers == [Response()] * 160
    assert shared.total("portolan_spans_accepted_total") == before + 800


@pytest.mark.parametrize("compression", [grpc.Compression.Gzip, grpc.Compression.Deflate])
def test_a_compressed_message_is_read(compression, channel):
    stub = TraceServiceStub(channel)
    assert stub.Export(batch(9, seed=5), timeout=5, compression=compression) == Response()


def test_bad_spans_are_told_in_the_answer(channel):
    request = batch(3, seed=6)
    request.resource_spans[0].scope_spans[0].spans[1].span_id = b"short"
    partial = TraceServiceStub(channel).Export(request, timeout=5).partial_success
    assert partial.rejected_spans == 1 and partial.error_message, partial


# Calls that are refused


def test_an_error_comes_in_one_header_block_and_nothing_else(wire):
    stream = wire.call(b"hello")
    assert_refused(stream, INVALID)
    assert (stream.body, stream.trailers) == (b"", {}), f"not trailers-only: {stream}"


def test_the_details_of_an_error_repeat_it(channel):
    call = channel.unary_unary(EXPORT)
    with pytest.raises(grpc.RpcError) as refused:
        call(b"\x0a\xff", timeout=5)
    assert refused.value.code() == grpc.StatusCode.INVALID_ARGUMENT
    details = dict(refused.value.trailing_metadata()).get("grpc-status-details-bin")
    if details:
        status = Status.FromString(details)
        assert (status.code, status.message) == (INVALID, refused.value.details())


@pytest.mark.parametrize(
    "method", ["/x", "/", "/a/b", EXPORT + "x", EXPORT.lower(), "/%ff%25/x", "/a/b?c=d"]
)
def test_an_unknown_method_is_unimplemented(method, wire):
    assert_refused(wire.call(b"", method), UNIMPLEMENTED)


@pytest.mark.parametrize("signal", ["metrics", "logs"])
def test_another_signal_is_refused_with_the_way_to_switch_it_off(signal, wire):
    method = f"/opentelemetry.proto.collector.{signal}.v1.{signal.title()}Service/Export"
    stream = wire.call(b"", method)
    assert_refused(stream, UNIMPLEMENTED)
    assert f"OTEL_{signal.upper()}_EXPORTER=none" in message_of(stream), stream


@pytest.mark.parametrize("signal", ["metrics", "logs"])
def test_another_signal_is_discarded_and_counted_when_so_configured(signal, start):
    collector = start({"listen.other_signals": "discard"})
    method = f"/opentelemetry.proto.collector.{signal}.v1.{signal.title()}Service/Export"
    with HTTP2(collector.port("otlp_grpc")) as wire:
        assert wire.call(b"x", method).grpc == OK
    assert collector.total("portolan_other_signals_discarded_total", signal=signal) == 1


def test_a_compressed_message_without_an_encoding_is_an_error_of_the_caller(wire):
    assert_refused(wire.call(gzip.compress(BODY), flag=1), INTERNAL, INVALID)


def test_an_unknown_encoding_is_refused_with_the_known_ones(wire):
    stream = wire.call(BODY, flag=1, headers=[("grpc-encoding", "brotli")])
    assert_refused(stream, UNIMPLEMENTED)
    assert "gzip" in {**stream.headers, **stream.trailers}["grpc-accept-encoding"], stream


@pytest.mark.parametrize("flag", [2, 128, 255])
def test_an_unknown_flag_is_refused(flag, wire):
    assert_refused(wire.call(BODY, flag=flag), INTERNAL, INVALID, UNIMPLEMENTED)


def test_a_compressed_message_that_does_not_unpack_is_refused(wire):
    for end in (1, 5, 20):
        stream = wire.call(gzip.compress(BODY)[:end], flag=1, headers=[("grpc-encoding", "gzip")])
        assert_refused(stream, INVALID, INTERNAL)


@pytest.mark.parametrize(
    "sent",
    [b"", b"\0", b"\0\0\0\0", framed(BODY)[:-1], framed(BODY) * 2, framed(BODY) + b"\0"],
    ids=["no message", "a byte", "four bytes", "a message cut", "two messages", "one and a byte"],
)
def test_anything_but_one_whole_message_is_refused(sent, wire):
    number = wire.open_call()
    wire.write(number, sent, end=True)
    assert_refused(wire.finish(number), INTERNAL, INVALID, UNIMPLEMENTED)


def test_another_content_type_is_no_grpc(wire):
    number = wire.open_call(content_type="application/json")
    wire.write(number, framed(BODY), end=True)
    assert wire.finish(number).headers[":status"] == "415"


@pytest.mark.parametrize("packed", [False, True])
def test_a_message_above_the_limit_is_refused_for_good(packed, start):
    collector = start({"limits.request_body": "1MiB", "limits.decoded_body": "1MiB"})
    body = batch(12_000, seed=7).SerializeToString()
    with HTTP2(collector.port("otlp_grpc")) as wire:
        if packed:
            stream = wire.call(gzip.compress(body), flag=1, headers=[("grpc-encoding", "gzip")])
        else:
            number = wire.open_call()
            wire.write(number, framed(body)[:100])
            stream = wire.finish(number)
    assert_refused(stream, EXHAUSTED)
    assert not retry_info(stream), stream


def retry_info(stream):
    """The RetryInfo of a refusal, if it has one."""
    text = {**stream.headers, **stream.trailers}.get("grpc-status-details-bin")
    if not text:
        return None
    status = Status.FromString(base64.b64decode(text + "=" * (-len(text) % 4)))
    for detail in status.details:
        info = RetryInfo()
        if detail.Unpack(info):
            return info
    return None


@pytest.mark.parametrize("sent", [None, "Bearer wrong", "Bearer", "secret"])
def test_a_wrong_token_is_refused(sent, start):
    collector = start({"listen.otlp_grpc.token": "secret"})
    headers = [("authorization", sent)] if sent else []
    with HTTP2(collector.port("otlp_grpc")) as wire:
        assert_refused(wire.call(BODY, headers=headers), UNAUTHENTICATED)
        assert wire.call(BODY, headers=[("authorization", "Bearer secret")]).grpc == OK


# Deadlines


@pytest.mark.parametrize("value, seconds", [("100m", 0.1), ("1S", 1), ("200000u", 0.2), ("1n", 0)])
def test_a_deadline_ends_a_call_whose_message_does_not_come(value, seconds, wire):
    number, began = wire.open_call(headers=[("grpc-timeout", value)]), time.monotonic()
    stream = wire.finish(number)
    took = time.monotonic() - began
    assert stream.reset is not None or stream.grpc == DEADLINE, stream
    assert seconds * 0.9 <= took <= seconds + 1, f"after {took:.2f} s"


@pytest.mark.parametrize("value", ["1H", "99999999S", "99999999H", "5M"])
def test_a_long_deadline_changes_nothing(value, wire):
    assert wire.call(BODY, headers=[("grpc-timeout", value)]).grpc == OK


@pytest.mark.parametrize("value", ["", "S", "1", "-1S", "1x", "999999999S", "1.5S", "1 S"])
def test_a_deadline_that_is_none_is_refused_or_passed_over(value, wire):
    stream = wire.call(BODY, headers=[("grpc-timeout", value)])
    assert stream.grpc in (OK, INVALID, INTERNAL), stream
    assert wire.call(BODY).grpc == OK


# Health


@pytest.mark.parametrize("service", ["", EXPORT.split("/")[1]])
def test_health_says_serving(service, channel):
    request = health_pb2.HealthCheckRequest(service=service)
    answer = health_pb2_grpc.HealthStub(channel).Check(request, timeout=5)
    assert answer.status == health_pb2.HealthCheckResponse.SERVING


def test_health_of_an_unknown_service_is_not_found(channel):
    stub, request = health_pb2_grpc.HealthStub(channel), health_pb2.HealthCheckRequest(service="x")
    with pytest.raises(grpc.RpcError) as refused:
        stub.Check(request, timeout=5)
    assert refused.value.code() == grpc.StatusCode.NOT_FOUND
    watch = stub.Watch(request, timeout=5)
    assert next(watch).status == health_pb2.HealthCheckResponse.SERVICE_UNKNOWN
    watch.cancel()


def test_watching_health_tells_when_draining_begins(start):
    collector = start()
    with grpc.insecure_channel(f"127.0.0.1:{collector.port('otlp_grpc')}") as channel:
        watch = health_pb2_grpc.HealthStub(channel).Watch(
            health_pb2.HealthCheckRequest(), timeout=9
        )
        assert next(watch).status == health_pb2.HealthCheckResponse.SERVING
        collector.process.terminate()
        seen = []
        try:
            seen += [answer.status for answer in watch]
        except grpc.RpcError as ended:
            assert ended.code() in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED), ended
        assert seen in ([health_pb2.HealthCheckResponse.NOT_SERVING], []), seen


def test_a_request_is_what_the_wire_says(shared, wire):
    """Unknown fields and repeated parts of one message are no error over gRPC either."""
    assert wire.call(BODY + b"\xc2\x3e\x06future").grpc == OK
    assert Request.FromString(BODY + BODY), "two requests in a row are one larger request"
    before = shared.total("portolan_spans_accepted_total")
    assert wire.call(BODY + BODY).grpc == OK
    assert shared.total("portolan_spans_accepted_total") == before + 6
