"""What comparable systems make of a few spans, beside what we make of them.

Every case is equal, or stands in a table of choices with the reason and with what we say instead.
"""

import json

import pytest

from collector import MATERIAL
from edges import HASTY, asked, eventually, is_entry, offline, quality, send_http, shifted
from otlp import Request, assert_same_spans, from_json, from_tree

CASES = MATERIAL / "cases"
# The peers count status ERROR on either half as a failure.
THEIR_RULE = {"failed.rule": "status"}


def cases(name):
    read = json.loads((CASES / f"{name}.json").read_text())["cases"]
    assert read, f"no case in {name}"
    return {case["name"]: case for case in read}


def by_both_ways(bodies, check, start, folder, settings=None):
    """Checks the edges of the bodies read from a file, then of the same sent to a listener."""
    for index, body in enumerate(bodies):
        (folder / f"{index}.pb").write_bytes(body)
    files = sorted(folder.glob("*.pb"))
    if files:
        check(offline("edges", *files, settings=settings))
    collector = start({**HASTY, **(settings or {})})
    send_http(collector, shifted(bodies) if bodies else [])
    eventually(collector, lambda: check(asked(collector, "edges")))


# Service graphs of Tempo and of the OpenTelemetry connector

GRAPHS = cases("service_graph")

# Where we choose otherwise: why, and the edges that we draw instead of theirs.
GRAPH_CHOICES = {
    "database named by network.peer.address alone": (
        "the namespace of a database says better which one it is than an address does",
        {
            ("mythical-requester", "mythical-server"): ("request", 1, 0),
            ("mythical-server", "postgres"): ("database", 1, 0),
            ("mythical-requester", "mythical-recorder"): ("messaging", 1, 0),
        },
    ),
    "client alone with db.system as peer attribute": (
        "what a database is called by is always seen to be a database",
        {("svc-a", "postgresql"): ("database", 1, 0)},
    ),
    "server without a service name, producer and consumer": (
        "a message stays one, however its consumer is named",
        {("svc-a", "external-peer"): ("messaging", 1, 0)},
    ),
    "sampling ratio scales counts": (
        "weights come from the trace state of OpenTelemetry alone",
        {("mythical-requester", "mythical-server"): ("request", 1, 0)},
    ),
    "copies of the same pair": (
        "a call counts once, however often it is sent",
        {("a", "b"): ("request", 1, 0)},
    ),
}


def their_edges(case):
    """A peer's edges in our words: its `user` is our `client`, its connection types are kinds."""
    edges = {}
    for edge in case["expected"]["edges"]:
        client = "client" if edge["client"] == "user" else edge["client"]
        kind = {"database": "database", "messaging_system": "messaging"}.get(
            edge["connection_type"], "request"
        )
        edges[client, edge["server"]] = (kind, edge["count"], edge["failed"])
    return edges


def told(edges):
    """Our edges as (client, server) → kind, count and failures; each must be listed once."""
    pairs = [(edge["client_key"]["name"], edge["server_key"]["name"]) for edge in edges]
    assert len(set(pairs)) == len(pairs), pairs
    return {pair: (edge["kind"], edge["count"], edge["failed"]) for pair, edge in zip(pairs, edges)}


@pytest.mark.parametrize("name", GRAPHS)
def test_a_case_of_service_graphs(name, start, tmp_path):
    case = GRAPHS[name]
    wanted = GRAPH_CHOICES[name][1] if name in GRAPH_CHOICES else their_edges(case)
    bodies = [
        from_tree(request, ignore_unknown=True).SerializeToString()
        for request in json.loads(json.dumps(case["input"]["requests"]))
    ]

    def check(edges):
        assert told(edges) == wanted, case.get("note")
        found = {(edge["client"], edge["server"]): edge for edge in edges}
        for edge in case["expected"]["edges"]:
            ours = found.get((edge["client"], edge["server"]))
            if ours and "server_ms" in edge:
                assert ours["p50_ms"] == pytest.approx(edge["server_ms"], rel=0.01)
            if ours and "client_ms" in edge:
                view = ours["client_view"] if "server_ms" in edge else ours
                assert view["p50_ms"] == pytest.approx(edge["client_ms"], rel=0.01)

    by_both_ways(bodies, check, start, tmp_path, THEIR_RULE)


# Dependency links of Zipkin

LINKS = cases("zipkin_links")

