"""Random requests that use every field of every message, the same for the same seed."""

import math
import random

from otlp import Request

NUMBERS = [0, 1, -1, 127, 128, 2**31 - 1, -(2**31), 2**53, 2**53 + 1, 2**63 - 1, -(2**63)]
DOUBLES = [0.0, -0.0, 1.0, -1.5, 0.1, 1e-300, 5e-324, 1.7976931348623157e308, 2.0**53 + 2]
DOUBLES += [math.inf, -math.inf, math.nan, math.pi, 123456789.123456789, 1e22, 1e21, 1e-7]
TIMES = [0, 1, 1_700_000_000_123_456_789, 2**63 - 1, 2**63, 2**64 - 1]
COUNTS = [0, 1, 255, 2**31, 2**32 - 1]
TEXTS = [
    "",
    "a",
    "GET /basket",
    "naïve",
    "Ωμέγα",
    "日本語",
    "🧭🗺️",
    "‮ right to left",
    "a\0b",
    '"\\/\b\f\n\r\t',
]
TEXTS += [
    "\x7f\x80\u2028\u2029\ufeff\uffff",
    "</script>",
    "é" * 300,
    " ",
    "\U0010ffff",
    "{{}}",
    "\x01\x1f",
]
KEYS = ["service.name", "http.route", "", "ключ", "a.b.c", "\0", '"']


class Requests:
    """An endless source of requests; the depth and width of values stay below the limits."""

    def __init__(self, seed):
        self.rng = random.Random(seed)

    def request(self, spans=8):
        request = Request()
        while spans > 0:
            resource = request.resource_spans.add(schema_url=self.text())
            if self.maybe(0.9):
                self.fill_resource(resource.resource)
            for _ in range(self.rng.randrange(3)):
                scope = resource.scope_spans.add(schema_url=self.text())
                if self.maybe(0.9):
                    self.fill_scope(scope.scope)
                for _ in range(self.rng.randrange(4)):
                    self.fill_span(scope.spans.add())
                    spans -= 1
        return request

    def fill_resource(self, resource):
        self.fill_attributes(resource.attributes, 3)
        resource.dropped_attributes_count = self.rng.choice(COUNTS)
        for _ in range(self.rng.randrange(2)):
            reference = resource.entity_refs.add(schema_url=self.text(), type=self.text())
            reference.id_keys.extend(self.text() for _ in range(self.rng.randrange(3)))
            reference.description_keys.extend(self.text() for _ in range(self.rng.randrange(3)))

    def fill_scope(self, scope):
        scope.name, scope.version = self.text(), self.text()
        self.fill_attributes(scope.attributes, 2)
        scope.dropped_attributes_count = self.rng.choice(COUNTS)

    def fill_span(self, span):
        rng = self.rng
        span.trace_id, span.span_id = self.identifier(16), self.identifier(8)
        if self.maybe(0.6):
            span.parent_span_id = self.identifier(8)
        span.name, span.trace_state = self.text(), self.text()
        span.kind = rng.randrange(6)
        span.flags = rng.choice(COUNTS)
        span.start_time_unix_nano, span.end_time_unix_nano = rng.choice(TIMES), rng.choice(TIMES)
        self.fill_attributes(span.attributes, 5)
        span.dropped_attributes_count = rng.choice(COUNTS)
        span.dropped_events_count = rng.choice(COUNTS)
        span.dropped_links_count = rng.choice(COUNTS)
        for _ in range(rng.randrange(3)):
            event = span.events.add(time_unix_nano=rng.choice(TIMES), name=self.text())
            self.fill_attributes(event.attributes, 2)
            event.dropped_attributes_count = rng.choice(COUNTS)
        for _ in range(rng.randrange(3)):
            link = span.links.add(trace_id=self.identifier(16), span_id=self.identifier(8))
            link.trace_state, link.flags = self.text(), rng.choice(COUNTS)
            self.fill_attributes(link.attributes, 2)
            link.dropped_attributes_count = rng.choice(COUNTS)
        if self.maybe(0.6):
            span.status.code, span.status.message = rng.randrange(3), self.text()

    def fill_attributes(self, attributes, most):
        for key in self.rng.sample(KEYS, self.rng.randrange(most + 1)):
            attribute = attributes.add(key=key)
            self.fill_value(attribute.value, 0)

    def fill_value(self, value, depth):
        rng = self.rng
        match rng.randrange(8 if depth < 6 else 6):
            case 0:
                value.string_value = self.text()
            case 1:
                value.bool_value = self.maybe(0.5)
            case 2:
                value.int_value = rng.choice(NUMBERS)
            case 3:
                value.double_value = rng.choice(DOUBLES)
            case 4:
                value.bytes_value = rng.randbytes(rng.randrange(6))
            case 5:
                value.SetInParent()
            case 6:
                value.array_value.SetInParent()
                for _ in range(rng.randrange(4)):
                    self.fill_value(value.array_value.values.add(), depth + 1)
            case 7:
                value.kvlist_value.SetInParent()
                for key in rng.sample(KEYS, rng.randrange(3)):
                    self.fill_value(value.kvlist_value.values.add(key=key).value, depth + 1)

    def identifier(self, size):
        return self.rng.randbytes(size - 1) + b"\1"

    def text(self):
        return self.rng.choice(TEXTS)

    def maybe(self, share):
        return self.rng.random() < share
