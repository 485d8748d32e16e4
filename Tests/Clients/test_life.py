"""A collector's life: start, reload, ageing connections, draining, and accounts of all of it."""

import signal
import socket
import ssl
import subprocess
import time

import pytest
from prometheus_client.parser import text_string_to_metric_families

from certificates import Authority
from collector import BINARY, Collector
from otlp import JSON, batch, facts
from wires import HTTP1, HTTP2, Closed, Frames, framed, post

BODY = batch(3, seed=1).SerializeToString()


# Draining


def test_a_request_in_flight_is_finished_while_draining(start):
    collector = start({"limits.drain_time": "10s"})
    with HTTP1(collector.port("otlp_http")) as wire, HTTP2(collector.port("otlp_grpc")) as calls:
        wire.send(post(BODY)[:-10])
        number = calls.open_call()
        calls.write(number, framed(BODY)[:-10])
        for door in ("otlp_http", "otlp_grpc"):
            wait_for_bytes(collector, door, len(BODY))
        collector.process.terminate()
        assert calls.wait_for_goaway(3).error_code == 0, "no GOAWAY on SIGTERM"
        assert refuses_connections(collector.port("otlp_http")), "still accepts while draining"
        calls.write(number, framed(BODY)[-10:], end=True)
        wire.send(BODY[-10:])
        assert (wire.answer().status, calls.finish(number).grpc) == (200, 0)
    began = time.monotonic()
    assert collector.stop() == 0
    assert time.monotonic() - began < 3, "went on although nothing was in flight"


def wait_for_bytes(collector, door, count):
    """Until the collector has read so much at a listener."""
    read = lambda: collector.total("portolan_received_bytes_total", listener=door) > count  # noqa: E731
    collector.wait_until(read, 3, f"{count} bytes are read at {door}")


def refuses_connections(port):
    end = time.monotonic() + 2
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except ConnectionRefusedError:
            return True
        time.sleep(0.02)
    return False


def test_a_request_that_never_ends_does_not_hold_up_the_end(start):
    collector = start({"limits.drain_time": "1s"})
    with HTTP1(collector.port("otlp_http")) as wire, HTTP2(collector.port("otlp_grpc")) as calls:
        wire.send(post(BODY)[:-10])
        calls.write(calls.open_call(), framed(BODY)[:-10])
        for door in ("otlp_http", "otlp_grpc"):
            wait_for_bytes(collector, door, len(BODY))
        began = time.monotonic()
        assert collector.stop() == 0
        assert 0.8 < time.monotonic() - began < 4


def test_idle_connections_end_at_once_when_draining(start):
    collector = start({"limits.drain_time": "10s"})
    with HTTP1(collector.port("otlp_http")) as wire, HTTP2(collector.port("otlp_grpc")) as calls:
        assert wire.ask(post(BODY)).status == 200
        assert calls.call(BODY).grpc == 0
        began = time.monotonic()
        assert collector.stop() == 0
        assert time.monotonic() - began < 3


def test_interrupt_ends_it_as_well(start):
    collector = start()
    collector.process.send_signal(signal.SIGINT)
    assert collector.process.wait(10) == 0


# Ageing connections


def test_an_old_connection_is_told_to_go_and_its_calls_finish(start):
    collector = start({"limits.connection_age": "1s", "limits.connection_age_grace": "5s"})
    with HTTP2(collector.port("otlp_grpc")) as wire:
        number = wire.open_call()
        goaway = wire.wait_for_goaway(4)
        assert goaway and goaway.error_code == 0, "no GOAWAY at the age limit"
        wire.write(number, framed(BODY), end=True)
        assert wire.finish(number).grpc == 0
        assert wire.closed_within(3) is not None, "stays open after its last call"


def test_an_old_http_connection_is_closed_with_an_answer(start):
    collector = start({"limits.connection_age": "1s", "limits.connection_age_grace": "1s"})
    with HTTP1(collector.port("otlp_http")) as wire:
        end = time.monotonic() + 5
        try:
            while time.monotonic() < end:
                answer = wire.ask(post(BODY))
                assert answer.status == 200
                if answer.headers.get("connection", "").lower() == "close":
                    break
                time.sleep(0.05)
            else:
                raise AssertionError("never closed")
        except Closed:
            pass


