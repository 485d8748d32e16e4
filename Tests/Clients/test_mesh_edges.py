"""Made-up traces with every difficulty there is, whose truth is known from how they were made."""

import itertools
import json
import random
import time

import pytest

from edges import HASTY, SENDERS, asked, doubled, eventually, offline, quality, split
from figures import deviations
from mesh import CLIENT, SERVER, Mesh, encoded
from otlp import Request, spans_of


# Shapes of traces


def tree(mesh, weight=1):
    """A usual trace: some levels of calls, with databases and work between."""
    rng, ends = mesh.rng, [mesh.root(weight=weight)]
    for _ in range(rng.randrange(4, 40)):
        parent = rng.choice(ends)
        if rng.random() < 0.3:
            parent = mesh.inside(parent)
        step = rng.choices(["request", "database", "change", "sibling", "loop"], [8, 4, 1, 1, 1])[0]
        if step == "request":
            ends.append(mesh.request(parent, other(mesh, parent), rng.choice(HINTS)))
        elif step == "change":
            mesh.change(parent, other(mesh, parent))
        else:
            getattr(mesh, step)(parent)


HINTS = ["service", "address", None]


def other(mesh, span):
    return mesh.rng.choice([name for name in mesh.hosts if name != span.host.service])


def deep(mesh, levels=200):
    span = mesh.root()
    for _ in range(levels):
        span = mesh.request(mesh.inside(span), other(mesh, span))


def wide(mesh, children=400):
    root = mesh.root()
    for _ in range(children):
        mesh.request(root, other(mesh, root))


def sampled(mesh):
    tree(mesh, weight=mesh.rng.choice([2, 4, 8]))


def unmarked(mesh):
    """Nothing but spans without a kind, over several services."""
    span = mesh.span(mesh.host(), None, 1, "job")
    for _ in range(5):
        span = mesh.change(mesh.inside(span), other(mesh, span))


def mailed(mesh):
    """A message whose consumer is its child, by way of a queue that has a name or none."""
    root, queue = mesh.root(), mesh.rng.choice(["orders", "mails", None])
    sent = mesh.message(root, queue)
    mesh.take([sent], queue, other(mesh, root), mesh.rng.choice(["parent", "both"]))


def batched(mesh):
    """Messages of many traces that one consumer takes at once, linked to each."""
    queue = mesh.rng.choice(["orders", "mails", None])
    roots = [mesh.root() for _ in range(mesh.rng.randrange(1, 20))]
    sent = [mesh.message(root, queue) for root in roots]
    mesh.take(sent, queue, mesh.rng.choice(list(mesh.hosts)), "link")


def built(seed, lost=0.03):
    mesh = Mesh(random.Random(seed))
    shapes = [tree] * 60 + [sampled] * 20 + [mailed] * 10 + [batched] * 5 + [unmarked] * 5
    for _ in range(300):
        mesh.rng.choice(shapes)(mesh)
    deep(mesh)
    wide(mesh)
    mesh.lose(lost)
    return mesh


# Comparing


def check(mesh, ask):
    """Compares edges in both ways of drawing brokers, and services; `ask(what, brokers)` asks."""
    wrong = []
    for brokers in "node", "through":
        for line in deviations(mesh.edges(brokers), ask("edges", brokers), "count"):
            wrong.append(f"{brokers}: {line}")
    truth = mesh.services()
    rows = [row for row in ask("services", None) if row["key"]["type"] == "service"]
    wrong += deviations(truth, rows, "requests")
    assert not wrong, f"{len(wrong)} deviations\n" + "\n".join(sorted(wrong)[:40])


@pytest.mark.parametrize("seed", range(1, 7))
def test_files_of_a_mesh(seed, tmp_path):
    mesh = built(seed)
    bodies = mesh.bodies() if seed % 2 else split(mesh.bodies(), mesh.rng)
    for index, body in enumerate(bodies):
        (tmp_path / f"{index:05}.pb").write_bytes(body)

    def ask(what, brokers):
        return offline(what, tmp_path, arguments=["--brokers", brokers] if brokers else [])

    check(mesh, ask)


