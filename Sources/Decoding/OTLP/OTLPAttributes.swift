import Spans
import Wire

/// One attribute as it was read; without a value when it has none, a list, or bytes.
struct OTLPAttribute {
    var key = ByteRange(start: 0, end: 0)
    var value: FactValue?
}

/// Checks the attributes of one owner (a resource, a scope, or a span with its events and links):
/// counts them against the limits and walks their values, without keeping any. Of each it tells the
/// key and the value, for who takes facts from them.
///
/// Bytes that cannot be protobuf are thrown, since the request cannot be read on; what only passes
/// a limit is remembered in `refusal`, the first one winning, and reading goes on.
struct OTLPAttributes {
    let limits: OTLPLimits
    private(set) var refusal: SpanRefusal?
    private var count = 0
    /// Lengths below 128 take one byte, and are looked at first.
    private let shortMax: Int

    init(limits: OTLPLimits) {
        self.limits = limits
        shortMax = min(limits.valueBytesMax, 127)
    }

    mutating func refuse(_ reason: SpanRefusal) {
        if refusal == nil { refusal = reason }
    }

    /// Takes a text field; its cursor stands before the length.
    @inline(__always)
    mutating func takeText(_ cursor: inout ProtobufCursor) throws(WireError) -> ByteRange {
        let range = try cursor.bytes()
        if range.count > limits.valueBytesMax { refuse(.valueTooLong) }
        if !cursor.isUTF8(range) { refuse(.notUTF8) }
        return range
    }

    /// Takes one KeyValue; its cursor stands before the length.
    @inline(__always)
    mutating func take(_ cursor: inout ProtobufCursor) throws(WireError) {
        note(1)
        if cursor.shortPair(bytesMax: shortMax) == nil { _ = try takeFields(&cursor) }
    }

    /// Takes the attributes that come next, one after the other, and the facts among them.
    @inline(__always)
    mutating func takeAll(
        tag: UInt32, _ cursor: inout ProtobufCursor, _ facts: inout OTLPFacts,
        _ list: inout [SpanFact]
    ) throws(WireError) {
        while true {
            // What nothing else sees stays in registers.
            var usual = cursor
            let names = facts.names
            var count = 0
            while let pair = usual.shortPair(tag: tag, bytesMax: shortMax) {
                count &+= 1
                if let meaning = usual.meaning(of: pair.key, in: names) {
                    facts.add(meaning, FactValue(pair), to: &list)
                }
            }
            cursor = usual
            note(count)
            guard cursor.skip(tag: tag) else { return }
            note(1)
            facts.add(try takeFields(&cursor), of: cursor, to: &list)
        }
    }

    @inline(__always)
    private mutating func note(_ more: Int) {
        count &+= more
        if count > limits.attributesMax { refuse(.tooManyAttributes) }
    }

    /// The same, field by field.
    @inline(never)
    private mutating func takeFields(
        _ cursor: inout ProtobufCursor
    ) throws(WireError) -> OTLPAttribute {
        var pair = try cursor.message()
        var attribute = OTLPAttribute()
        while !pair.isAtEnd {
            let tag = try pair.tag()
            switch tag.raw {
            case Field.key: attribute.key = try takeText(&pair)
            case Field.value: try takeValue(&pair, &attribute.value)
            default: try pair.skip(tag)
            }
        }
        return attribute
    }

    /// Takes an AnyValue: a single text or number here, anything nested in the walk. Of several
    /// values the last counts, since they are a oneof.
    @inline(__always)
    private mutating func takeValue(
        _ cursor: inout ProtobufCursor, _ found: inout FactValue?
    ) throws(WireError) {
        var value = try cursor.message()
        while !value.isAtEnd {
            let tag = try value.tag()
            switch tag.raw {
            case Field.string: found = .text(BodyRange(try takeText(&value)))
            case Field.boolean: found = .boolean(try value.varint() != 0)
            case Field.integer: found = .integer(Int64(bitPattern: try value.varint()))
            case Field.double: found = .double(Double(bitPattern: try value.fixed64()))
            case Field.array: (found, _) = (nil, try takeList(&value, .array))
            case Field.list: (found, _) = (nil, try takeList(&value, .list))
            case Field.bytes:
                found = nil
                if try value.bytes().count > limits.valueBytesMax { refuse(.valueTooLong) }
            default: try value.skip(tag)
            }
        }
    }

    /// A list counts with all that is in it.
    private mutating func takeList(
        _ cursor: inout ProtobufCursor, _ shape: Shape
    ) throws(WireError) {
        let list = try cursor.message()
        if list.limit - list.offset > limits.valueBytesMax { refuse(.valueTooLong) }
        try walk(list, shape)
    }

    /// What a message inside a nested value is.
    private enum Shape {
        case value, array, list, pair
    }

    private struct Frame {
        var cursor: ProtobufCursor
        var shape: Shape
        var depth: Int
    }

    /// Walks a nested value with a list of open messages instead of recursion: the depth is the
    /// sender's, the stack is ours. Depth counts the lists around a value. What lies deeper than the
    /// limit is not looked at.
    private mutating func walk(_ cursor: ProtobufCursor, _ shape: Shape) throws(WireError) {
        var open = [Frame(cursor: cursor, shape: shape, depth: 1)]
        while var top = open.popLast() {
            guard !top.cursor.isAtEnd else { continue }
            let tag = try top.cursor.tag()
            var inner: Frame?
            switch (top.shape, tag.raw) {
            case (.value, Field.string), (.pair, Field.key):
                _ = try takeText(&top.cursor)
            case (.value, Field.array):
                inner = Frame(
                    cursor: try top.cursor.message(), shape: .array, depth: top.depth + 1)
            case (.value, Field.list):
                inner = Frame(
                    cursor: try top.cursor.message(), shape: .list, depth: top.depth + 1)
            case (.array, Field.element), (.pair, Field.value):
                inner = Frame(cursor: try top.cursor.message(), shape: .value, depth: top.depth)
            case (.list, Field.element):
                inner = Frame(cursor: try top.cursor.message(), shape: .pair, depth: top.depth)
            default:
                try top.cursor.skip(tag)
            }
            open.append(top)
            guard let inner else { continue }
            if inner.depth > limits.valueDepthMax {
                refuse(.valueTooDeep)
            } else {
                open.append(inner)
            }
        }
    }

    /// Tags of common.proto, as they stand on the wire.
    private enum Field {
        static let key: UInt32 = 1 << 3 | 2
        static let value: UInt32 = 2 << 3 | 2
        static let string: UInt32 = 1 << 3 | 2
        static let boolean: UInt32 = 2 << 3
        static let integer: UInt32 = 3 << 3
        static let double: UInt32 = 4 << 3 | 1
        static let array: UInt32 = 5 << 3 | 2
        static let list: UInt32 = 6 << 3 | 2
        static let bytes: UInt32 = 7 << 3 | 2
        static let element: UInt32 = 1 << 3 | 2
    }
}
