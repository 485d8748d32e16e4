"""Real clients: the OpenTelemetry SDK, ddtrace, and two services that call each other."""

import os
import subprocess
import sys
import textwrap
import time

import grpc
import pytest
import requests
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter as GRPCExporter
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter as HTTPExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExportResult
from opentelemetry.trace import SpanKind, Status, StatusCode

from certificates import Authority
from collector import bindable
from otlp import facts

TOKEN = {"authorization": "Bearer secret"}


@pytest.fixture(autouse=True)
def no_bundle_of_the_machine(monkeypatch):
    """The HTTP exporter would trust it instead of the authority that it was given."""
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(scope="module")
def server(authority):
    return authority.issue("server")


def secured(server, **more):
    """Settings of both OTLP listeners with TLS and a token."""
    settings = {
        "tls.certificate": server.certificate,
        "tls.key": server.key,
        "token": "secret",
        **more,
    }
    return {
        f"listen.{name}.{k}": v for name in ("otlp_grpc", "otlp_http") for k, v in settings.items()
    }


def exporter(protocol, collector, ca=None, client=None, packed=False, headers=None):
    """An exporter as a user would configure it; `ca` makes it speak TLS."""
    scheme = "https" if ca else "http"
    if protocol == "http":
        return HTTPExporter(
            endpoint=f"{scheme}://127.0.0.1:{collector.port('otlp_http')}/v1/traces",
            certificate_file=str(ca) if ca else None,
            client_certificate_file=str(client.certificate) if client else None,
            client_key_file=str(client.key) if client else None,
            compression=Compression.Gzip if packed else Compression.NoCompression,
            headers=headers,
            timeout=3,
        )
    credentials = ca and grpc.ssl_channel_credentials(
        ca.read_bytes(),
        client.key.read_bytes() if client else None,
        client.certificate.read_bytes() if client else None,
    )
    return GRPCExporter(
        endpoint=f"{scheme}://127.0.0.1:{collector.port('otlp_grpc')}",
        insecure=not ca,
        credentials=credentials or None,
        compression=grpc.Compression.Gzip if packed else grpc.Compression.NoCompression,
        headers=headers,
        timeout=3,
    )


class Watched:
    """Hands spans to an exporter and keeps its results."""

    def __init__(self, inner):
        self.inner, self.results = inner, []

    def export(self, spans):
        self.results.append(self.inner.export(spans))
        return self.results[-1]

    def shutdown(self):
        self.inner.shutdown()

    def force_flush(self, timeout_millis=0):
        return True


def make_spans(inner):
    """Two spans through the SDK's own batch processor; whether every export succeeded."""
    watched = Watched(inner)
    provider = TracerProvider(resource=Resource.create({"service.name": "shop"}))
    provider.add_span_processor(BatchSpanProcessor(watched))
    tracer = provider.get_tracer("tests", "1.0")
    with tracer.start_as_current_span("GET /x", kind=SpanKind.SERVER):
        with tracer.start_as_current_span("call", kind=SpanKind.CLIENT) as call:
            call.set_attributes(
                {"peer.service": "db", "n": 1, "f": 0.5, "l": ["a", "b"], "t": True}
            )
            call.add_event("sent", {"size": 9})
            call.set_status(Status(StatusCode.ERROR, "refused"))
    provider.shutdown()
    assert watched.results, "nothing was exported"
    return set(watched.results) == {SpanExportResult.SUCCESS}


def assert_arrived(collector):
    spans = collector.wait_until(lambda: facts(collector.recent()), 3, "spans arrive")
    by_name = {span["name"]: span for span in spans}
    assert set(by_name) == {"GET /x", "call"}
    outer, inner = by_name["GET /x"], by_name["call"]
    assert inner["parent_span_id"] == outer["span_id"] and inner["trace_id"] == outer["trace_id"]
    assert (outer["kind"], inner["kind"], inner["error"]) == ("SERVER", "CLIENT", True)
    assert inner["attributes"] == {
        "peer.service": "db",
        "n": 1,
        "f": 0.5,
        "l": ["a", "b"],
        "t": True,
    }
    assert inner["events"] == ["sent"] and outer["service"] == "shop"


@pytest.mark.parametrize("protocol", ["http", "grpc"])
@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
def test_the_sdk_delivers(protocol, packed, collector):
    assert make_spans(exporter(protocol, collector, packed=packed))
    assert_arrived(collector)


@pytest.mark.parametrize("protocol", ["http", "grpc"])
def test_the_sdk_delivers_over_tls_with_a_token(protocol, start, authority, server):
    collector = start(secured(server))
    assert make_spans(exporter(protocol, collector, ca=authority.certificate, headers=TOKEN))
    assert_arrived(collector)


@pytest.mark.parametrize("protocol", ["http", "grpc"])
@pytest.mark.parametrize(
    "headers", [None, {"authorization": "Bearer wrong"}], ids=["none", "wrong"]
)
def test_the_sdk_is_refused_without_the_token(protocol, headers, start, authority, server):
    collector = start(secured(server))
    assert not make_spans(exporter(protocol, collector, ca=authority.certificate, headers=headers))
    assert facts(collector.recent()) == []
    assert collector.total("portolan_requests_refused_total", listener=f"otlp_{protocol}") >= 1


@pytest.mark.parametrize("protocol", ["http", "grpc"])
def test_a_client_that_trusts_another_authority_sends_nothing(protocol, start, server, tmp_path):
    collector = start(secured(server))
    other = Authority(tmp_path / "other", name="another")
    assert not make_spans(exporter(protocol, collector, ca=other.certificate, headers=TOKEN))
    assert facts(collector.recent()) == []


