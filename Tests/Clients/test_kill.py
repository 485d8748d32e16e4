"""Killed with -9 at any time: what was acknowledged is counted once, and so is what was sent again."""

import http.client
import random
import signal
import threading
import time

import pytest

from collector import Collector
from edges import HASTY, asked, doubled, eventually, split
from test_mesh_edges import built, check

HEADERS = {"Content-Type": "application/x-protobuf"}


class Sender:
    """Posts bodies until each is acknowledged, whatever becomes of the collector meanwhile."""

    def __init__(self, port, bodies):
        self.port, self.bodies, self.connection = port, bodies, None
        self.acknowledged = 0
        self.is_wanted = True
        self.thread = threading.Thread(target=self.run, daemon=True)

    def run(self):
        for body in self.bodies:
            while not self.post(body):
                if not self.is_wanted:
                    return
                time.sleep(0.01)
            self.acknowledged += 1

    def post(self, body):
        try:
            self.connection = self.connection or http.client.HTTPConnection(
                "127.0.0.1", self.port, timeout=10
            )
            self.connection.request("POST", "/v1/traces", body, HEADERS)
            answer = self.connection.getresponse()
            answer.read()
            return answer.status == 200
        except (OSError, http.client.HTTPException):
            if self.connection:
                self.connection.close()
            self.connection = None
            return False


def kill(collector):
    collector.process.send_signal(signal.SIGKILL)
    collector.process.wait()


@pytest.mark.parametrize(
    "seed, lanes, settings, kills, pause",
    [(31, 1, HASTY, 8, 0.4), (32, 2, HASTY, 8, 0.4), (33, 2, {}, 4, 2.5), (34, 2, HASTY, 12, 1.2)],
)
def test_edges_are_exact_after_kills(seed, lanes, settings, kills, pause, tmp_path):
    mesh, rng = built(seed), random.Random(seed)
    bodies = doubled(split(mesh.bodies(), mesh.rng), mesh.rng)
    collector = Collector(tmp_path, settings, lanes=lanes)
    collector.__enter__()
    sender = Sender(collector.port("otlp_http"), paced(bodies, kills * pause))
    sender.thread.start()
    try:
        for _ in range(kills):
            time.sleep(rng.uniform(0.2, 1.8) * pause)
            kill(collector)
            collector.__enter__()
        sender.thread.join(60)
        assert sender.acknowledged == len(bodies)
        eventually(collector, lambda: check(mesh, asking(collector)))
    finally:
        sender.is_wanted = False
        collector.stop()


def paced(bodies, seconds):
    """The same bodies, spread over a time."""
    for body in bodies:
        time.sleep(seconds / len(bodies))
        yield body


def asking(collector):
    def ask(what, brokers):
        return asked(collector, what, **({"brokers": brokers} if brokers else {}))

    return ask
