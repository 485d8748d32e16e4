"""Requests recorded from client libraries, replayed byte for byte."""

import gzip
import json

import pytest

from collector import MATERIAL
from otlp import Request, Response, assert_same_spans, facts, from_json

WIRE = MATERIAL / "wire"
RECORDED = [json.loads(line) for line in (WIRE / "index.jsonl").read_text().splitlines()]
assert RECORDED, "no recorded request"


@pytest.mark.parametrize("recorded", RECORDED, ids=[r["file"] for r in RECORDED])
def test_a_recorded_request_yields_the_spans_its_client_made(recorded, collector):
    body = (WIRE / recorded["file"]).read_bytes()
    answer = collector.request(
        recorded["method"], recorded["path"], body=body, headers=recorded["headers"]
    )
    assert answer.status == 200, f"{recorded['client']}: {answer}"
    assert not Response.FromString(answer.body).HasField("partial_success"), answer

    expected = recorded["expected"]
    wanted = expected["spans"]
    count = wanted if isinstance(wanted, int) else len(wanted)
    collector.wait_until(lambda: len(facts(collector.recent())) == count, 3, f"{count} spans")
    seen = {span["name"]: span for span in facts(collector.recent())}
    assert {span["service"] for span in seen.values()} == {expected["service"]}
    for want in [] if isinstance(wanted, int) else wanted:
        have = seen[want["name"]]
        parent = next((n for n, s in seen.items() if s["span_id"] == have["parent_span_id"]), None)
        assert (have["kind"], parent, have["error"]) == (
            want["kind"],
            want["parent"],
            want["error"],
        )
        assert want.get("attributes", {}).items() <= have["attributes"].items()
        assert want.get("events", []) == have["events"]

    if recorded["headers"].get("content-encoding") == "gzip":
        body = gzip.decompress(body)
    assert_same_spans(Request.FromString(body), from_json(collector.recent()), recorded["client"])
