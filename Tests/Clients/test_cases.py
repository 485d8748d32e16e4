"""Every case of the material, and our own, through the real listener: status, spans, refusals."""

import base64
import gzip
import json
import zlib

import pytest
import zstandard
from google.rpc.status_pb2 import Status

from collector import MATERIAL
from otlp import JSON, PROTOBUF, Response, facts, from_json

OWN_SPAN = {
    "traceId": "5B8EFFF798038103D269B633813FC60C",
    "spanId": "EEE19B7EC3C1B174",
    "name": "GET /x",
    "startTimeUnixNano": "1544712660000000000",
    "endTimeUnixNano": "1544712661000000000",
    "kind": 2,
}


def material(name):
    cases = json.loads((MATERIAL / f"cases/{name}.json").read_text())["cases"]
    assert cases, f"{name}.json holds no case"
    return [pytest.param(case, id=case["name"]) for case in cases]


@pytest.mark.parametrize("case", material("otlp_json"))
def test_a_json_case_of_the_material(case, collector):
    given = case["input"]
    answer = collector.request(
        given.get("method", "POST"),
        given.get("path", "/v1/traces"),
        body=given["body"].encode() or None,
        headers={"Content-Type": given["content_type"]},
    )
    judge(case, answer, collector)


@pytest.mark.parametrize("case", material("otlp_protobuf"))
def test_a_protobuf_case_of_the_material(case, collector):
    given = case["input"]
    body = base64.b64decode(given["body_base64"])
    answer = collector.post(body, given["content_type"], given.get("content_encoding"))
    judge(case, answer, collector)


def judge(case, answer, collector):
    """Holds status, content type and spans against what the case expects."""
    shown = f"sent {json.dumps(case['input'])[:600]}\ngot {answer}"
    expected = case["expected"]
    allowed = expected.get("status_one_of", [expected.get("status")])
    assert answer.status in allowed, shown
    sent_type = case["input"]["content_type"]
    if answer.status == 200:
        expected = {**expected, **expected.get("if_200", {})}
        check_success(answer, sent_type, expected, shown)
        check_spans(collector, expected, shown)
    else:
        if answer.status == 400:
            check_status_body(answer, sent_type, shown)
        assert facts(collector.recent()) == [], f"refused, but there are spans: {shown}"
        assert collector.total("portolan_spans_accepted_total") == 0, shown


def check_success(answer, sent_type, expected, shown):
    assert answer.headers["content-type"] == sent_type, shown
    if sent_type == JSON:
        partial = answer.json().get("partialSuccess", {})
        rejected, reason = int(partial.get("rejectedSpans", 0)), partial.get("errorMessage", "")
    else:
        partial = Response.FromString(answer.body).partial_success
        rejected, reason = partial.rejected_spans, partial.error_message
    if "rejected_spans" in expected:
        assert rejected == expected["rejected_spans"], shown
    elif expected.get("spans"):
        assert rejected == 0 and b"partial" not in answer.body, f"unasked partial success: {shown}"
    assert bool(reason) == bool(rejected), f"a refusal needs a reason: {shown}"


def check_status_body(answer, sent_type, shown):
    """A refusal carries a google.rpc.Status in the type of the request."""
    assert answer.headers["content-type"] == sent_type, shown
    if sent_type == JSON:
        assert answer.json()["code"] == 3 and answer.json()["message"], shown
    else:
        status = Status.FromString(answer.body)
        assert status.code == 3 and status.message, shown


def check_spans(collector, expected, shown):
    wanted = expected.get("spans")
    if wanted is None:
        return
    count = wanted if isinstance(wanted, int) else len(wanted)
    wait_for = lambda: len(facts(collector.recent())) == count  # noqa: E731
    collector.wait_until(wait_for, 3, f"{count} spans in /api/v1/recent: {shown}")
    seen = facts(collector.recent())
    assert collector.total("portolan_spans_accepted_total") == count, shown
    for key in ("name", "service"):
        if key in expected:
            assert [span[key] for span in seen] == [expected[key]] * count, shown
    for want, have in zip([] if isinstance(wanted, int) else wanted, seen):
        for key, value in want.items():
            found = have[key]
            if key == "attributes":
                found = {name: found.get(name) for name in value}
            assert found == value, f"{key} is {found!r}, not {value!r}: {shown}"


# Our own cases: rules of the same specifications that the material has no case for.


def document(span=(), **fields):
    """An OTLP JSON document of one span; `span` overrides fields of the span."""
    scope = {"spans": [{**OWN_SPAN, **dict(span)}]}
    return json.dumps({"resourceSpans": [{"scopeSpans": [scope], **fields}]})


ACCEPTED = {
    "a 64-bit time as a number with an exponent": document({"startTimeUnixNano": 1.54471266e18}),
    "the largest time": document({"endTimeUnixNano": str(2**64 - 1)}),
    "null stands for absent": document({"attributes": None, "status": None, "kind": None}),
    "unknown fields of every shape": document({"x": [{"y": [[], {}, 1e3, None]}], "z": "\0"}),
    "escapes in a key": document().replace('"traceId"', '"\\u0074raceId"'),
    "a surrogate pair": document({"name": "\U0001f9ed"}),
    "blanks between all tokens": json.dumps(json.loads(document()), indent=4).replace(
        "\n", "\r\n\t"
    ),
    "an empty name": document({"name": ""}),
    "empty parent id": document({"parentSpanId": ""}),
    "flags above 2^31": document({"flags": 2**32 - 1}),
    "numbers as text where 32 bits are due": document({"droppedAttributesCount": "7"}),
    "base64 without padding": document(
        {"attributes": [{"key": "y", "value": {"bytesValue": "AQIDBA"}}]}
    ),
    "base64 of the URL alphabet": document(
        {"attributes": [{"key": "y", "value": {"bytesValue": "-_-_"}}]}
    ),
    "doubles by name": document(
        {"attributes": [{"key": k, "value": {"doubleValue": k}} for k in ("NaN", "-Infinity")]}
    ),
    "an empty resource and scope": document(resource={}, schemaUrl=""),
    "an empty scope list": json.dumps(
        {"resourceSpans": [json.loads(document())["resourceSpans"][0], {}]}
    ),
}