ORDERS = {
    "as they came": lambda bodies, rng: bodies,
    "backwards": lambda bodies, rng: bodies[::-1],
    "shuffled": lambda bodies, rng: rng.sample(bodies, len(bodies)),
    "cut apart, a tenth twice": lambda bodies, rng: doubled(split(bodies, rng), rng),
}


@pytest.mark.parametrize(
    "seed, order, door, lanes, settings",
    [
        (11, "as they came", "http", 1, {}),
        (12, "as they came", "grpc", 2, HASTY),
        (13, "backwards", "http", 2, HASTY),
        (14, "shuffled", "grpc", 1, HASTY),
        (15, "shuffled", "http", 2, {}),
        (16, "cut apart, a tenth twice", "http", 1, HASTY),
        (17, "cut apart, a tenth twice", "grpc", 2, {}),
        (18, "cut apart, a tenth twice", "http", 2, HASTY),
    ],
)
def test_a_mesh_that_comes_to_a_listener(seed, order, door, lanes, settings, start):
    mesh, collector = built(seed), start(settings, lanes=lanes)
    SENDERS[door](collector, ORDERS[order](list(mesh.bodies()), mesh.rng))
    eventually(collector, lambda: check(mesh, asking(collector)))
    collector.check_ledger()


def asking(collector):
    def ask(what, brokers):
        return asked(collector, what, **({"brokers": brokers} if brokers else {}))

    return ask


@pytest.mark.parametrize("seed, lanes", [(21, 1), (22, 2)])
def test_spans_that_come_after_their_trace_was_counted(seed, lanes, start):
    """In three parts, with a pause after each that is long enough for every trace to settle."""
    mesh, collector = built(seed), start(HASTY, lanes=lanes)
    bodies = doubled(split(mesh.bodies(), mesh.rng), mesh.rng)
    third = len(bodies) // 3
    for part in bodies[:third], bodies[third : 2 * third], bodies[2 * third :]:
        SENDERS["http"](collector, part)
        time.sleep(2)
    eventually(collector, lambda: check(mesh, asking(collector)))
    assert quality(collector)["traces"]["amended"] > 100


@pytest.mark.parametrize("seed, lanes", [(23, 1), (24, 2)])
def test_what_is_wrong_with_a_mesh_is_told(seed, lanes, start):
    mesh, collector = built(seed, lost=0.1), start(HASTY, lanes=lanes)
    bodies = list(split(mesh.bodies(), mesh.rng))
    twice = mesh.rng.sample(bodies, 20)
    SENDERS["http"](collector, mesh.rng.sample(bodies + twice, len(bodies) + 20))

    def equal():
        said = quality(collector)
        told = {reason: said["oddities"].get(reason, 0) for reason in mesh.oddities()}
        assert told == mesh.oddities()
        assert said["traces"]["span_copies"] == sum(spans_in(body) for body in twice)

    eventually(collector, equal)


def spans_in(body):
    return len(spans_of(Request.FromString(body)))


# Spans that contradict each other


def copies():
    """A call whose called half came as several spans under one id, all of them different."""
    rng = random.Random(5)
    mesh = Mesh(rng, services=3)
    caller, *called = (mesh.hosts[name][0] for name in mesh.hosts)
    root = mesh.span(caller, None, SERVER, "GET /")
    out = mesh.span(caller, root, CLIENT, "GET /a")
    spans = [root, out]
    for index in range(5):
        into = mesh.span(called[index % 2], out, SERVER, f"GET /{index}")
        into.id, into.start, into.duration = b"the same", out.start, 5_000_000
        spans.append(into)
    spans[-1].is_error, spans[-2].attributes["x"] = True, "y"
    return [encoded([span]) for span in spans]


def test_copies_that_differ_are_one_call_whatever_their_order(tmp_path):
    bodies, told = copies(), set()
    for number, order in enumerate(itertools.permutations(bodies[2:])):
        file = tmp_path / f"{number}.pb"
        file.write_bytes(b"".join([bodies[0], *order, bodies[1]]))
        edges, operations = offline("edges", file), offline("operations", file)
        assert sorted(edge["count"] for edge in edges) == [1, 1], edges
        for row in edges + operations:
            del row["exemplars"]
        told.add(json.dumps([edges, operations]))
        if number > 30 and len(told) == 1:
            break
    assert len(told) == 1, "\n".join(told)
