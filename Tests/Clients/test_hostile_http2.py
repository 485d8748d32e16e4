"""HTTP/2 frames that a correct client never sends, in floods, with an honest client beside."""

import random
import struct
import time

import pytest
from hpack import Encoder

from collector import Collector
from hostile import ATTACKER, LIMITS, MEMORY, honest_client_beside, in_parallel, send_until_closed
from otlp import PROTOBUF, batch
from wires import EXPORT, HTTP2, PREFACE, Closed, Frames, Wire, frame, framed

DATA, HEADERS, PRIORITY, RESET, SETTINGS, PUSH, PING, GOAWAY, WINDOW, CONTINUATION = range(10)
END_STREAM, END_HEADERS, PADDED, ACK = 1, 4, 8, 1
BODY = batch(3, seed=1).SerializeToString()


@pytest.fixture(scope="module")
def target(tmp_path_factory):
    folder = tmp_path_factory.mktemp("target")
    with Collector(folder, LIMITS, memory=MEMORY, lanes=2) as collector:
        yield collector


@pytest.fixture(params=["otlp_grpc", "otlp_http"])
def listener(request):
    return request.param


def connect(target, listener, **more):
    return Frames(target.port(listener), source=ATTACKER, **more)


def block(listener, path=None):
    """The header block of an export request; with no table entries, so it may be sent again."""
    path = path or {"otlp_grpc": EXPORT, "otlp_http": "/v1/traces"}[listener]
    kind = {"otlp_grpc": "application/grpc", "otlp_http": PROTOBUF}[listener]
    fields = [(":method", "POST"), (":scheme", "http"), (":path", path), (":authority", "x")]
    encoder = Encoder()
    encoder.header_table_size = 0
    return encoder.encode([*fields, ("content-type", kind), ("te", "trailers")], huffman=False)


def streams(count):
    return range(1, 2 * count, 2)


def in_batches(frames, size=64):
    """The frames joined to larger writes, so that the attacker is fast."""
    joined = []
    for piece in frames:
        joined.append(piece)
        if len(joined) == size:
            yield b"".join(joined)
            joined = []
    yield b"".join(joined)


# Floods that end a connection. Each gives the frames after the first SETTINGS; `head` is the
# header block of a good request.


def rapid_reset(head):
    reset = struct.pack(">I", 8)
    for number in streams(100_000):
        yield frame(HEADERS, END_HEADERS, number, head) + frame(RESET, 0, number, reset)


def server_made_resets(head):
    """Streams that are opened rightly and then broken, so that the server resets them."""
    for number in streams(100_000):
        yield frame(HEADERS, END_HEADERS, number, head) + frame(WINDOW, 0, number, bytes(4))


def overflowing_windows(head):
    most = struct.pack(">I", 2**31 - 1)
    for number in streams(100_000):
        yield frame(HEADERS, END_HEADERS, number, head) + frame(WINDOW, 0, number, most) * 2


def data_after_the_end(head):
    for number in streams(100_000):
        opened = frame(HEADERS, END_HEADERS | END_STREAM, number, head)
        yield opened + frame(DATA, 0, number, b"x") + frame(DATA, 0, number, b"x")


def endless_headers(head):
    yield frame(HEADERS, 0, 1, head)
    piece = Encoder().encode([("x-a", "y" * 16_000)], huffman=False)
    for _ in range(1 << 16):
        yield frame(CONTINUATION, 0, 1, piece)


def empty_continuations(head):
    yield frame(HEADERS, 0, 1, head)
    for _ in range(2_000_000):
        yield frame(CONTINUATION, 0, 1)


def settings(_):
    for _ in range(1_000_000):
        yield frame(SETTINGS, 0, 0, struct.pack(">HI", 4, 65_535))


def pings(_):
    for index in range(1_000_000):
        yield frame(PING, 0, 0, struct.pack(">Q", index))