REFUSED = {
    "nothing at all": "",
    "blanks only": "  \n",
    "a document and more": document() + "x",
    "two documents": document() * 2,
    "a trailing comma": '{"resourceSpans": [],}',
    "single quotes": "{'resourceSpans': []}",
    "a comment": '{"resourceSpans": [] /* none */}',
    "a number with a leading zero": document().replace('"kind": 2', '"kind": 02'),
    "a bare NaN": document().replace('"kind": 2', '"kind": NaN'),
    "a raw control character in text": document({"name": "a\x01b"}).replace("\\u0001", "\x01"),
    "an unknown escape": document().replace("GET /x", "\\x41"),
    "text where an object is due": '{"resourceSpans": ["x"]}',
    "an object where text is due": document({"name": {}}),
    "a time that is no number": document({"startTimeUnixNano": "soon"}),
    "a negative time": document({"startTimeUnixNano": "-1"}),
    "a time of 2^64": document({"startTimeUnixNano": str(2**64)}),
    "a fraction where a whole number is due": document({"startTimeUnixNano": 1.5}),
    "an int attribute of 2^63": document(
        {"attributes": [{"key": "i", "value": {"intValue": str(2**63)}}]}
    ),
    "a bool as text": document({"attributes": [{"key": "b", "value": {"boolValue": "true"}}]}),
    "bytes that are not base64": document(
        {"attributes": [{"key": "y", "value": {"bytesValue": "!"}}]}
    ),
    "text that is cut": document()[:-1],
}


@pytest.mark.parametrize("name", ACCEPTED)
def test_a_legal_json_body(name, collector):
    answer = collector.post(ACCEPTED[name].encode(), JSON)
    assert (answer.status, answer.json()) == (200, {}), f"{ACCEPTED[name]}\n{answer}"
    collector.wait_until(lambda: len(facts(collector.recent())) == 1, 3, "the span arrives")


@pytest.mark.parametrize("name", REFUSED)
def test_a_broken_json_body(name, shared):
    answer = shared.post(REFUSED[name].encode(), JSON)
    shown = f"sent {REFUSED[name]!r}\ngot {answer}"
    assert answer.status == 400, shown
    check_status_body(answer, JSON, shown)


@pytest.mark.parametrize(
    "name", [b"\xff\xfe", b"\xc0\x80", b"\xed\xa0\x80", b"\\ud83e", b"\\udd00\\ud83e"]
)
def test_a_name_that_is_not_unicode_refuses_its_span_or_the_request(name, shared):
    answer = shared.post(document().encode().replace(b"GET /x", name), JSON)
    assert answer.status in (200, 400), answer
    if answer.status == 200:
        assert answer.json()["partialSuccess"]["rejectedSpans"] in (1, "1"), answer


@pytest.mark.parametrize("kind", [PROTOBUF, JSON])
def test_one_bad_span_is_refused_by_name_and_the_others_stay(kind, collector):
    bad = {"bad-trace": {"traceId": ""}, "bad-span": {"spanId": "00"}, "zero": {"spanId": "0" * 16}}
    good = [{**OWN_SPAN, "spanId": f"{index:016x}"} for index in (1, 2)]
    spans = [good[0], *({**OWN_SPAN, **change} for change in bad.values()), good[1]]
    body = json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": spans}]}]})
    if kind == PROTOBUF:
        body = from_json(json.loads(body)["resourceSpans"]).SerializeToString()
    answer = collector.post(body, kind)
    assert answer.status == 200, answer
    if kind == JSON:
        partial = answer.json()["partialSuccess"]
        rejected, reason = int(partial["rejectedSpans"]), partial["errorMessage"]
    else:
        partial = Response.FromString(answer.body).partial_success
        rejected, reason = partial.rejected_spans, partial.error_message
    assert rejected == 3 and "id" in reason, answer
    collector.wait_until(lambda: len(facts(collector.recent())) == 2, 3, "the good spans arrive")
    assert collector.total("portolan_spans_refused_total") == 3


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "zstd"])
def test_a_compressed_body_that_is_cut_is_refused(encoding, shared):
    body = document().encode()
    whole = {
        "gzip": gzip.compress(body),
        "deflate": zlib.compress(body),
        "zstd": zstandard.compress(body),
    }[encoding]
    assert shared.post(whole, JSON, encoding).status == 200
    for end in range(len(whole)):
        answer = shared.post(whole[:end], JSON, encoding)
        assert answer.status == 400, f"cut to {end} of {len(whole)} bytes: {answer}"
        check_status_body(answer, JSON, f"cut to {end}: {answer}")


def test_an_empty_protobuf_body_is_a_request_of_no_spans(collector):
    answer = collector.post(b"")
    assert (answer.status, answer.body) == (200, b""), answer
    assert answer.headers["content-type"] == PROTOBUF
