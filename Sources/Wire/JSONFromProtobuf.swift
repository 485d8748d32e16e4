/// Writes a stretch of a body, which is one message, as OTLP/JSON: ids as hex, 64-bit integers as
/// text, enumerators as numbers, other bytes as base64; fields with default values only inside of
/// oneofs; no unknown fields. Like every protobuf runtime it takes the last of several values,
/// merges messages, and gathers lists from wherever their elements stand. Text that is not UTF-8
/// is written with replacement characters. Messages may nest `depthMax` deep, this one included.
/// After an error what was written is of no use.
package func jsonFromProtobuf(
    _ body: [UInt8], _ range: ByteRange, message schema: MessageSchema, depthMax: Int,
    into json: inout JSONWriter
) throws(WireError) {
    precondition(range.start >= 0 && range.start <= range.end && range.end <= body.count)
    try withProtobufCursor(over: body, count: body.count) { cursor throws(WireError) in
        var conversion = JSONFromProtobuf(cursor, schema, depthMax: depthMax, into: json)
        // The conversion has the only copy, so that appending does not copy all of it.
        json.bytes = []
        defer { json = conversion.json }
        try conversion.convert(range)
    }
}

/// Walks a message once to see what is there, then once a field that it has, in the order of the
/// fields: so the order on the wire does not matter, and nothing is kept but what is open.
/// A message that comes in several pieces, to be merged, is the row of its pieces.
/// Invariant: the pieces of the innermost message are the last ones of `pieces`.
private struct JSONFromProtobuf {
    private let body: ProtobufCursor
    private let schema: MessageSchema
    private let depthMax: Int
    private(set) var json: JSONWriter
    private var open: [OpenMessage] = []
    private var pieces: [ByteRange] = []

    private struct OpenMessage {
        let message: Int
        let firstPiece: Int
        let contents: MessageContents
        /// The field that is next, or whose list is being written.
        var field = 0
        /// Where the list goes on.
        var list: PieceWalk?
    }

    init(
        _ body: ProtobufCursor, _ schema: MessageSchema, depthMax: Int, into json: JSONWriter
    ) {
        self.body = body
        self.schema = schema
        self.depthMax = depthMax
        self.json = json
    }

    mutating func convert(_ range: ByteRange) throws(WireError) {
        pieces.append(range)
        try openMessage(0, firstPiece: 0)
        while let top = open.last {
            let fields = schema.messages[top.message].fields
            if top.field == fields.count {
                closeMessage()
            } else if !top.contents.has(top.field) {
                open[open.count - 1].field += 1
            } else {
                try write(fields[top.field], of: top)
            }
        }
    }

    /// Starts an object of the pieces from `firstPiece` on.
    private mutating func openMessage(_ message: Int, firstPiece: Int) throws(WireError) {
        guard open.count < depthMax else {
            throw WireError(.limit("messages nested too deep"), at: pieces[firstPiece].start)
        }
        let walk = PieceWalk(firstPiece..<pieces.count, of: pieces, in: body)
        let contents = try MessageContents(walk, pieces, schema.messages[message])
        open.append(OpenMessage(message: message, firstPiece: firstPiece, contents: contents))
        json.beginObject()
    }

    private mutating func closeMessage() {
        json.endObject()
        let closed = open.removeLast()
        pieces.removeLast(pieces.count - closed.firstPiece)
    }

    private mutating func write(
        _ field: MessageSchema.Field, of top: OpenMessage
    ) throws(WireError) {
        var walk =
            top.list ?? PieceWalk(top.firstPiece..<pieces.count, of: pieces, in: body)
        guard case .message(let message) = field.kind else {
            try writeScalar(field, of: top, &walk)
            open[open.count - 1].field += 1
            return
        }
        if top.list == nil { writeKey(of: top) }
        if field.isRepeated {
            try writeNextElement(field, message, isFirst: top.list == nil, &walk)
        } else {
            let firstPiece = pieces.count
            while let value = try walk.next(field, in: pieces) {
                if value.start >= top.contents.oneofStart || !field.isInOneof {
                    pieces.append(value.range)
                }
            }
            open[open.count - 1].field += 1
            try openMessage(message, firstPiece: firstPiece)
        }
    }

    private mutating func writeKey(of top: OpenMessage) {
        json.key(plain: schema.messages[top.message].jsonNames[top.field])
    }

    private mutating func writeNextElement(
        _ field: MessageSchema.Field, _ message: Int, isFirst: Bool, _ walk: inout PieceWalk
    ) throws(WireError) {
        if isFirst { json.beginArray() }
        guard let value = try walk.next(field, in: pieces) else {
            json.endArray()
            open[open.count - 1].list = nil
            open[open.count - 1].field += 1
            return
        }
        open[open.count - 1].list = walk
        pieces.append(value.range)
        try openMessage(message, firstPiece: pieces.count - 1)
    }

