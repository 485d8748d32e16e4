"""Edges and services as Portolan tells them: by a collector, or by the command without one."""

import http.client
import json
import os
import subprocess
import time

import grpc

from collector import BINARY
from otlp import Request, spans_of

# A trace of which a span is missing waits this long before it is counted, and a little more.
PATIENCE = 25
# Settles traces soon, so that much of what comes amends what was counted already.
HASTY = {"limits.settle_quiet": "100ms", "limits.settle_wait": "500ms"}
EXPORT = "/opentelemetry.proto.collector.trace.v1.TraceService/Export"


def offline(what, *files, settings=None, arguments=()):
    """The rows that `portolan edges`, `services` or `operations` prints of files."""
    command = [str(BINARY), what, "--json", *arguments]
    for key, value in (settings or {}).items():
        command += ["--set", f"{key}={value}"]
    done = subprocess.run(
        [*command, *map(str, files)], capture_output=True, text=True, timeout=120, env=os.environ
    )
    assert done.returncode == 0, f"{command}: exit {done.returncode}\n{done.stderr}"
    return json.loads(done.stdout)[what]


def asked(collector, what, **query):
    """The rows of `/api/v1/edges`, `services` or `operations`; all of the last hour by default."""
    query = {"last": "1h", **query}
    path = f"/api/v1/{what}?" + "&".join(f"{key}={value}" for key, value in query.items())
    answer = collector.get(path)
    assert answer.status == 200, f"{path}: {answer}"
    return answer.json()[what]


def quality(collector):
    """What `/api/v1/quality` says, with its oddities as reason → count."""
    answer = collector.get("/api/v1/quality")
    assert answer.status == 200, answer
    said = answer.json()
    said["oddities"] = {odd["reason"]: odd["count"] for odd in said["oddities"]}
    return said


def eventually(collector, check, seconds=PATIENCE):
    """Waits until `check` holds, and sees that it goes on holding."""
    end, error = time.monotonic() + seconds, None
    while time.monotonic() < end:
        try:
            check()
            time.sleep(0.5)
            return check()
        except AssertionError as wrong:
            error = wrong
            assert collector.is_alive(), collector.log_tail()
        time.sleep(0.25)
    raise error


def keyed(rows):
    """Rows by (client, server), or by service; a pair that is listed twice is an error."""
    found = {}
    for row in rows:
        key = (row["client"], row["server"]) if "client" in row else row["service"]
        assert key not in found, f"{key} is listed twice"
        found[key] = row
    return found


def is_entry(edge):
    """Whether the caller is one of whom nothing is known."""
    return edge["client_key"]["type"] == "client"


def shifted(bodies, nanoseconds=None):
    """The same requests with all times moved so that the last span ends now, or by so much."""
    requests = [Request.FromString(body) for body in bodies]
    if nanoseconds is None:
        last = max(span.end_time_unix_nano for r in requests for span in spans_of(r))
        nanoseconds = time.time_ns() - last
    for request in requests:
        for span in spans_of(request):
            span.start_time_unix_nano += nanoseconds
            span.end_time_unix_nano += nanoseconds
            for event in span.events:
                event.time_unix_nano += nanoseconds
    return [request.SerializeToString() for request in requests]


def send_http(collector, bodies):
    """Posts the bodies over one connection, in order, each until it is taken."""
    connection = http.client.HTTPConnection("127.0.0.1", collector.port("otlp_http"), timeout=30)
    headers = {"Content-Type": "application/x-protobuf"}
    try:
        for body in bodies:
            for _ in range(50):
                connection.request("POST", "/v1/traces", body, headers)
                answer = connection.getresponse()
                said = answer.read()
                if answer.status != 429:
                    break
                time.sleep(0.1)
            assert (answer.status, said) == (200, b""), f"{answer.status}: {said}"
    finally:
        connection.close()


def send_grpc(collector, bodies):
    with grpc.insecure_channel(f"127.0.0.1:{collector.port('otlp_grpc')}") as channel:
        export = channel.unary_unary(EXPORT)
        for body in bodies:
            for _ in range(50):
                try:
                    assert export(body, timeout=30) == b""
                    break
                except grpc.RpcError as error:
                    if error.code() != grpc.StatusCode.RESOURCE_EXHAUSTED:
                        raise
                    time.sleep(0.1)
            else:
                raise AssertionError("never taken")


SENDERS = {"http": send_http, "grpc": send_grpc}


def split(bodies, rng, size=40):
    """The same spans in an order of their own, in requests that each hold spans of many traces."""
    pieces = []
    for body in bodies:
        for resource in Request.FromString(body).resource_spans:
            for scope in resource.scope_spans:
                pieces += [(resource.resource, scope.scope, span) for span in scope.spans]
    rng.shuffle(pieces)
    for start in range(0, len(pieces), size):
        request = Request()
        for resource, scope, span in pieces[start : start + size]:
            holder = request.resource_spans.add(resource=resource)
            holder.scope_spans.add(scope=scope, spans=[span])
        yield request.SerializeToString()


def doubled(bodies, rng, share=0.1):
    """The same bodies, some of them a second time at another place."""
    bodies = list(bodies)
    for body in rng.sample(bodies, int(len(bodies) * share)):
        bodies.insert(rng.randrange(len(bodies) + 1), body)
    return bodies
