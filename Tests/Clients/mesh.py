"""A made-up system whose every call is known: traces out of it, and what must be told of them.

The truth is counted from the calls that were made and from which of their spans were sent. It looks
at no span, so that it shares nothing with what reads them. The same seed gives the same system.
"""

import time
from collections import defaultdict
from dataclasses import dataclass, field

from figures import Figures
from otlp import Request

INTERNAL, SERVER, CLIENT, PRODUCER, CONSUMER = 1, 2, 3, 4, 5
HTTP = {200: "ok", 204: "ok", 302: "ok", 400: "client_errors", 404: "client_errors"}
HTTP |= {429: "throttles", 499: "cancelled", 500: "faults", 503: "faults"}
RPC = {
    0: ("OK", "ok"),
    1: ("CANCELLED", "cancelled"),
    4: ("DEADLINE_EXCEEDED", "faults"),
    5: ("NOT_FOUND", "client_errors"),
    8: ("RESOURCE_EXHAUSTED", "throttles"),
    13: ("INTERNAL", "faults"),
    14: ("UNAVAILABLE", "faults"),
}
# The text that a sampler of one in so many leaves in the trace state.
SAMPLED = {1: "", 2: "ot=th:8", 4: "ot=th:c", 8: "vendor=x,ot=rv:ffffffffffffff;th:e"}


@dataclass
class Host:
    """One instance of a service: its resource, its clock, and its age in attribute names."""

    service: str
    instance: str
    is_old: bool
    skew: int


@dataclass(eq=False)
class Made:
    """A span of which everything is known; `is_lost` when it is never sent."""

    host: Host
    trace: bytes
    id: bytes
    parent: object
    kind: int
    name: str
    start: int
    duration: int
    weight: int = 1
    outcome: str = "ok"
    is_error: bool = False
    attributes: dict = field(default_factory=dict)
    links: list = field(default_factory=list)
    is_lost: bool = False

    @property
    def is_sent(self):
        return not self.is_lost


@dataclass
class Call:
    """What went from one service to another, and what its half spans are; one may not exist."""

    client: str
    server: str
    kind: str
    out: Made | None
    into: Made | None
    # What the going half says of whom it calls, when it says something.
    named: str | None = None
    hops: tuple = ("node", "through")
    # How many calls of the kind one span tells of.
    times: int = 1


