"""More than fits: refused with a time to come again, and forgotten as soon as there is room."""

import base64
import signal
import socket
import threading

import pytest
from google.rpc.error_details_pb2 import RetryInfo
from google.rpc.status_pb2 import Status

from collector import Collector
from hostile import honest_client_beside
from otlp import batch
from wires import HTTP1, HTTP2, Closed, framed, post

BODY = batch(3, seed=1).SerializeToString()
SMALL = {"limits.request_body": "16MiB", "limits.decoded_body": "16MiB"}


def fill(collector):
    """Connections that each hold most of a large body, until one is refused: these, its answer."""
    held = []
    for _ in range(64):
        wire = HTTP1(collector.port("otlp_http"), seconds=10)
        held.append(wire)
        try:
            wire.send(post(bytes(15 << 20))[:-1])
        except Closed:
            return held, wire.answer()
        if answer := early_answer(wire):
            return held, answer
    raise AssertionError("64 bodies of 15 MiB were taken into 64 MiB of memory")


def early_answer(wire):
    """An answer that comes before its request is complete, if one does."""
    wire.socket.settimeout(0.3)
    try:
        wire.buffer += wire.socket.recv(1 << 16)
    except TimeoutError:
        return None
    return wire.answer()


def test_too_much_at_once_is_refused_with_a_time_to_come_again(start):
    collector = start(SMALL, memory="64MiB")
    held, answer = fill(collector)
    assert answer.status == 429 and int(answer.headers["retry-after"]) >= 1, answer
    status = Status.FromString(answer.body)
    assert status.code == 8 and status.message, answer

    stream = call_with_a_large_body(collector)
    assert stream.grpc == 8, stream
    text = {**stream.headers, **stream.trailers}["grpc-status-details-bin"]
    status, info = Status.FromString(base64.b64decode(text + "=" * (-len(text) % 4))), RetryInfo()
    assert any(detail.Unpack(info) for detail in status.details), status
    assert info.retry_delay.ToMilliseconds() > 0, info

    for wire in held:
        wire.close()
    room = lambda: collector.post(bytes(15 << 20)).status == 400  # noqa: E731
    collector.wait_until(room, 5, "a large body is read again when the others are gone")
    refused = collector.metrics().items()
    counted = {dict(k[1]).get("reason") for k, v in refused if "requests_refused" in k[0] and v}
    assert "overloaded" in counted, counted


def call_with_a_large_body(collector):
    with HTTP2(collector.port("otlp_grpc"), seconds=10) as wire:
        number = wire.open_call()
        try:
            wire.write(number, framed(bytes(15 << 20)), end=True)
        except (Closed, Exception) as error:  # the stream may be reset while its body is sent
            assert wire.streams[number].headers, error
        return wire.finish(number)


def test_small_requests_go_on_while_large_ones_wait(start):
    collector = start(SMALL, memory="64MiB")
    with honest_client_beside(collector):
        held, _ = fill(collector)
        for wire in held:
            wire.close()


def test_reloading_again_and_again_drops_nothing(start):
    collector = start(lanes=2)
    with honest_client_beside(collector, goodput=1.0):
        for _ in range(100):
            collector.process.send_signal(signal.SIGHUP)
            assert collector.get("/readyz").status == 200


@pytest.mark.parametrize("lanes", [1, 2])
def test_it_ends_well_under_load(lanes, tmp_path):
    """Whatever is acknowledged while it drains, it ends in time, by itself, without a crash."""
    stop, answers = threading.Event(), []

    def work(port):
        while not stop.is_set():
            try:
                with HTTP1(port) as wire:
                    while not stop.is_set():
                        answers.append(wire.ask(post(BODY)).status)
            except (Closed, OSError):
                stop.wait(0.01)

    with Collector(tmp_path, {"limits.drain_time": "5s"}, lanes=lanes) as collector:
        port = collector.port("otlp_http")
        threads = [threading.Thread(target=work, args=(port,)) for _ in range(8)]
        for thread in threads:
            thread.start()
        collector.wait_until(lambda: len(answers) > 500, 10, "the load runs")
        code = collector.stop()
        stop.set()
        for thread in threads:
            thread.join()
    assert code == 0
    assert set(answers) <= {200, 503}, set(answers)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), 1)
