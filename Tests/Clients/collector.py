"""A running collector: started on free ports, asked, measured, and ended by its own process id."""

import http.client
import json
import os
import random
import re
import resource
import signal
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

ROOT = Path(__file__).resolve().parents[2]
# Taken out of the environment: the collector refuses variables of its name that it does not know.
BINARY = Path(os.environ.pop("PORTOLAN_BIN", ROOT / ".build/release/portolan"))
MATERIAL = ROOT / "Tests/Material"

PORTS = {"otlp_grpc": 4317, "otlp_http": 4318, "web": 4280}
CRASH = re.compile(
    r"Fatal error|\*\*\* |Program crashed|Assertion|Illegal instruction|AddressSanitizer"
)


@dataclass
class Answer:
    """What came back for one HTTP request; header names are in lower case."""

    status: int
    headers: dict
    body: bytes

    def json(self):
        return json.loads(self.body)


def free_offset():
    """A port offset that leaves all listeners below the kernel's own range of client ports."""
    for _ in range(200):
        offset = random.randrange(1_000, 27_000)
        if all(bindable(port + offset) for port in PORTS.values()):
            return offset
    raise RuntimeError("no free ports between 5,000 and 32,000")


def bindable(port):
    for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((address, port))
            except OSError:
                return False
    return True


class Collector:
    """`portolan serve` on its own ports and data directory; use it in a `with`."""

    def __init__(self, folder, settings=None, memory="256MiB", lanes=1, arguments=(), files=None):
        self.files = files
        self.folder = Path(folder)
        self.offset = free_offset()
        self.log_path = self.folder / "portolan.log"
        self.command = [str(BINARY), "serve", "--data", str(self.folder / "data")]
        self.command += [
            "--port-offset",
            str(self.offset),
            "--memory",
            memory,
            "--lanes",
            str(lanes),
        ]
        for key, value in (settings or {}).items():
            self.command += ["--set", f"{key}={value}"]
        self.command += arguments
        self.memory_bytes = int(memory.removesuffix("MiB")) << 20
        self.process = None

    def __enter__(self):
        assert BINARY.exists(), f"{BINARY} is missing: swift build -c release"
        self.folder.mkdir(parents=True, exist_ok=True)
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(
                self.command,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                cwd=self.folder,
                preexec_fn=self.limit_files if self.files else None,
            )
        try:
            self.wait_until(self.is_ready, 10, "/readyz answers 200")
        except BaseException:
            self.process.kill()
            self.process.wait()
            raise
        return self

    def limit_files(self):
        resource.setrlimit(resource.RLIMIT_NOFILE, (self.files, self.files))

    def __exit__(self, kind, *_):
        code = self.stop()
        if kind is None:
            assert code == 0, f"ended with {code} after SIGTERM, not 0\n{self.log_tail()}"
            assert not CRASH.search(self.log()), f"the log speaks of a crash\n{self.log_tail()}"

    def stop(self, seconds=15):
        """Asks it to end and gives its exit code; kills it if it does not."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            return f"no exit within {seconds} s, then SIGKILL"

    # What it says of itself

    def port(self, listener):
        return PORTS[listener] + self.offset

    @property
    def pid(self):
        return self.process.pid

    def is_alive(self):
        return self.process.poll() is None

    def is_ready(self):
        assert self.is_alive(), f"died with {self.process.returncode} at start\n{self.log_tail()}"
        try:
            return self.get("/readyz", seconds=2).status == 200
        except OSError:
            return False

    def log(self):
        return self.log_path.read_text(errors="replace")

    def log_tail(self):
        return "the end of its log:\n" + "\n".join(self.log().splitlines()[-25:])

    def wait_until(self, condition, seconds, what):
        """Asks again until the condition gives something true; that is the result."""
        end = time.monotonic() + seconds
        while True:
            if result := condition():
                return result
            if time.monotonic() > end:
                raise AssertionError(f"not within {seconds} s: {what}\n{self.log_tail()}")
            time.sleep(0.01)

    def metrics(self):
        """Every sample of the metrics page: {(name, ((label, value), …)): value}."""
        page = self.get("/metrics").body.decode()
        return {
            (sample.name, tuple(sorted(sample.labels.items()))): sample.value
            for family in text_string_to_metric_families(page)
            for sample in family.samples
        }

    def total(self, name, **labels):
        """The sum of a metric over all samples that carry these labels."""
        wanted = set(labels.items())
        return sum(
            v for (n, have), v in self.metrics().items() if n == name and wanted <= set(have)
        )

    def check_ledger(self):
        """What came in is what was accepted and what was refused, for requests and for spans.

        Requests to the web listener are left out: the one that asks is still under way.
        """
        metrics = self.metrics()

        def total(name, **labels):
            have = ((n, set(k), v) for (n, k), v in metrics.items())
            return sum(v for n, k, v in have if n == name and set(labels.items()) <= k)

        for door in ("otlp_grpc", "otlp_http"):
            came = total("portolan_requests_total", listener=door)
            accepted = total("portolan_requests_accepted_total", listener=door)
            refused = total("portolan_requests_refused_total", listener=door)
            assert came == accepted + refused, f"{door}: {came} != {accepted} + {refused}"
        came, accepted = (
            total("portolan_spans_received_total"),
            total("portolan_spans_accepted_total"),
        )
        refused = total("portolan_spans_refused_total")
        assert came == accepted + refused, f"spans: {came} != {accepted} + {refused}"

    def recent(self):
        """The spans last received, as the `resourceSpans` of OTLP JSON."""
        answer = self.get("/api/v1/recent")
        assert answer.status == 200, f"/api/v1/recent: {answer}"
        return answer.json().get("resourceSpans", [])

    def resident_bytes(self, line="VmRSS"):
        """Resident memory from /proc; `VmHWM` is the peak since the start or `forget_peak`."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(re.search(rf"{line}:\s+(\d+) kB", status)[1]) << 10

    def forget_peak(self):
        Path(f"/proc/{self.pid}/clear_refs").write_text("5")

    # Asking it

    def get(self, path, listener="web", headers=None, seconds=10):
        return self.request("GET", path, listener=listener, headers=headers, seconds=seconds)

    def post(self, body, content_type="application/x-protobuf", encoding=None, **more):
        headers = {"Content-Type": content_type, **more.pop("headers", {})}
        if encoding:
            headers["Content-Encoding"] = encoding
        path = more.pop("path", "/v1/traces")
        return self.request("POST", path, body=body, headers=headers, **more)

    def request(self, method, path, listener="otlp_http", body=None, headers=None, seconds=10):
        connection = http.client.HTTPConnection("127.0.0.1", self.port(listener), timeout=seconds)
        try:
            connection.request(method, path, body=body, headers=headers or {})
            got = connection.getresponse()
            names = {name.lower(): value for name, value in got.getheaders()}
            return Answer(got.status, names, got.read())
        finally:
            connection.close()