class Mesh:
    """Builds traces; `calls` and `spans` are what was built so far."""

    def __init__(self, rng, services=12):
        self.rng = rng
        self.calls, self.spans = [], []
        self.now = time.time_ns() - 5_000_000_000
        self.hosts = {}
        for index in range(services):
            name, is_old = f"service-{chr(97 + index)}", rng.random() < 0.5
            self.hosts[name] = [
                Host(name, f"{name}-{n}", is_old, rng.randrange(-40, 40) * 1_000_000)
                for n in range(rng.choice([1, 2, 3]))
            ]

    # Building

    def host(self, service=None):
        return self.rng.choice(self.hosts[service or self.rng.choice(list(self.hosts))])

    def span(self, host, parent, kind, name, weight=None, trace=None):
        """A span beneath another, or the root of a trace of its own."""
        rng = self.rng
        start = parent.start + rng.randrange(1_000_000) if parent else self.moment()
        made = Made(
            host,
            parent.trace if parent else trace or rng.randbytes(16),
            rng.randbytes(8),
            parent,
            kind,
            name,
            start,
            min(int(rng.lognormvariate(15, 1.6)), 30_000_000_000),
            weight or (parent.weight if parent else 1),
        )
        self.spans.append(made)
        return made

    def moment(self):
        """Some time of the last four minutes, long enough ago for the longest span to be over."""
        return self.now - 60_000_000_000 - self.rng.randrange(240_000_000_000)

    def request(self, parent, service, hint=None):
        """A call of another service over HTTP or gRPC; gives the span in which it is answered."""
        out, into = self.halves(parent, self.host(service), f"GET /{service}/list")
        named = None
        if hint == "service":
            named = service
            self.say(out, "peer.service", "service.peer.name", named)
        elif hint == "address":
            named = f"{service}.example"
            self.say(out, "net.peer.name", "server.address", named)
        self.calls.append(Call(parent.host.service, service, "request", out, into, named))
        return into

    def sibling(self, parent):
        """A call of another instance of the same service; nothing when there is none."""
        own = parent.host
        if others := [host for host in self.hosts[own.service] if host is not own]:
            out, into = self.halves(parent, self.rng.choice(others), "GET /peer")
            self.calls.append(Call(own.service, own.service, "request", out, into))

    def loop(self, parent):
        """A call of itself, which is work of its own and no edge."""
        self.halves(parent, parent.host, "GET /self")

    def halves(self, parent, host, name):
        out = self.span(parent.host, parent, CLIENT, name)
        into = self.span(host, out, SERVER, name)
        (self.end_http if self.rng.random() < 0.5 else self.end_rpc)(out, into)
        return out, into

    def say(self, span, old, new, value):
        span.attributes[old if span.host.is_old else new] = value

    def end_http(self, out, into):
        """Both halves have a code; now and then the client gives up where the server did not."""
        rng = self.rng
        code = rng.choices([200, 204, 302, 400, 404, 429, 500, 503], [80, 9, 3, 2, 3, 2, 3, 2])[0]
        seen = 499 if rng.random() < 0.01 else code
        for span, said, is_error in (
            (out, seen, seen >= 400),
            (into, code, code >= 500),
        ):
            self.say(span, "http.method", "http.request.method", "GET")
            self.say(span, "http.status_code", "http.response.status_code", said)
            span.outcome, span.is_error = HTTP[said], is_error

    def end_rpc(self, out, into):
        rng = self.rng
        code = rng.choices(list(RPC), [88, 1, 2, 3, 2, 2, 2])[0]
        seen = 4 if rng.random() < 0.01 else code
        for span, said in (out, seen), (into, code):
            name, outcome = RPC[said]
            self.say(span, "rpc.system", "rpc.system.name", "grpc")
            if span.host.is_old:
                span.attributes["rpc.grpc.status_code"] = said
            else:
                span.attributes["rpc.response.status_code"] = name
            span.outcome = outcome
            span.is_error = said in (4, 13, 14) or span is out and said != 0

    def root(self, service=None, weight=1):
        """A request of somebody outside."""
        host = self.host(service)
        span = self.span(host, None, SERVER, "GET /", weight)
        self.say(span, "http.status_code", "http.response.status_code", 200)
        self.calls.append(Call("client", host.service, "request", None, span))
        return span

    def inside(self, parent, name="work"):
        return self.span(parent.host, parent, INTERNAL, name)

    def change(self, parent, service):
        """A call of which only spans without a kind tell, one on each side."""
        out = self.inside(parent, "send")
        into = self.span(self.host(service), out, INTERNAL, "receive")
        self.calls.append(Call(parent.host.service, service, "change", out, into))
        return into

    def database(self, parent):
        out = self.span(parent.host, parent, CLIENT, "SELECT")
        system = self.rng.choice(["postgresql", "mysql", "mongodb"])
        self.say(out, "db.system", "db.system.name", system)
        self.say(out, "net.peer.name", "server.address", f"{system}.example")
        name = f"{system}.example"
        rung = self.rng.randrange(3)
        if rung >= 1:
            name = f"orders-{system}"
            self.say(out, "db.name", "db.namespace", name)
        if rung == 2:
            name = f"the-{system}"
            self.say(out, "peer.service", "service.peer.name", name)
        if self.rng.random() < 0.05:
            out.outcome, out.is_error = "faults", True
        self.calls.append(Call(parent.host.service, name, "database", out, None, name))

    def message(self, parent, queue):
        """A message that goes out; without a queue, to a broker that has no name."""
        out = self.span(parent.host, parent, PRODUCER, "send")
        out.attributes["messaging.system"] = "kafka"
        if queue:
            self.say(out, "messaging.destination", "messaging.destination.name", queue)
            call = Call(parent.host.service, queue, "messaging", out, None, queue, ("node",))
            self.calls.append(call)
        return out

    def take(self, messages, queue, service, by):
        """Messages that come in: told by the parent, by links, or by both at the same time."""
        host = self.host(service)
        into = self.span(host, None if by == "link" else messages[0], CONSUMER, "receive")
        into.attributes["messaging.system"] = "kafka"
        if queue:
            self.say(into, "messaging.destination", "messaging.destination.name", queue)
        if by != "parent":
            into.links = list(messages)
        if self.rng.random() < 0.05:
            into.outcome, into.is_error = "faults", True
        if queue:
            call = Call(queue, service, "messaging", None, into, queue, ("node",), len(messages))
            self.calls.append(call)
        # One instance that sends to itself is work of its own, as when it calls itself.
        for out in (out for out in messages if out.host is not host):
            hops = ("through",) if queue else ("node", "through")
            self.calls.append(Call(out.host.service, service, "messaging", out, into, hops=hops))
        return into

    def lose(self, share):
        for span in self.spans:
            span.is_lost = self.rng.random() < share

    # Sending

    def bodies(self, most=120):
        """Requests as instances would send them: each its own spans, in the order of their ends."""
        held = defaultdict(list)
        for span in sorted(self.spans, key=lambda span: span.start + span.duration):
            if span.is_lost:
                continue
            batch = held[span.host.instance]
            batch.append(span)
            if len(batch) == most:
                yield encoded(held.pop(span.host.instance))
        for batch in held.values():
            yield encoded(batch)

    # The truth

    def edges(self, brokers="node"):
        """(client, server) → `Figures`, of what was sent."""
        found = defaultdict(Figures)
        for call in self.calls:
            if brokers not in call.hops:
                continue
            out = call.out if call.out and call.out.is_sent else None
            into = call.into if call.into and call.into.is_sent else None
            if call.kind == "change":
                if out and into:
                    found[call.client, call.server].add(None, into)
            elif out and into or call.client == "client" and into:
                found[call.client, call.server].add(out, into)
            elif call.kind == "messaging" and call.named and (out or into):
                found[call.client, call.server].add(out, into, call.times)
            elif out and call.named:
                found[call.client, call.named].add(out, None)
        return found

    def services(self):
        """Service → `Figures` of its own server, consumer and root spans, and of those without a
        kind that came in from another service."""
        found = defaultdict(Figures)
        entered = {id(c.into) for c in self.calls if c.kind == "change" and c.out.is_sent}
        for span in self.spans:
            is_own = span.kind in (SERVER, CONSUMER) or span.parent is None or id(span) in entered
            if span.is_sent and is_own:
                found[span.host.service].add(None, span)
        return found

    def oddities(self):
        """How often something is amiss, by the words of the report."""
        sent = [span for span in self.spans if span.is_sent]
        rooted = {span.trace for span in sent if span.parent is None}
        links = [linked for span in sent for linked in span.links if linked is not span.parent]
        named = ("messaging.destination", "messaging.destination.name")
        return {
            "missing_parent": sum(s.parent is not None and s.parent.is_lost for s in sent),
            "no_root": len({span.trace for span in sent} - rooted),
            "several_roots": 0,
            "orphan": sum(
                s.kind == SERVER or s.kind == CONSUMER and s.attributes.keys().isdisjoint(named)
                for s in sent
                if s.parent and s.parent.is_lost
            ),
            "lost_link": sum(linked.is_lost for linked in links),
            "no_kind": 0,
            "cycle": 0,
        }


def encoded(spans):
    request = Request()
    host = spans[0].host
    resource = request.resource_spans.add()
    put(resource.resource, "service.name", host.service)
    put(resource.resource, "service.instance.id", host.instance)
    put(resource.resource, "host.name", f"host-of-{host.instance}")
    scope = resource.scope_spans.add()
    for made in spans:
        start = made.start + host.skew
        span = scope.spans.add(
            trace_id=made.trace,
            span_id=made.id,
            parent_span_id=made.parent.id if made.parent else b"",
            kind=made.kind,
            name=made.name,
            start_time_unix_nano=start,
            end_time_unix_nano=start + made.duration,
            trace_state=SAMPLED[made.weight],
        )
        if made.is_error:
            span.status.code = 2
        for key, value in made.attributes.items():
            put(span, key, value)
        for linked in made.links:
            span.links.add(trace_id=linked.trace, span_id=linked.id)
    return request.SerializeToString()


def put(owner, key, value):
    attribute = owner.attributes.add(key=key)
    if isinstance(value, int):
        attribute.value.int_value = value
    else:
        attribute.value.string_value = value
