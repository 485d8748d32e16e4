"""Connections that are slow, idle, too many, or that speak HTTP/1.1 in two tongues at once."""

import resource
import socket
import ssl
import time

import pytest

from certificates import Authority
from collector import Collector
from hostile import ATTACKER, LIMITS, MEMORY, honest_client_beside, open_files
from otlp import PROTOBUF, batch
from wires import HTTP1, Closed, Wire, chunked, post

BODY = batch(3, seed=1).SerializeToString()
ROOMY = {"limits.connections": "3000", "limits.connections_per_address": "2500"}


@pytest.fixture(scope="module")
def target(tmp_path_factory):
    folder = tmp_path_factory.mktemp("target")
    with Collector(folder, {**LIMITS, **ROOMY}, memory=MEMORY) as collector:
        yield collector


def many(target, count, listener="otlp_http"):
    """So many connections from the attacker's address; those that were refused are left out."""
    wires = []
    for _ in range(count):
        try:
            wires.append(Wire(target.port(listener), source=ATTACKER))
        except OSError:
            pass
    return wires


def close_all(wires):
    for wire in wires:
        wire.close()


def still_open(wires):
    """Those connections that the collector has not closed."""
    kept = []
    for wire in wires:
        wire.socket.setblocking(False)
        try:
            while wire.socket.recv(1 << 16):
                pass
        except BlockingIOError:
            kept.append(wire)
        except OSError:
            pass
        finally:
            wire.socket.setblocking(True)
    return kept


def drip(wires, data, seconds):
    """One byte a connection every half second, until all are closed or the time is up."""
    end, position = time.monotonic() + seconds, 0
    while wires and time.monotonic() < end:
        for wire in wires:
            try:
                wire.send(data[position : position + 1])
            except Closed:
                pass
        position += 1
        time.sleep(0.5)
        wires = still_open(wires)
    return wires


@pytest.mark.parametrize("listener", ["otlp_http", "otlp_grpc"])
def test_slow_heads_are_cut_off(listener, target):
    with honest_client_beside(target):
        wires = many(target, 500, listener)
        head = (
            b"POST /v1/traces HTTP/1.1\r\nX: " if listener == "otlp_http" else b"PRI * HTTP/2.0\r\n"
        )
        left = drip(wires, head + b"y" * 100, 6)
    assert not left, f"{len(left)} of {len(wires)} connections that drip a head stay open"


def test_slow_bodies_are_cut_off(target):
    with honest_client_beside(target):
        wires = many(target, 500)
        for wire in wires:
            wire.send(post(BODY)[:-100])
        left = drip(wires, BODY, 8)
    assert not left, f"{len(left)} of {len(wires)} connections that drip a body stay open"


def test_two_thousand_idle_connections_cost_the_others_nothing(target):
    with honest_client_beside(target):
        wires = many(target, 2_000)
        assert len(wires) == 2_000
        time.sleep(5)
        left = still_open(wires)
    assert not left, f"{len(left)} idle connections outlive the idle time"
    close_all(wires)


def test_connections_that_come_and_go_cost_the_others_nothing(target):
    with honest_client_beside(target):
        for _ in range(5):
            close_all(many(target, 200))
    gone = lambda: target.total("portolan_connections_open", listener="otlp_http") == 0  # noqa: E731
    target.wait_until(gone, 5, "connections that are gone are not counted as open")


def test_one_address_cannot_take_all_connections(start):
    collector = start({"limits.connections": "200", "limits.connections_per_address": "50"})
    with honest_client_beside(collector):
        wires = many(collector, 400)
        time.sleep(0.5)
        left = still_open(wires)
        assert len(left) <= 50, f"{len(left)} connections of one address are open"
        assert collector.total("portolan_connections_refused_total", listener="otlp_http") >= 350
        close_all(wires)


def test_running_out_of_files_does_not_stop_the_others(start):
    collector = start({"limits.connections": "1000", "limits.connections_per_address": "1000"})
    with honest_client_beside(collector):
        most = open_files(collector) + 30
        resource.prlimit(collector.pid, resource.RLIMIT_NOFILE, (most, most))
        wires = many(collector, 200)
        time.sleep(0.5)
        assert len(still_open(wires)) <= 30
        close_all(wires)
    refused = collector.total("portolan_connections_refused_total", reason="no_descriptors")
    assert refused > 100, f"{refused} connections were refused for want of files"
    assert collector.post(BODY).status == 200