@pytest.mark.parametrize("protocol", ["http", "grpc"])
def test_a_client_without_tls_is_refused_on_a_tls_port(protocol, start, server):
    collector = start(secured(server))
    assert not make_spans(exporter(protocol, collector, headers=TOKEN))
    assert facts(collector.recent()) == []


CLIENTS = {
    "its own": (True, lambda own, other: own.issue("client")),
    "none": (False, lambda own, other: None),
    "another authority's": (False, lambda own, other: other.issue("client")),
    "one that has run out": (False, lambda own, other: own.issue("old", days=-1)),
}


@pytest.mark.parametrize("protocol", ["http", "grpc"])
@pytest.mark.parametrize("name", CLIENTS)
def test_a_client_certificate_is_demanded(name, protocol, start, authority, server, tmp_path):
    welcome, make = CLIENTS[name]
    client = make(authority, Authority(tmp_path / "other", name="another"))
    collector = start(secured(server, **{"tls.client_ca": authority.certificate}))
    sent = exporter(protocol, collector, ca=authority.certificate, client=client, headers=TOKEN)
    assert make_spans(sent) == welcome
    assert len(facts(collector.recent())) == (2 if welcome else 0)


def run_python(program, **environment):
    """A program in a process of its own, so that what it patches stays there."""
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(program)],
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def test_ddtrace_delivers_otlp(collector):
    program = """
        from ddtrace.trace import tracer
        with tracer.trace("web.request", service="shop", resource="GET /x") as outer:
            with tracer.trace("db.query", service="db") as inner:
                inner.error = 1
        tracer.flush()
        tracer.shutdown()
    """
    process = run_python(
        program,
        OTEL_TRACES_EXPORTER="otlp",
        OTEL_EXPORTER_OTLP_ENDPOINT=f"http://127.0.0.1:{collector.port('otlp_http')}",
        DD_INSTRUMENTATION_TELEMETRY_ENABLED="false",
        DD_REMOTE_CONFIGURATION_ENABLED="false",
    )
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 0, output
    spans = collector.wait_until(lambda: facts(collector.recent()), 5, f"spans arrive\n{output}")
    assert len(spans) == 2 and len({span["trace_id"] for span in spans}) == 1, spans
    assert sum(span["parent_span_id"] is None for span in spans) == 1, spans
    assert [span["error"] for span in spans].count(True) == 1, spans


SERVICE = """
    import os
    import flask, requests
    app = flask.Flask("tests")

    @app.route("/")
    def index():
        if next := os.environ.get("NEXT"):
            requests.get(next, timeout=5).raise_for_status()
        return "ok"

    app.run(host="127.0.0.1", port=int(os.environ["PORT"]))
"""


def start_service(name, port, collector, tmp_path, protocol, **environment):
    """A Flask service under `opentelemetry-instrument`, as its users start it."""
    program = tmp_path / f"{name}.py"
    program.write_text(textwrap.dedent(SERVICE))
    listener = {"http/protobuf": "otlp_http", "grpc": "otlp_grpc"}[protocol]
    settings = {
        "PORT": str(port),
        "OTEL_SERVICE_NAME": name,
        "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{collector.port(listener)}",
        "OTEL_EXPORTER_OTLP_PROTOCOL": protocol,
        "OTEL_METRICS_EXPORTER": "none",
        "OTEL_LOGS_EXPORTER": "none",
        "OTEL_BSP_SCHEDULE_DELAY": "200",
    }
    tool = os.path.join(os.path.dirname(sys.executable), "opentelemetry-instrument")
    with open(tmp_path / f"{name}.log", "w") as log:
        return subprocess.Popen(
            [tool, sys.executable, str(program)],
            env={**os.environ, **settings, **environment},
            stdout=log,
            stderr=log,
        )


def wait_for_port(port, process, log):
    end = time.monotonic() + 30
    while bindable(port):
        assert process.poll() is None and time.monotonic() < end, log.read_text()
        time.sleep(0.1)


def test_two_services_that_call_each_other_share_their_traces(collector, tmp_path):
    front, back = (p for p in range(collector.port("otlp_http") + 1, 65_535) if bindable(p)), None
    front, back = next(front), next(front)
    services = [
        start_service("back", back, collector, tmp_path, "grpc"),
        start_service(
            "front", front, collector, tmp_path, "http/protobuf", NEXT=f"http://127.0.0.1:{back}/"
        ),
    ]
    try:
        for name, port, process in zip(("back", "front"), (back, front), services):
            wait_for_port(port, process, tmp_path / f"{name}.log")
        for _ in range(5):
            assert requests.get(f"http://127.0.0.1:{front}/", timeout=10).text == "ok"
        complete = lambda: len(facts(collector.recent())) == 15  # noqa: E731
        collector.wait_until(complete, 10, "three spans for each of five requests")
    finally:
        for process in services:
            process.terminate()
            process.wait(10)
    check_traces(facts(collector.recent()))


def check_traces(spans):
    by_id = {span["span_id"]: span for span in spans}
    assert len({span["trace_id"] for span in spans}) == 5
    servers = [s for s in spans if (s["service"], s["kind"]) == ("back", "SERVER")]
    assert len(servers) == 5
    for server in servers:
        client = by_id[server["parent_span_id"]]
        root = by_id[client["parent_span_id"]]
        assert (client["service"], client["kind"]) == ("front", "CLIENT")
        assert (root["service"], root["kind"], root["parent_span_id"]) == ("front", "SERVER", None)
        assert server["trace_id"] == client["trace_id"] == root["trace_id"]
