"""Protocols spoken by hand, so that a test can say what no client library would."""

import socket
import struct
import time
from dataclasses import dataclass, field

import h2.config
import h2.connection
import h2.events
import h2.settings
from hyperframe.frame import Frame

from collector import Answer

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
EXPORT = "/opentelemetry.proto.collector.trace.v1.TraceService/Export"
HEALTH = "/grpc.health.v1.Health/"


class Closed(Exception):
    """The peer closed, or reset, the connection."""


class Wire:
    """A TCP connection with deadlines; `source` may be another loopback address."""

    def __init__(self, port, seconds=5, source=None, receive_buffer=None):
        self.seconds = seconds
        self.socket = socket.socket()
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        if source:
            self.socket.bind((source, 0))
        self.socket.settimeout(seconds)
        self.socket.connect(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    def send(self, data):
        try:
            self.socket.sendall(data)
        except (ConnectionError, TimeoutError) as error:
            raise Closed(f"while sending: {error}") from error

    def receive(self, seconds=None):
        """The next bytes; `Closed` at the end, TimeoutError when nothing comes."""
        self.socket.settimeout(self.seconds if seconds is None else seconds)
        try:
            data = self.socket.recv(1 << 16)
        except ConnectionError as error:
            raise Closed(str(error)) from error
        if not data:
            raise Closed("end of stream")
        return data

    def closed_within(self, seconds):
        """Reads what comes until the peer closes; seconds that took, or None if it did not."""
        began = time.monotonic()
        while (left := began + seconds - time.monotonic()) > 0:
            try:
                self.buffer += self.receive(left)
            except Closed:
                return time.monotonic() - began
            except TimeoutError:
                break
        return None


class HTTP1(Wire):
    """HTTP/1.1 with every byte of the request in the test's hand."""

    def take(self, count):
        while len(self.buffer) < count:
            self.buffer += self.receive()
        data, self.buffer = self.buffer[:count], self.buffer[count:]
        return data

    def take_line(self):
        while b"\r\n" not in self.buffer:
            self.buffer += self.receive()
        line, _, self.buffer = self.buffer.partition(b"\r\n")
        return line.decode("latin-1")

    def answer(self, head_only=False):
        """One whole answer; raises `Closed` if the peer closes first."""
        version, status, *_ = self.take_line().split(" ", 2)
        assert version == "HTTP/1.1", f"version {version!r}"
        headers = {}
        while line := self.take_line():
            name, _, value = line.partition(":")
            assert name.lower() not in headers, f"header {name} twice"
            headers[name.lower()] = value.strip()
        if head_only or int(status) < 200 or int(status) == 204:
            return Answer(int(status), headers, b"")
        if headers.get("transfer-encoding") == "chunked":
            return Answer(int(status), headers, self.take_chunks())
        return Answer(int(status), headers, self.take(int(headers["content-length"])))

    def take_chunks(self):
        body = b""
        while size := int(self.take_line(), 16):
            body += self.take(size)
            assert self.take(2) == b"\r\n"
        assert self.take(2) == b"\r\n"
        return body

    def ask(self, request):
        self.send(request)
        return self.answer()


def post(body, *headers, path="/v1/traces", content_type="application/x-protobuf"):
    """The bytes of a POST with a content length and the given further header lines."""
    lines = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Type: {content_type}"]
    lines += [f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def chunked(body, size=7):
    """The body in chunks, with the closing one."""
    pieces = [body[i : i + size] for i in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(p), p) for p in pieces) + b"0\r\n\r\n"


@dataclass
class Stream:
    """What has come on one HTTP/2 stream."""

    headers: dict = field(default_factory=dict)
    trailers: dict = field(default_factory=dict)
    body: bytes = b""
    ended: bool = False
    reset: int | None = None

    @property
    def grpc(self):
        """The gRPC status, wherever it stands."""
        return int({**self.headers, **self.trailers}["grpc-status"])


@dataclass
class GoAway:
    """What a GOAWAY frame says."""

    last_stream: int
    error_code: int
    reason: bytes


def length_of(head):
    """The length of the payload that a frame's head announces."""
    return int.from_bytes(head[:3], "big")


class HTTP2(Wire):
    """HTTP/2 with prior knowledge; gRPC calls are made of its parts."""

    def __init__(self, port, settings=None, window=1 << 30, **more):
        super().__init__(port, **more)
        config = h2.config.H2Configuration(client_side=True, header_encoding="utf-8")
        self.h2 = h2.connection.H2Connection(config)
        if settings:
            self.h2.local_settings = h2.settings.Settings(client=True, initial_values=settings)
        self.h2.initiate_connection()
        if window:
            self.h2.increment_flow_control_window(window)
        self.streams, self.goaway, self.pings = {}, None, 0
        self.flush()

    def flush(self):
        self.send(self.h2.data_to_send())

    def open(self, headers, end=False):
        number = self.h2.get_next_available_stream_id()
        self.streams[number] = Stream()
        self.h2.send_headers(number, headers, end_stream=end)
        self.flush()
        return number

    def write(self, number, data, end=False):
        """Sends a body as fast as the peer's windows let it."""
        while True:
            while data and not self.h2.local_flow_control_window(number):
                self.pump()
            room = min(self.h2.local_flow_control_window(number), self.h2.max_outbound_frame_size)
            piece, data = data[:room], data[room:]
            self.h2.send_data(number, piece, end_stream=end and not data)
            self.flush()
            if not data:
                return

    def pump(self, seconds=None):
        """Takes in what the peer sends next."""
        self.buffer += self.receive(seconds)
        for event in self.h2.receive_data(self.whole_frames()):
            stream = self.streams.get(getattr(event, "stream_id", None))
            match event:
                case h2.events.PingAckReceived():
                    self.pings += 1
                case _ if stream is None:
                    continue
                case h2.events.ResponseReceived():
                    stream.headers = dict(event.headers)
                case h2.events.TrailersReceived():
                    stream.trailers = dict(event.headers)
                case h2.events.DataReceived():
                    stream.body += event.data
                    if event.flow_controlled_length:
                        self.h2.acknowledge_received_data(
                            event.flow_controlled_length, event.stream_id
                        )
                case h2.events.StreamEnded():
                    stream.ended = True
                case h2.events.StreamReset():
                    stream.reset = event.error_code
        self.flush()

    def whole_frames(self):
        """The frames that are there, without GOAWAY: the library sends nothing after one."""
        frames = b""
        while len(self.buffer) >= 9 and len(self.buffer) >= (end := 9 + length_of(self.buffer)):
            piece, self.buffer = self.buffer[:end], self.buffer[end:]
            if piece[3] == 7:
                self.goaway = GoAway(*struct.unpack(">II", piece[9:17]), piece[17:])
            else:
                frames += piece
        return frames

    def finish(self, number):
        """Waits for the end of a stream."""
        stream = self.streams[number]
        while not stream.ended and stream.reset is None:
            self.pump()
        return stream

    def wait_for_goaway(self, seconds):
        """The GOAWAY that comes within so many seconds; None if the peer closes without one."""
        end = time.monotonic() + seconds
        while self.goaway is None and (left := end - time.monotonic()) > 0:
            try:
                self.pump(left)
            except Closed:
                return self.goaway
        return self.goaway

    def request(self, method, path, body=b"", headers=(), scheme="http"):
        fields = [(":method", method), (":path", path), (":scheme", scheme)]
        fields += [(":authority", "127.0.0.1"), *headers]
        number = self.open(fields, end=not body)
        if body:
            self.write(number, body, end=True)
        return self.finish(number)

    def call(self, message, method=EXPORT, headers=(), flag=0):
        """A unary gRPC call; `message` is framed here."""
        number = self.open_call(method, headers)
        self.write(number, framed(message, flag), end=True)
        return self.finish(number)

    def open_call(self, method=EXPORT, headers=(), content_type="application/grpc"):
        fields = [(":method", "POST"), (":path", method), (":scheme", "http")]
        fields += [(":authority", "127.0.0.1"), ("content-type", content_type), ("te", "trailers")]
        return self.open([*fields, *headers])


def framed(message, flag=0):
    return struct.pack(">BI", flag, len(message)) + message


class Frames(Wire):
    """HTTP/2 frames without a library's rules: for what a correct client never sends."""

    def __init__(self, port, **more):
        super().__init__(port, **more)
        self.send(PREFACE + frame(0x4))

    def frames(self, seconds):
        """The frames that come until the time is up or the peer closes."""
        self.closed = self.closed_within(seconds)
        got = []
        while len(self.buffer) >= 9:
            head, length = Frame.parse_frame_header(memoryview(self.buffer[:9]))
            if len(self.buffer) < 9 + length:
                break
            head.parse_body(memoryview(self.buffer[9 : 9 + length]))
            self.buffer = self.buffer[9 + length :]
            got.append(head)
        return got


def frame(kind, flags=0, stream=0, payload=b""):
    """One raw frame, its length as it is."""
    length = len(payload)
    return struct.pack(">BHBBI", length >> 16, length & 0xFFFF, kind, flags, stream) + payload
