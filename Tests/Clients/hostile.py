"""What all attacks share: a target with short limits, an honest client beside, and the verdict."""

import json
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from wires import Closed

# Attackers come from another loopback address than the honest client, as they would in the world.
ATTACKER = "127.0.0.2"

LIMITS = {
    "limits.header_time": "1s",
    "limits.body_time": "2s",
    "limits.idle_time": "3s",
    "limits.answer_time": "2s",
    "limits.keepalive_time": "5s",
    "limits.keepalive_timeout": "1s",
    "limits.request_body": "16MiB",
    "limits.decoded_body": "16MiB",
}
MEMORY = "128MiB"


def memory_bound(collector):
    """The most that may be resident, whatever is sent."""
    return collector.memory_bytes * 5 // 4 + (64 << 20)


@contextmanager
def honest_client_beside(collector, goodput=0.8, least=1.0):
    """Runs the attack in the `with`, for a second at least; then judges what it did to others."""
    collector.forget_peak()
    files = open_files(collector)
    program = Path(__file__).with_name("honest.py")
    ports = [str(collector.port("otlp_http")), str(collector.port("otlp_grpc"))]
    with subprocess.Popen(
        [sys.executable, program, *ports], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as honest:
        try:
            assert honest.stdout.readline() == "ready\n", "the honest client could not start"
            began = time.monotonic()
            yield
            time.sleep(max(0, began + least - time.monotonic()))
            account, _ = honest.communicate("", timeout=30)
        finally:
            honest.kill()
    judge(collector, json.loads(account), goodput)
    collector.check_ledger()
    enough = lambda: open_files(collector) <= files + 8  # noqa: E731
    collector.wait_until(enough, 8, "the files of gone connections are closed")


def open_files(collector):
    return len(os.listdir(f"/proc/{collector.pid}/fd"))


def judge(collector, account, goodput):
    assert collector.is_alive(), (
        f"the collector died: {collector.process.returncode}\n{collector.log_tail()}"
    )
    for protocol, counts in account.items():
        accepted, due = counts["outcomes"].get("200", 0), counts["due"]
        assert accepted >= goodput * due, f"the honest {protocol} client suffered: {counts}"
    peak, bound = collector.resident_bytes("VmHWM"), memory_bound(collector)
    assert peak <= bound, f"{peak >> 20} MiB were resident, {bound >> 20} MiB are allowed"
    settled = lambda: collector.total("portolan_memory_used_bytes") < collector.memory_bytes / 2  # noqa: E731
    collector.wait_until(settled, 5, "what the attack took is given back")


def in_parallel(count, work):
    """Runs `work(index)` on as many threads; the results in order."""
    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(work, range(count)))


def send_until_closed(wire, pieces, seconds):
    """Sends until the peer closes: how much it took, and how long; None when it took all."""
    began, sent = time.monotonic(), 0
    wire.socket.settimeout(seconds)
    for piece in pieces:
        try:
            wire.send(piece)
            sent += len(piece)
        except Closed:
            return sent, time.monotonic() - began
        if time.monotonic() - began > seconds:
            break
    return None