def test_an_idle_connection_is_closed(start):
    collector = start({"limits.idle_time": "1s"})
    with HTTP1(collector.port("otlp_http")) as wire, HTTP2(collector.port("otlp_grpc")) as calls:
        assert wire.ask(post(BODY)).status == 200
        assert calls.call(BODY).grpc == 0
        assert wire.closed_within(4) is not None
        assert calls.wait_for_goaway(4) and calls.goaway.error_code == 0


def test_a_silent_http_2_peer_is_pinged_and_dropped(start):
    collector = start({"limits.keepalive_time": "1s", "limits.keepalive_timeout": "1s"})
    with Frames(collector.port("otlp_grpc")) as wire:
        frames = wire.frames(6)
    assert "PingFrame" in [type(f).__name__ for f in frames], frames
    assert wire.closed is not None and wire.closed > 1, f"closed after {wire.closed} s"


def test_more_streams_than_allowed_are_refused_without_harm(start):
    collector = start({"limits.streams": "10"})
    with HTTP2(collector.port("otlp_grpc")) as wire:
        wire.pump()
        assert wire.h2.remote_settings.max_concurrent_streams == 10
        numbers = [wire.open_call() for _ in range(10)]
        for number in numbers:
            wire.write(number, framed(BODY), end=True)
        assert [wire.finish(number).grpc for number in numbers] == [0] * 10


# Reload


def test_reload_takes_a_new_token(start, tmp_path):
    secret = tmp_path / "token"
    secret.write_text("first\n")
    collector = start({"listen.otlp_http.token_file": secret})
    assert status_with(collector, "first") == 200
    secret.write_text("second\n")
    assert status_with(collector, "second") == 401
    collector.process.send_signal(signal.SIGHUP)
    collector.wait_until(
        lambda: status_with(collector, "second") == 200, 3, "the new token is known"
    )
    assert status_with(collector, "first") == 401


def status_with(collector, token):
    return collector.post(BODY, headers={"Authorization": f"Bearer {token}"}).status


def test_reload_takes_a_new_limit_and_a_wrong_file_changes_nothing(start, tmp_path):
    file = tmp_path / "portolan.yaml"
    file.write_text("limits:\n  request_body: 1KiB\n")
    collector = start(arguments=["--config", str(file)])
    large = batch(100).SerializeToString()
    assert collector.post(large).status == 413
    file.write_text("limits:\n  request_body: 1MiB\n")
    collector.process.send_signal(signal.SIGHUP)
    collector.wait_until(lambda: collector.post(large).status == 200, 3, "the new limit holds")

    logged = len(collector.log())
    file.write_text("limits:\n  request_bodies: 1KiB\n")
    collector.process.send_signal(signal.SIGHUP)
    said = lambda: "request_bodies" in collector.log()[logged:]  # noqa: E731
    collector.wait_until(said, 3, "the log names the wrong key")
    assert collector.post(large).status == 200


def test_reload_takes_a_new_certificate_without_dropping_a_connection(start, tmp_path):
    authorities = [Authority(tmp_path / name, name=name) for name in ("first", "second")]
    pair = authorities[0].issue("server")
    keys = {"tls.certificate": pair.certificate, "tls.key": pair.key}
    collector = start({f"listen.otlp_http.{key}": value for key, value in keys.items()})

    def connect(authority):
        context = ssl.create_default_context(cafile=str(authority.certificate))
        plain = socket.create_connection(("127.0.0.1", collector.port("otlp_http")), 5)
        return context.wrap_socket(plain, server_hostname="localhost")

    old = connect(authorities[0])
    fresh = authorities[1].issue("server")
    pair.key.write_bytes(fresh.key.read_bytes())
    pair.certificate.write_bytes(fresh.certificate.read_bytes())
    collector.process.send_signal(signal.SIGHUP)

    def trusted():
        try:
            return connect(authorities[1])
        except ssl.SSLError:
            return None

    with collector.wait_until(trusted, 3, "the new certificate is shown"), old:
        old.sendall(post(BODY))
        assert old.recv(12) == b"HTTP/1.1 200"
        with pytest.raises(ssl.SSLError):
            connect(authorities[0])