def header_bomb(head):
    """One large header in the table, then named thousands of times by one byte each."""
    encoder = Encoder()
    large = encoder.encode([("x-bomb", "y" * 3_900)], huffman=False)
    again = encoder.encode([("x-bomb", "y" * 3_900)])
    assert len(again) == 1, "the header is not in the table"
    yield frame(HEADERS, END_HEADERS | END_STREAM, 1, head + large)
    for number in streams(5_000):
        if number > 1:
            yield frame(HEADERS, END_HEADERS | END_STREAM, number, head + again * 15_000)


CLOSING = {
    "rapid resets": (rapid_reset, 10),
    "resets that the server makes": (server_made_resets, 10),
    "windows that overflow": (overflowing_windows, 10),
    "data after the end": (data_after_the_end, 10),
    "headers without an end": (endless_headers, 5),
    "empty CONTINUATION frames": (empty_continuations, 5),
    "SETTINGS": (settings, 10),
    "PING": (pings, 10),
    "a header bomb": (header_bomb, 10),
}


@pytest.mark.parametrize("name", CLOSING)
def test_a_flood_ends_its_connection(name, listener, target):
    make, seconds = CLOSING[name]
    with honest_client_beside(target), connect(target, listener) as wire:
        ended = send_until_closed(wire, in_batches(make(block(listener))), seconds)
        closed = ended or wire.closed_within(2) is not None
    assert closed, f"a flood of {name} was taken whole, or for {seconds} s, without an end"


# Floods that need not end the connection, but may cost neither memory nor the others.


def empty_data(head):
    yield frame(HEADERS, END_HEADERS, 1, head)
    for _ in range(300_000):
        yield frame(DATA, 0, 1)


def padding_only(head):
    yield frame(HEADERS, END_HEADERS, 1, head)
    for _ in range(200):
        yield frame(DATA, PADDED, 1, b"\xff" + bytes(255))


def priorities(_):
    for number in streams(300_000):
        yield frame(PRIORITY, 0, number, struct.pack(">IB", 0, 16))


def window_updates(_):
    for _ in range(300_000):
        yield frame(WINDOW, 0, 0, struct.pack(">I", 1))


def unknown_frames(_):
    for _ in range(100_000):
        yield frame(0xBE, 0xFF, 7, bytes(100))


def refused_calls(_):
    head = block("otlp_grpc", "/no/such")
    for number in streams(50_000):
        yield frame(HEADERS, END_HEADERS | END_STREAM, number, head)


def growing_table(head):
    yield frame(SETTINGS, 0, 0, struct.pack(">HIHI", 1, 2**32 - 1, 6, 2**32 - 1))
    for number in streams(2_000):
        yield frame(HEADERS, END_HEADERS | END_STREAM, number, head)


BOUNDED = [empty_data, padding_only, priorities, window_updates, unknown_frames, refused_calls]
BOUNDED += [growing_table]


@pytest.mark.parametrize("make", BOUNDED, ids=lambda make: make.__name__.replace("_", " "))
def test_a_flood_costs_the_others_nothing(make, listener, target):
    with honest_client_beside(target), connect(target, listener) as wire:
        send_until_closed(wire, in_batches(make(block(listener))), 5)


# Peers that hold things up


def test_answers_that_nobody_takes_are_bounded(target):
    """Streams whose window is zero: what waits for them is let go after the answer time."""

    def stall(_):
        with connect(target, "otlp_http") as wire:
            wire.send(frame(SETTINGS, 0, 0, struct.pack(">HI", 4, 0)))
            head = block("otlp_http")
            sent = (frame(HEADERS, END_HEADERS | END_STREAM, n, head) for n in streams(100))
            ended = send_until_closed(wire, sent, 5)
            return ended or wire.closed_within(8)

    with honest_client_beside(target):
        closed = in_parallel(50, stall)
    assert None not in closed, f"{closed.count(None)} of 50 stalled connections stay open"


