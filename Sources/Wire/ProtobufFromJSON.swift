/// The protobuf form of a message that came as OTLP/JSON.
///
/// Keys in lower camel case only, all others are skipped whole; `null` is an absent field; integers
/// as numbers or text, with every digit; enumerators as numbers or, as some senders have them, by
/// name; ids as hex, other bytes as base64. Messages may nest `depthMax` deep, this one included.
package func protobufFromJSON(
    _ body: [UInt8], count: Int, message schema: MessageSchema, depthMax: Int
) throws(WireError) -> [UInt8] {
    try withJSONReader(over: body, ByteRange(start: 0, end: count)) { reader throws(WireError) in
        var conversion = ProtobufFromJSON(schema, reserving: count / 2, depthMax: depthMax)
        try conversion.convert(&reader)
        return conversion.writer.bytes
    }
}

/// Follows the reader token by token; what it is inside of lies in `open`, not on the call stack.
/// Invariant: `open` has one entry for every object that is a known message.
private struct ProtobufFromJSON {
    private let schema: MessageSchema
    private let depthMax: Int
    private(set) var writer: ProtobufWriter
    private var open: [OpenMessage] = []

    private struct OpenMessage {
        let message: Int
        /// Where the writer wants to know its end; 0 is the whole message.
        let start: Int
        /// The field that the last key named.
        var field = 0
        var isInList = false
    }

    init(_ schema: MessageSchema, reserving capacity: Int, depthMax: Int) {
        self.schema = schema
        self.depthMax = depthMax
        writer = ProtobufWriter(reserving: capacity)
    }

    mutating func convert(_ reader: inout JSONReader) throws(WireError) {
        guard try reader.next() == .beginObject else {
            throw WireError(.invalid("expected an object"), at: reader.tokenStart)
        }
        open.append(OpenMessage(message: 0, start: 0))
        while !open.isEmpty { try take(try reader.next(), &reader) }
        // Only white space may follow; the reader says so if not.
        _ = try reader.next()
    }

    private mutating func take(
        _ token: JSONToken, _ reader: inout JSONReader
    ) throws(WireError) {
        let innermost = open.count - 1
        switch token {
        case .key(let key):
            let message = schema.messages[open[innermost].message]
            if let field = message.fieldIndex(of: key, in: reader) {
                open[innermost].field = field
            } else {
                try reader.skipValue()
            }
        case .beginArray:
            guard field.isRepeated, !open[innermost].isInList else {
                throw WireError(.invalid(field.kind.expectation), at: reader.tokenStart)
            }
            open[innermost].isInList = true
        case .endArray: open[innermost].isInList = false
        case .endObject: closeMessage()
        case .null:
            guard !open[innermost].isInList else {
                throw WireError(.invalid(field.kind.expectation), at: reader.tokenStart)
            }
        case .beginObject, .string, .number, .bool: try takeValue(token, reader)
        case .end: preconditionFailure("the reader ended a text inside of an object")
        }
    }

    /// The field that the innermost message has come to.
    private var field: MessageSchema.Field {
        let top = open[open.count - 1]
        return schema.messages[top.message].fields[top.field]
    }

    private mutating func takeValue(
        _ token: JSONToken, _ reader: JSONReader
    ) throws(WireError) {
        let field = field
        guard field.isRepeated == open[open.count - 1].isInList else {
            throw WireError(.invalid("expected a list"), at: reader.tokenStart)
        }
        if case .message(let message) = field.kind, token == .beginObject {
            guard open.count < depthMax else {
                throw WireError(.limit("messages nested too deep"), at: reader.tokenStart)
            }
            open.append(OpenMessage(message: message, start: writer.open(field: field.number)))
        } else if !write(token, as: field, reader) {
            throw WireError(.invalid(field.kind.expectation), at: reader.tokenStart)
        }
    }

    /// Writes one value, also the default one: it may overwrite an earlier value. False if the token
    /// is none of the field's kind.
    private mutating func write(
        _ token: JSONToken, as field: MessageSchema.Field, _ reader: JSONReader
    ) -> Bool {
        switch field.kind {
        case .string, .bytes, .identifier:
            guard case .string(let string) = token else { return false }
            return writer.write(string, as: field, reader)
        case .enumeration:
            let top = open[open.count - 1]
            let enumerators = schema.messages[top.message].enumerators[top.field]
            guard let value = reader.enumerator(of: token, enumerators) else { return false }
            writer.write(UInt64(bitPattern: Int64(value)), as: field)
            return true
        case .message: return false
        default:
            guard let bits = reader.bits(of: token, as: field.kind) else { return false }
            writer.write(bits, as: field)
            return true
        }
    }

    private mutating func closeMessage() {
        let closed = open.removeLast()
        if !open.isEmpty { writer.close(closed.start) }
    }
}

extension ProtobufWriter {
    fileprivate mutating func write(_ bits: UInt64, as field: MessageSchema.Field) {
        tag(field.tag)
        switch field.kind.wireType {
        case .fixed32: fixed32(UInt32(truncatingIfNeeded: bits))
        case .fixed64: fixed64(bits)
        default: varint(bits)
        }
    }

    fileprivate mutating func write(
        _ string: JSONString, as field: MessageSchema.Field, _ reader: JSONReader
    ) -> Bool {
        let content: [UInt8]?
        switch field.kind {
        case .identifier: content = reader.hexBytes(of: string)
        case .bytes: content = reader.base64Bytes(of: string)
        default:
            guard string.hasEscapes else {
                unsafe write(reader.bytes(of: string.range), as: field)
                return true
            }
            content = Array(reader.text(of: string).utf8)
        }
        guard let content else { return false }
        write(content, as: field)
        return true
    }

    private mutating func write(_ content: some Collection<UInt8>, as field: MessageSchema.Field) {
        tag(field.tag)
        varint(UInt64(content.count))
        raw(content)
    }
}

extension JSONReader {
    /// A number or a truth as it stands on the wire; nil if the token is none, or does not fit.
    fileprivate func bits(of token: JSONToken, as kind: MessageSchema.Kind) -> UInt64? {
        switch kind {
        case .bool: truth(of: token).map { $0 ? 1 : 0 }
        case .double: double(of: token)?.bitPattern
        case .int64: number(of: token).flatMap(int64).map(UInt64.init(bitPattern:))
        case .int32:
            number(of: token).flatMap(int64).flatMap(Int32.init(exactly:))
                .map { UInt64(bitPattern: Int64($0)) }
        case .fixed64: number(of: token).flatMap(uint64)
        case .uint32, .fixed32:
            number(of: token).flatMap(uint64).flatMap(UInt32.init(exactly:)).map(UInt64.init)
        default: nil
        }
    }

    private func truth(of token: JSONToken) -> Bool? {
        guard case .bool(let value) = token else { return nil }
        return value
    }

    /// A number, or a string that holds one.
    private func number(of token: JSONToken) -> ByteRange? {
        switch token {
        case .number(let range): range
        case .string(let string): number(in: string)
        default: nil
        }
    }

    private func double(of token: JSONToken) -> Double? {
        if case .string(let string) = token {
            if equals(string, "NaN") { return .nan }
            if equals(string, "Infinity") { return .infinity }
            if equals(string, "-Infinity") { return -.infinity }
        }
        return number(of: token).flatMap(double)
    }

    fileprivate func enumerator(
        of token: JSONToken, _ enumerators: [MessageSchema.Enumerator]
    ) -> Int32? {
        if let number = number(of: token) { return int64(number).flatMap { Int32(exactly: $0) } }
        guard case .string(let string) = token else { return nil }
        return enumerators.first { equals(string, $0.name) }?.value
    }
}