LINK_CHOICES = {
    "nobody names the broker: no direct producer-consumer link": (
        "without a broker to draw, a message goes from its producer to its consumer",
        {("producer", "consumer"): (1, 0)},
    ),
    "spans with two names and no kind act as client": (
        "a span without a kind is work, and calls nobody but whom a span below it shows",
        {("some-client", "web"): (1, 0), ("web", "app"): (1, 0)},
    ),
}

KINDS = {"CLIENT": 3, "SERVER": 2, "PRODUCER": 4, "CONSUMER": 5}


def from_zipkin(trace):
    """A trace of Zipkin's model as OTLP.

    Both halves of a call keep their one span id. A span without a service of its own is of the
    process of its parent. Whom a span knows at the other end is its peer, or its broker.
    """
    request = Request()
    services = {}
    for span in sorted(trace, key=lambda span: depth(span, trace)):
        service = span.get("localEndpoint", {}).get("serviceName")
        service = service or services.get(span.get("parentId"), "")
        services.setdefault(span["id"], service)
        resource = request.resource_spans.add()
        if service:
            put(resource.resource, "service.name", service)
        kind = KINDS.get(span.get("kind"), 0)
        made = resource.scope_spans.add().spans.add(
            trace_id=bytes.fromhex(span["traceId"].rjust(32, "0")),
            span_id=bytes.fromhex(span["id"]),
            parent_span_id=bytes.fromhex(span.get("parentId", "")),
            kind=kind,
            start_time_unix_nano=span["timestamp"] * 1000,
            end_time_unix_nano=(span["timestamp"] + span["duration"]) * 1000,
        )
        if peer := span.get("remoteEndpoint", {}).get("serviceName"):
            is_message = kind in (4, 5)
            put(made, "messaging.destination.name" if is_message else "service.peer.name", peer)
        if "error" in span.get("tags", {}):
            made.status.code = 2
    return request.SerializeToString()


def depth(span, trace):
    """How many spans stand above it; the client half of a shared id stands above the server's."""
    parents = {s["id"]: s.get("parentId") for s in trace}
    steps, parent = 0, span.get("parentId")
    while parent in parents and steps < len(trace):
        steps, parent = steps + 1, parents[parent]
    return steps, span.get("shared", False)


def put(owner, key, value):
    owner.attributes.add(key=key).value.string_value = value


@pytest.mark.parametrize("name", LINKS)
def test_a_case_of_zipkin_links(name, start, tmp_path):
    case = LINKS[name]
    links = {
        (link["parent"], link["child"]): (link["callCount"], link["errorCount"])
        for link in case["expected"]["links"]
    }
    wanted = LINK_CHOICES[name][1] if name in LINK_CHOICES else links

    def check(edges):
        # Zipkin draws nobody in front of the first service.
        ours = [edge for edge in edges if not is_entry(edge)]
        assert {pair: row[1:] for pair, row in told(ours).items()} == wanted, case.get("note")

    by_both_ways([from_zipkin(trace) for trace in case["input"]["traces"]], check, start, tmp_path)


def test_every_choice_is_of_a_case():
    assert GRAPH_CHOICES.keys() <= GRAPHS.keys() and LINK_CHOICES.keys() <= LINKS.keys()


# Clocks and copies as Jaeger adjusts them

ADJUSTED = cases("jaeger_adjust")
CLOCKS = {name: case for name, case in ADJUSTED.items() if case["input"]["op"] == "clock_skew"}
HOSTS = {name: case for name, case in ADJUSTED.items() if case["input"]["op"] == "host_key"}

# Jaeger moves the called half by so much, or would; we say how far its clock is ahead.
CLOCK_CHOICES = {
    "other host, child longer than parent but starts inside: left alone": (
        "nothing is moved, so that there is no harm in telling what was measured",
        35,
    ),
}
# What the peers tell in words only.
WARNED = {"wanted shift -45 ms above the limit of 10 ms": -45}
HOST_CHOICES = {
    "host key from host.ip text": "machines are told by host.id or host.name; addresses are shared",
}


def from_jaeger(spans):
    """Spans on hosts as OTLP: what is below a span of another host is the called half of a call."""
    hosts = {span["id"]: span["host"] for span in spans}
    callers = {s["parent"] for s in spans if hosts.get(s["parent"], s["host"]) != s["host"]}
    request = Request()
    for span in spans:
        resource = request.resource_spans.add()
        put(resource.resource, "service.name", f"on-{span['host']}")
        put(resource.resource, "host.name", span["host"])
        is_called = hosts.get(span["parent"], span["host"]) != span["host"]
        start = 1_700_000_000_000 + span["start_ms"]
        resource.scope_spans.add().spans.add(
            trace_id=b"0123456789abcdef",
            span_id=bytes.fromhex(span["id"]),
            parent_span_id=bytes.fromhex(span["parent"]),
            kind=2 if is_called else 3 if span["id"] in callers else 1,
            start_time_unix_nano=start * 1_000_000,
            end_time_unix_nano=(start + span["duration_ms"]) * 1_000_000,
        )
    return request.SerializeToString()