def test_the_web_listener_keeps_files_for_itself(start):
    collector = start(ROOMY, files=600)
    wires = many(collector, 800)
    time.sleep(0.5)
    assert collector.get("/readyz").status == 200
    assert collector.total("portolan_connections_refused_total", reason="too_many") > 100
    close_all(wires)


def pour(wire, data, seconds):
    """Sends the same over and over; whether the peer closed before the time was up."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            wire.send(data)
        except Closed as closed:
            if "timed out" not in str(closed):
                return True
    return False


def test_answers_that_nobody_reads_are_bounded(target):
    """Good requests without an end, no answer read: reading stops, later the connection."""
    with honest_client_beside(target):
        port = target.port("otlp_http")
        with Wire(port, source=ATTACKER, seconds=1, receive_buffer=4096) as wire:
            assert pour(wire, post(b"") * 500, 8), "requests are read for ever, the answers not"


def test_a_refused_body_without_an_end_is_not_read_for_ever(target):
    with honest_client_beside(target):
        with Wire(target.port("otlp_http"), source=ATTACKER, seconds=1) as wire:
            wire.send(post(b"", path="/nowhere").replace(b"Length: 0", b"Length: 9999999999"))
            assert pour(wire, bytes(100_000), 8), "what was refused is read for ever"


# HTTP/1.1 that two readers may read differently


INNER = post(BODY, path="/smuggled").decode("latin-1")


def ambiguous(*lines, body=b"", first="POST /v1/traces HTTP/1.1"):
    head = [first, "Host: x", f"Content-Type: {PROTOBUF}", *lines]
    return "\r\n".join(head).encode("latin-1") + b"\r\n\r\n" + body


CHUNKS = chunked(BODY, 4096)
SMUGGLED = {
    "length and chunks": ambiguous("Content-Length: 4", "Transfer-Encoding: chunked", body=CHUNKS),
    "chunks and length": ambiguous("Transfer-Encoding: chunked", "Content-Length: 4", body=CHUNKS),
    "two lengths": ambiguous("Content-Length: 0", "Content-Length: 5", body=b"hello"),
    "two lengths in one": ambiguous("Content-Length: 5, 6", body=b"hello!"),
    "a signed length": ambiguous("Content-Length: +5", body=b"hello"),
    "a negative length": ambiguous("Content-Length: -1"),
    "a length of 2^64": ambiguous("Content-Length: 18446744073709551616"),
    "a length in hex": ambiguous("Content-Length: 0x5", body=b"hello"),
    "an empty length": ambiguous("Content-Length:"),
    "a blank before the colon": ambiguous("Content-Length : 5", body=b"hello"),
    "a folded line": ambiguous("X-A: b", " c: d", "Content-Length: 0"),
    "a folded encoding": ambiguous("Transfer-Encoding:", " chunked", body=CHUNKS),
    "two encodings": ambiguous("Transfer-Encoding: gzip, chunked", body=CHUNKS),
    "chunked twice": ambiguous("Transfer-Encoding: chunked, chunked", body=CHUNKS),
    "chunked in two lines": ambiguous(
        "Transfer-Encoding: chunked", "Transfer-Encoding: x", body=CHUNKS
    ),
    "an unknown encoding": ambiguous("Transfer-Encoding: xchunked", body=CHUNKS),
    "an encoding with a tab": ambiguous("Transfer-Encoding:\x0bchunked", body=CHUNKS),
    "a bare LF in the head": ambiguous("Content-Length: 0").replace(b"Host: x\r\n", b"Host: x\n"),
    "only bare LF": ambiguous("Content-Length: 0").replace(b"\r\n", b"\n"),
    "a bare CR": ambiguous("X: a\rContent-Length: 5", "Content-Length: 0"),
    "a NUL": ambiguous("X: a\0b", "Content-Length: 0"),
    "no name": ambiguous(": x", "Content-Length: 0"),
    "a name with a blank": ambiguous("X Y: z", "Content-Length: 0"),
    "no colon": ambiguous("nonsense", "Content-Length: 0"),
    "two hosts": ambiguous("Host: y", "Content-Length: 0"),
    "a chunk of 2^64": ambiguous("Transfer-Encoding: chunked", body=b"10000000000000000\r\nx"),
    "a chunk of 2^63": ambiguous("Transfer-Encoding: chunked", body=b"8000000000000000\r\nx"),
    "a negative chunk": ambiguous("Transfer-Encoding: chunked", body=b"-1\r\nx\r\n0\r\n\r\n"),
    "a chunk with 0x": ambiguous("Transfer-Encoding: chunked", body=b"0x5\r\nhello\r\n0\r\n\r\n"),
    "a chunk without an end": ambiguous(
        "Transfer-Encoding: chunked", body=b"5\r\nhelloXX0\r\n\r\n"
    ),
    "a chunk with a bare LF": ambiguous(
        "Transfer-Encoding: chunked", body=b"5\nhello\r\n0\r\n\r\n"
    ),
    "an empty chunk size": ambiguous("Transfer-Encoding: chunked", body=b"\r\nhello\r\n0\r\n\r\n"),
    "an endless chunk size": ambiguous("Transfer-Encoding: chunked", body=b"0" * 100_000),
    "an endless chunk extension": ambiguous(
        "Transfer-Encoding: chunked", body=b"5;" + b"x" * 100_000
    ),
    "HTTP/1.0 with chunks": ambiguous(
        "Transfer-Encoding: chunked", body=CHUNKS, first="POST /v1/traces HTTP/1.0"
    ),
    "HTTP/0.9": b"GET /v1/traces\r\n\r\n",
    "HTTP/9.9": ambiguous("Content-Length: 0", first="POST /v1/traces HTTP/9.9"),
    "http in small letters": ambiguous("Content-Length: 0", first="POST /v1/traces http/1.1"),
    "two blanks": ambiguous("Content-Length: 0", first="POST  /v1/traces HTTP/1.1"),
    "a tab": ambiguous("Content-Length: 0", first="POST\t/v1/traces\tHTTP/1.1"),
    "a blank in the path": ambiguous("Content-Length: 0", first="POST /v1/traces x HTTP/1.1"),
    "a control in the path": ambiguous("Content-Length: 0", first="POST /v1/\x01 HTTP/1.1"),
    "no host": ambiguous("Content-Length: 0").replace(b"Host: x\r\n", b""),
}


@pytest.mark.parametrize("name", SMUGGLED)
def test_an_ambiguous_request_is_refused_and_nothing_after_it_is_read(name, target):
    with HTTP1(target.port("otlp_http"), source=ATTACKER) as wire:
        try:
            wire.send(SMUGGLED[name] + INNER.encode("latin-1"))
        except Closed:
            pass
        shown = f"sent {SMUGGLED[name][:300]!r}"
        assert wire.closed_within(3) is not None, f"{shown}\nleft open after {wire.buffer[:300]!r}"
    status = wire.buffer.split(b" ", 2)[1:2]
    assert status in ([b"400"], [b"501"], [b"505"], [b"413"], [b"431"]), (
        f"{shown}\ngot {wire.buffer[:300]!r}"
    )
    assert wire.buffer.count(b"HTTP/1.1 ") == 1, f"{shown}\nanswered twice: {wire.buffer[:600]!r}"


# TLS


@pytest.fixture(scope="module")
def guarded(tmp_path_factory):
    folder = tmp_path_factory.mktemp("guarded")
    pair = Authority(folder / "ca").issue("server")
    keys = {"tls.certificate": pair.certificate, "tls.key": pair.key}
    settings = {f"listen.otlp_http.{key}": value for key, value in keys.items()}
    with Collector(folder, {**LIMITS, **settings}, memory=MEMORY) as collector:
        yield collector


def test_handshakes_that_stop_are_cut_off(guarded):
    wires = many(guarded, 200)
    for index, wire in enumerate(wires):
        wire.send(b"\x16\x03\x01\x02\x00\x01"[: index % 7])
    time.sleep(3)
    left = still_open(wires)
    assert not left, f"{len(left)} of {len(wires)} handshakes without an end stay open"


def test_rubbish_instead_of_a_handshake_is_closed(guarded):
    for data in (
        post(BODY),
        bytes(100),
        b"\x16\x03\x01\xff\xff" + bytes(70_000),
        b"\x80\x2e\x01" + bytes(50),
    ):
        with Wire(guarded.port("otlp_http"), source=ATTACKER) as wire:
            try:
                wire.send(data)
            except Closed:
                continue
            assert wire.closed_within(4) is not None, f"{data[:20]!r} was not closed"
    assert guarded.is_alive()


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
def test_an_old_version_of_tls_is_refused(version, guarded):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = context.maximum_version = version
    with socket.create_connection(("127.0.0.1", guarded.port("otlp_http")), 5) as plain:
        with pytest.raises((ssl.SSLError, ConnectionError)):
            context.wrap_socket(plain)
