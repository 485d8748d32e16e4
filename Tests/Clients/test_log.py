"""What strangers write does not write the log: one line an event, printable, and not without end."""

import json
import re

import pytest

from otlp import batch
from wires import HTTP1, Closed, post

BODY = batch(1, seed=1).SerializeToString()
EVIL = [
    "\x1b[31mred",
    "\x07bell",
    "a\nb info forged",
    "\u202ereversed",
    "\x9b31m",
    "é\x00",
    '" x="y',
]


def refused_in_many_ways(collector, text):
    """Sends the text wherever a refusal might repeat it."""
    raw = text.encode("utf-8")
    places = {
        "otlp_http": [
            post(BODY, path="/PLACE"),
            post(BODY, "Content-Encoding: PLACE"),
            post(BODY, content_type="PLACE"),
            post(BODY, "Authorization: PLACE"),
            post(BODY).replace(b"POST", b"PLACE"),
        ],
        "web": [
            b"GET / HTTP/1.1\r\nHost: PLACE\r\n\r\n",
            b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: http://PLACE\r\n\r\n",
            b"GET /PLACE HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        ],
    }
    for listener, requests in places.items():
        for request in requests:
            with HTTP1(collector.port(listener)) as wire:
                wire.send(request.replace(b"PLACE", raw))
                try:
                    wire.answer()
                except Closed:
                    pass


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_stranger_cannot_write_into_the_log(form, start):
    collector = start({"log.level": "debug", "log.format": form})
    before = len(collector.log())
    for text in EVIL:
        refused_in_many_ways(collector, text)
    added = collector.log()[before:]
    assert "refused" in added, f"nothing was logged of the refusals:\n{added}"
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", added), repr(
        added
    )
    for line in added.splitlines():
        if form == "json":
            assert json.loads(line)["message"], line
        else:
            assert re.match(r"\d{4}-\d\d-\d\dT[\d:.]+Z (debug|info|warning|error) ", line), line


def test_refusals_without_end_are_summed_up(start):
    collector = start()
    with HTTP1(collector.port("otlp_http")) as wire:
        for _ in range(3_000):
            assert wire.ask(post(b"\xff")).status == 400
    assert collector.total("portolan_requests_refused_total", reason="malformed") == 3_000
    assert len(collector.log().splitlines()) < 100, "a line for every refusal"
