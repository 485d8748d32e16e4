import Wire

/// An attribute that a trace must have, on one of its spans or resources, with a value as people
/// write it: a number finds numbers, `true` finds a boolean, and either a text of just that.
package struct AttributeQuery: Sendable {
    private let key: [UInt8]
    private let text: [UInt8]
    private let integer: UInt64?
    private let double: Double?
    private let boolean: UInt64?

    package init(key: String, value: String) {
        self.key = Array(key.utf8)
        text = Array(value.utf8)
        integer = Int64(value).map { UInt64(bitPattern: $0) }
        double = Double(value)
        boolean = value == "true" ? 1 : value == "false" ? 0 : nil
    }

    package func matches(_ trace: StoredTrace) -> Bool {
        trace.resources.contains { isInResource($0) } || isInSpan(of: trace)
    }

    private func isInResource(_ bytes: [UInt8]) -> Bool {
        withProtobufCursor(over: bytes, count: bytes.count) { cursor in
            (try? any(in: cursor, Field.resource) { resource throws(WireError) in
                try any(in: resource, Field.resourceAttribute, isMatch)
            }) ?? false
        }
    }

    private func isInSpan(of trace: StoredTrace) -> Bool {
        withProtobufCursor(over: trace.bytes, count: trace.bytes.count) { cursor in
            trace.spans.contains { span in
                (try? any(in: cursor.cursor(over: span.content), Field.attribute, isMatch))
                    ?? false
            }
        }
    }

    /// Whether one of the messages of a field is what is looked for.
    private func any(
        in message: ProtobufCursor, _ field: UInt32,
        _ isMatch: (ProtobufCursor) throws(WireError) -> Bool
    ) throws(WireError) -> Bool {
        var message = message
        while !message.isAtEnd {
            let tag = try message.tag()
            guard tag.raw == field else {
                try message.skip(tag)
                continue
            }
            if try isMatch(try message.message()) { return true }
        }
        return false
    }

    /// Of a KeyValue.
    private func isMatch(_ pair: ProtobufCursor) throws(WireError) -> Bool {
        var pair = pair
        var hasKey = false
        var hasValue = false
        while !pair.isAtEnd {
            let tag = try pair.tag()
            switch tag.raw {
            case Field.key:
                hasKey = isText(key, try pair.bytes(), in: pair)
                // Most attributes are others.
                if !hasKey { return false }
            case Field.value: hasValue = try isValue(try pair.message())
            default: try pair.skip(tag)
            }
        }
        return hasKey && hasValue
    }

    private func isValue(_ value: ProtobufCursor) throws(WireError) -> Bool {
        var value = value
        var isWanted = false
        while !value.isAtEnd {
            let tag = try value.tag()
            switch tag.raw {
            case Field.string: isWanted = isText(text, try value.bytes(), in: value)
            case Field.boolean: isWanted = try value.varint() == boolean
            case Field.integer: isWanted = try value.varint() == integer
            case Field.double: isWanted = Double(bitPattern: try value.fixed64()) == double
            default: try value.skip(tag)
            }
        }
        return isWanted
    }

    private func isText(_ wanted: [UInt8], _ range: ByteRange, in cursor: ProtobufCursor) -> Bool {
        range.count == wanted.count
            && wanted.indices.allSatisfy { cursor.byte(at: range.start + $0) == wanted[$0] }
    }

    /// Tags of trace.proto and common.proto, as they stand on the wire.
    private enum Field {
        static let resource: UInt32 = 1 << 3 | 2
        static let resourceAttribute: UInt32 = 1 << 3 | 2
        static let attribute: UInt32 = 9 << 3 | 2
        static let key: UInt32 = 1 << 3 | 2
        static let value: UInt32 = 2 << 3 | 2
        static let string: UInt32 = 1 << 3 | 2
        static let boolean: UInt32 = 2 << 3
        static let integer: UInt32 = 3 << 3
        static let double: UInt32 = 4 << 3 | 1
    }
}
