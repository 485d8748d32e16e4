"""OTLP requests: made, turned into OTLP JSON and back, flattened for comparison.

The reference is the Python protobuf runtime with the published messages: two requests are equal
when it parses them to the same spans, each with its resource and scope.
"""

import base64
import collections
import difflib
import json
import math
import random

from google.protobuf import json_format
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2 as service
from opentelemetry.proto.trace.v1.trace_pb2 import Span

Request = service.ExportTraceServiceRequest
Response = service.ExportTraceServiceResponse

PROTOBUF, JSON = "application/x-protobuf", "application/json"
IDS = ("traceId", "spanId", "parentSpanId")
KINDS = ("UNSPECIFIED", "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER")


def add_resource(request, service):
    spans = request.resource_spans.add()
    attribute = spans.resource.attributes.add(key="service.name")
    attribute.value.string_value = service
    return spans


def batch(count, service="shop", seed=None):
    """A request of so many plain spans of one trace; ids differ with the seed."""
    rng = random.Random(seed)
    request = Request()
    scope = add_resource(request, service).scope_spans.add()
    scope.scope.name = "tests"
    trace_id, start = rng.randbytes(16), 1_700_000_000_000_000_000
    for index in range(count):
        span = scope.spans.add(
            trace_id=trace_id,
            span_id=rng.randbytes(8),
            name=f"operation {index}",
            kind=Span.SPAN_KIND_SERVER,
            start_time_unix_nano=start + index,
            end_time_unix_nano=start + index + 1_000_000,
        )
        attribute = span.attributes.add(key="http.request.method")
        attribute.value.string_value = "GET"
    return request


def spans_of(request):
    return [s for rs in request.resource_spans for ss in rs.scope_spans for s in ss.spans]


def trace_ids(request):
    return {span.trace_id.hex() for span in spans_of(request)}


def to_json(request):
    """The request as OTLP JSON: ids in hex, enums as numbers."""
    tree = json_format.MessageToDict(request, use_integers_for_enums=True)
    change_ids(tree, lambda text: base64.b64decode(text).hex())
    return json.dumps(tree)


def from_json(resource_spans):
    """OTLP JSON, strictly read: a field that OTLP does not have is an error."""
    return from_tree({"resourceSpans": json.loads(json.dumps(resource_spans))})


def from_tree(tree, ignore_unknown=False):
    """A whole document of OTLP JSON, which is changed on the way."""
    change_ids(tree, lambda text: base64.b64encode(bytes.fromhex(text)).decode())
    return json_format.ParseDict(tree, Request(), ignore_unknown_fields=ignore_unknown)


def change_ids(tree, change):
    """Rewrites the ids of spans and links, which OTLP JSON has in hex instead of base64."""
    for resource in tree.get("resourceSpans", []):
        for scope in resource.get("scopeSpans", []):
            for span in scope.get("spans", []):
                for holder in [span, *span.get("links", [])]:
                    holder.update(
                        {k: change(holder[k]) for k in IDS if isinstance(holder.get(k), str)}
                    )


def flat(request):
    """How often each span occurs, with its resource and scope, whatever the grouping."""
    counts = collections.Counter()
    for resource in request.resource_spans:
        for scope in resource.scope_spans:
            for span in scope.spans:
                alone = Request()
                group = alone.resource_spans.add(schema_url=resource.schema_url)
                if resource.HasField("resource"):
                    group.resource.CopyFrom(resource.resource)
                inner = group.scope_spans.add(schema_url=scope.schema_url)
                if scope.HasField("scope"):
                    inner.scope.CopyFrom(scope.scope)
                inner.spans.add().CopyFrom(span)
                make_nans_plain(alone)
                counts[alone.SerializeToString(deterministic=True)] += 1
    return counts


def make_nans_plain(message):
    """Gives every NaN the same bits, since JSON has but one of them."""
    for field, content in message.ListFields():
        if field.message_type:
            for inner in content if field.is_repeated else [content]:
                make_nans_plain(inner)
        elif field.name == "double_value" and math.isnan(content):
            message.double_value = math.nan


def assert_same_spans(sent, got, what):
    """Both requests hold the same spans; else the first that differs is shown beside its like."""
    sent, got = flat(sent), flat(got)
    missing, extra = sent - got, got - sent
    assert not missing and not extra, (
        f"{what}: {missing.total()} spans of {sent.total()} did not come back equal, "
        f"{extra.total()} others came\n{first_difference(missing, extra)}"
    )


def first_difference(missing, extra):
    """A span that is missing, line by line against the one that came with its span id."""
    by_id = {spans_of(Request.FromString(data))[0].span_id: data for data in extra}
    lost = Request.FromString(next(iter(missing or extra)))
    like = Request.FromString(by_id.get(spans_of(lost)[0].span_id, b""))
    lines = difflib.unified_diff(str(lost).split("\n"), str(like).split("\n"), "sent", "given back")
    return "\n".join(lines)[:4000]


def facts(resource_spans):
    """What a reader wants to know of each span of OTLP JSON, as plain values."""
    return [
        span_facts(span, service_name(resource.get("resource", {})))
        for resource in resource_spans
        for scope in resource["scopeSpans"]
        for span in scope["spans"]
    ]


def span_facts(span, service):
    start, end = int(span.get("startTimeUnixNano", 0)), int(span.get("endTimeUnixNano", 0))
    return {
        "trace_id": span["traceId"],
        "span_id": span["spanId"],
        "parent_span_id": span.get("parentSpanId") or None,
        "name": span.get("name", ""),
        "kind": KINDS[span.get("kind", 0)] if span.get("kind", 0) in range(6) else "UNSPECIFIED",
        "duration_ns": max(0, end - start) if end else 0,
        "service": service,
        "error": span.get("status", {}).get("code", 0) == 2,
        "attributes": {
            a.get("key", ""): plain(a.get("value", {})) for a in span.get("attributes", [])
        },
        "events": [event.get("name", "") for event in span.get("events", [])],
    }


def service_name(resource):
    names = [a for a in resource.get("attributes", []) if a.get("key") == "service.name"]
    return plain(names[0]["value"]) if names else None


def plain(value):
    """An attribute value of OTLP JSON as a Python value; None if it is empty."""
    for kind, content in value.items():
        match kind:
            case "intValue":
                return int(content)
            case "arrayValue":
                return [plain(item) for item in content.get("values", [])]
            case "kvlistValue":
                return {
                    i.get("key", ""): plain(i.get("value", {})) for i in content.get("values", [])
                }
            case _:
                return content
    return None