    private mutating func writeScalar(
        _ field: MessageSchema.Field, of top: OpenMessage, _ walk: inout PieceWalk
    ) throws(WireError) {
        if field.isRepeated {
            writeKey(of: top)
            json.beginArray()
            while let value = try walk.next(field, in: pieces) { write(value, field.kind) }
            json.endArray()
            return
        }
        var last: FieldValue?
        while let value = try walk.next(field, in: pieces) { last = value }
        guard let last, field.isInOneof || !last.isDefault(of: field.kind) else { return }
        writeKey(of: top)
        write(last, field.kind)
    }

    private mutating func write(_ value: FieldValue, _ kind: MessageSchema.Kind) {
        switch kind {
        case .bool: json.bool(value.bits != 0)
        case .int32, .enumeration: json.integer(Int64(Int32(truncatingIfNeeded: value.bits)))
        case .uint32, .fixed32: json.integer(UInt64(UInt32(truncatingIfNeeded: value.bits)))
        case .int64: json.integerText(Int64(bitPattern: value.bits))
        case .fixed64: json.integerText(value.bits)
        case .double: json.double(Double(bitPattern: value.bits))
        case .string: json.string(value.range, of: body)
        case .identifier: unsafe body.withBytes(of: value.range) { unsafe json.hex($0) }
        case .bytes: unsafe body.withBytes(of: value.range) { unsafe json.base64($0) }
        case .message: break
        }
    }
}

/// Which fields of a message are there.
private struct MessageContents {
    private var present: UInt64 = 0
    /// A oneof holds what was set last; what of that field stands before this offset was overwritten
    /// by another field of the oneof.
    private(set) var oneofStart = 0

    init(
        _ walk: PieceWalk, _ pieces: [ByteRange], _ message: MessageSchema.Message
    ) throws(WireError) {
        var walk = walk
        var oneofField: Int?
        while let (tag, start) = try walk.nextTag(in: pieces) {
            if let index = message.fieldIndex(of: tag) {
                if message.fields[index].isInOneof, index != oneofField {
                    if let oneofField { present &= ~(1 << UInt64(oneofField)) }
                    oneofField = index
                    oneofStart = start
                }
                present |= 1 << UInt64(index)
            }
            try walk.skip(tag)
        }
    }

    func has(_ field: Int) -> Bool { present >> UInt64(field) & 1 == 1 }
}

/// Goes through the fields of a message that lies in one or more pieces of the body.
private struct PieceWalk {
    private var cursor: ProtobufCursor
    private var rest: Range<Int>

    /// The pieces in this range of the list; there is at least one.
    init(_ range: Range<Int>, of pieces: [ByteRange], in body: ProtobufCursor) {
        cursor = body.cursor(over: pieces[range.lowerBound])
        rest = range.dropFirst()
    }

    /// The next tag and where it stands; its value is still to be read or skipped.
    mutating func nextTag(in pieces: [ByteRange]) throws(WireError) -> (ProtobufTag, Int)? {
        while cursor.isAtEnd {
            guard let piece = rest.popFirst() else { return nil }
            cursor = cursor.cursor(over: pieces[piece])
        }
        let start = cursor.offset
        return (try cursor.tag(), start)
    }

    mutating func skip(_ tag: ProtobufTag) throws(WireError) { try cursor.skip(tag) }

    /// The next value of a field.
    mutating func next(
        _ field: MessageSchema.Field, in pieces: [ByteRange]
    ) throws(WireError) -> FieldValue? {
        while let (tag, start) = try nextTag(in: pieces) {
            guard tag == field.tag else {
                try skip(tag)
                continue
            }
            switch field.kind.wireType {
            case .varint: return FieldValue(start: start, bits: try cursor.varint())
            case .fixed32: return FieldValue(start: start, bits: UInt64(try cursor.fixed32()))
            case .fixed64: return FieldValue(start: start, bits: try cursor.fixed64())
            default: return FieldValue(start: start, range: try cursor.bytes())
            }
        }
        return nil
    }
}

/// One occurrence of a field: its number, or where its bytes lie.
private struct FieldValue {
    let start: Int
    var bits: UInt64 = 0
    var range = ByteRange(start: 0, end: 0)

    func isDefault(of kind: MessageSchema.Kind) -> Bool {
        switch kind {
        case .int32, .uint32, .enumeration: UInt32(truncatingIfNeeded: bits) == 0
        default: bits == 0 && range.isEmpty
        }
    }
}