def test_bodies_in_frames_of_one_byte_are_bounded(target):
    def trickle(_):
        with connect(target, "otlp_grpc") as wire:
            head = block("otlp_grpc")
            opened = b"".join(frame(HEADERS, END_HEADERS, n, head) for n in streams(50))
            byte = b"".join(frame(DATA, 0, n, b"\0") for n in streams(50))
            send_until_closed(wire, (opened, *(byte for _ in range(200))), 5)

    with honest_client_beside(target):
        in_parallel(4, trickle)


def test_a_body_that_stops_coming_is_given_up(target, listener):
    path = EXPORT if listener == "otlp_grpc" else "/v1/traces"
    kind = "application/grpc" if listener == "otlp_grpc" else PROTOBUF
    with HTTP2(target.port(listener), source=ATTACKER, seconds=10) as wire:
        fields = [(":method", "POST"), (":path", path), (":scheme", "http"), (":authority", "x")]
        number, began = wire.open([*fields, ("content-type", kind)]), time.monotonic()
        wire.write(number, framed(BODY)[:-1])
        try:
            stream = wire.finish(number)
            assert (
                stream.reset is not None
                or stream.headers.get("grpc-status") in ("4", "1", "14")
                or (stream.headers[":status"] == "408")
            ), stream
        except Closed:
            pass
        assert 1 < time.monotonic() - began < 6


def test_a_message_of_4_gib_is_refused_at_its_head(target):
    with HTTP2(target.port("otlp_grpc"), source=ATTACKER) as wire:
        for flag in (0, 1):
            number, began = wire.open_call(headers=[("grpc-encoding", "gzip")]), time.monotonic()
            wire.write(number, struct.pack(">BI", flag, 2**32 - 1) + b"x")
            assert wire.finish(number).grpc == 8
            assert time.monotonic() - began < 1


# Rubbish


def test_what_is_no_http_2_is_closed(target, listener):
    head = block(listener)
    rubbish = {
        "a TLS greeting": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(500),
        "a broken preface": PREFACE[:-2] + b"xx" + bytes(100),
        "no SETTINGS": PREFACE + frame(PING, 0, 0, bytes(8)),
        "a frame of 16 MiB": PREFACE + frame(SETTINGS) + b"\xff\xff\xff\0\0\0\0\0\1",
        "DATA on an idle stream": PREFACE + frame(SETTINGS) + frame(DATA, 0, 5, b"x"),
        "HEADERS on an even stream": PREFACE + frame(SETTINGS) + frame(HEADERS, 5, 2, head),
        "a server's PUSH": PREFACE + frame(SETTINGS) + frame(PUSH, END_HEADERS, 1, bytes(4) + head),
        "HPACK rubbish": PREFACE + frame(SETTINGS) + frame(HEADERS, 5, 1, b"\xff" * 50),
        "zeros": bytes(1000),
    }
    for name, data in rubbish.items():
        with Wire(target.port(listener), source=ATTACKER) as wire:
            wire.send(data)
            assert wire.closed_within(4) is not None, f"{name} on {listener} was not closed"
            assert b" 200 " not in wire.buffer[:20], f"{name}: {wire.buffer[:80]!r}"


@pytest.mark.parametrize("seed", range(3))
def test_random_frames_do_no_harm(seed, listener, target):
    rng, head = random.Random(seed), block(listener)

    def random_frame():
        payload = rng.choice(
            [b"", head, rng.randbytes(rng.choice([1, 4, 5, 6, 8, 9, 100])), framed(BODY)]
        )
        return frame(
            rng.randrange(11),
            rng.randrange(256),
            rng.choice([0, 1, 1, 3, 5, 2, 2**31 - 1]),
            payload,
        )

    with honest_client_beside(target):
        for _ in range(150):
            with connect(target, listener) as wire:
                try:
                    wire.send(b"".join(random_frame() for _ in range(rng.randrange(1, 20))))
                except Closed:
                    pass