@pytest.mark.parametrize("name", CLOCKS)
def test_clocks_are_compared_and_nothing_is_moved(name, start):
    spans, expected = CLOCKS[name]["input"]["spans"], CLOCKS[name]["expected"]
    hosts = {span["id"]: span["host"] for span in spans}
    clocks = {}
    for span, moved in zip(spans, expected["start_ms"]):
        caller = hosts.get(span["parent"], span["host"])
        if caller != span["host"]:
            shift = WARNED.get(name, moved - span["start_ms"])
            clocks[caller, span["host"]] = CLOCK_CHOICES.get(name, ("", -shift))[1]
    collector = start(HASTY)
    sent = shifted([from_jaeger(spans)])
    send_http(collector, sent)

    def check():
        said = quality(collector)
        told = {(c["client_host"], c["server_host"]): c["server_ahead_ms"] for c in said["clocks"]}
        assert told == clocks
        lost = sum(1 for span in spans if span["parent"] and span["parent"] not in hosts)
        assert said["oddities"].get("missing_parent", 0) == lost
        assert said["traces"]["span_copies"] == len(spans) - len(hosts)

    eventually(collector, check)
    assert_same_spans(Request.FromString(sent[0]), from_json(collector.recent()), "raw")
    edges = asked(collector, "edges")
    assert [(edge["count"], edge["failed"]) for edge in edges] == [(1, 0)] * len(clocks)
    durations = {span["host"]: span["duration_ms"] for span in spans if span["id"] in hosts}
    for edge, (_, called) in zip(edges, clocks):
        longest = max(s["duration_ms"] for s in spans if s["host"] == called)
        assert edge["max_ms"] == pytest.approx(longest, rel=0.02), durations


@pytest.mark.parametrize("name", HOSTS)
def test_machines_are_known_by_their_resource(name, start):
    """A call of a known machine by one of which the resource says so much."""
    called = {"host.id": "machine-b"}
    request = Request()
    for position, resource in enumerate([HOSTS[name]["input"]["resource"], called]):
        holder = request.resource_spans.add()
        for key, value in resource.items():
            if isinstance(value, str):
                put(holder.resource, key, value)
            else:
                holder.resource.attributes.add(key=key).value.array_value.SetInParent()
        holder.scope_spans.add().spans.add(
            trace_id=b"0123456789abcdef",
            span_id=bytes([1 + position] * 8),
            parent_span_id=bytes([1] * 8) if position else b"",
            kind=2 if position else 3,
            start_time_unix_nano=10**18,
            end_time_unix_nano=10**18 + 1_000_000,
        )
    collector = start(HASTY)
    send_http(collector, shifted([request.SerializeToString()]))
    wanted = HOSTS[name]["expected"]

    def check():
        said = quality(collector)
        assert said["traces"]["settled"] == 1
        hosts = [clock["client_host"] for clock in said["clocks"]]
        assert hosts == ([wanted] if wanted and name not in HOST_CHOICES else [])

    eventually(collector, check)


def test_a_copy_in_another_scope_counts_once_and_ids_stay(start):
    """Jaeger keeps copies of different scopes apart; ids and side alone tell spans apart here."""
    [case] = [case for case in ADJUSTED.values() if case["input"]["op"] == "dedupe"]
    request = Request()
    resource = request.resource_spans.add()
    put(resource.resource, "service.name", "service")
    for span in case["input"]["spans"]:
        scope = resource.scope_spans.add()
        put(scope.scope, "key", span["scope"])
        scope.spans.add(
            trace_id=span["trace"].to_bytes(16),
            span_id=span["id"].to_bytes(8),
            kind=2,
            start_time_unix_nano=10**18,
            end_time_unix_nano=10**18 + 1_000_000,
        )
    collector = start(HASTY)
    [sent] = shifted([request.SerializeToString()])
    send_http(collector, [sent])

    def once():
        assert [row["requests"] for row in asked(collector, "services") if is_own(row)] == [1]

    eventually(collector, once)
    assert_same_spans(Request.FromString(sent), from_json(collector.recent()), "kept apart")


def is_own(row):
    return row["key"]["type"] == "service"