# Accounts


def test_the_metrics_page_is_well_formed_and_the_ledger_balances(start):
    collector = start()
    bad = batch(2, seed=2)
    bad.resource_spans[0].scope_spans[0].spans[0].span_id = b""
    bodies = [BODY, b"", b"hello", bad.SerializeToString()]
    for body in bodies:
        collector.post(body)
    collector.post(b"{", JSON)
    collector.post(b"x" * 9, "text/plain")
    with HTTP2(collector.port("otlp_grpc")) as wire:
        for body in bodies:
            wire.call(body)
        wire.call(b"", "/no/such")

    page = collector.get("/metrics")
    assert page.headers["content-type"].startswith("text/plain; version=0.0.4"), page.headers
    for family in text_string_to_metric_families(page.body.decode()):
        assert family.name.startswith("portolan_") and family.documentation, family
        assert family.type in ("counter", "gauge", "histogram"), family
        for sample in family.samples:
            assert family.type == "gauge" or sample.value >= 0, sample
    collector.check_ledger()
    assert collector.total("portolan_spans_received_total") == 2 * (3 + 2)
    assert collector.total("portolan_spans_accepted_total") == 2 * (3 + 1)
    assert len(facts(collector.recent())) == 2 * (3 + 1)
    assert collector.total("portolan_build_info") == 1
    assert 0 <= collector.total("portolan_memory_used_bytes") <= collector.memory_bytes
    assert 0 < collector.total("portolan_resident_bytes") <= collector.memory_bytes
    assert collector.total("portolan_memory_limit_bytes") == collector.memory_bytes


def test_connections_are_counted_open_and_gone(start):
    collector = start()
    with HTTP1(collector.port("otlp_http")) as wire:
        wire.ask(post(BODY))
        assert collector.total("portolan_connections_open", listener="otlp_http") == 1
    gone = lambda: collector.total("portolan_connections_open", listener="otlp_http") == 0  # noqa: E731
    collector.wait_until(gone, 3, "the closed connection is not counted as open")


# Starting


def run(*arguments, **more):
    return subprocess.run([BINARY, *arguments], capture_output=True, text=True, timeout=20, **more)


def test_a_taken_port_is_one_line_and_the_end(start, tmp_path):
    collector = start()
    offset = str(collector.offset)
    done = run("serve", "--data", str(tmp_path / "other"), "--port-offset", offset)
    assert done.returncode == 1, done
    lines = [
        line for line in done.stderr.splitlines() if "port" in line or "address" in line.lower()
    ]
    assert any(
        str(collector.port(name)) in done.stderr for name in ("otlp_grpc", "otlp_http", "web")
    )
    assert len(lines) <= 2, done.stderr


@pytest.mark.parametrize("listener", ["otlp_grpc", "otlp_http", "web"])
def test_an_open_address_needs_tls_and_a_token(listener, tmp_path):
    settings = ["--set", f"listen.{listener}.address=0.0.0.0"]
    done = run("serve", "--data", str(tmp_path), "--port-offset", "29000", *settings)
    assert done.returncode in (1, 2), done
    assert "tls" in done.stderr.lower() and "token" in done.stderr.lower(), done.stderr


def test_a_wrong_setting_is_named_with_the_right_one(tmp_path):
    done = run("serve", "--data", str(tmp_path), "--set", "limits.request_bodies=1MiB")
    assert done.returncode == 2, done
    assert "limits.request_bodies" in done.stderr and "limits.request_body" in done.stderr


def test_a_listener_that_is_switched_off_is_not_there(start):
    collector = start({"listen.otlp_grpc.enabled": "false"})
    assert refuses_connections(collector.port("otlp_grpc"))
    assert collector.post(BODY).status == 200


def test_it_starts_fast_and_says_where_it_listens(tmp_path):
    began = time.monotonic()
    with Collector(tmp_path) as collector:
        assert time.monotonic() - began < 2
        log = collector.log()
    for name in ("otlp_grpc", "otlp_http", "web"):
        assert str(collector.port(name)) in log, f"{name} is not announced:\n{log}"
