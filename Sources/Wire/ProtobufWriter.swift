/// Writes protobuf to the end of an array; nested messages get their length when they are closed.
package struct ProtobufWriter {
    package private(set) var bytes: [UInt8] = []

    package init(reserving capacity: Int = 0) { bytes.reserveCapacity(capacity) }

    package mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    package mutating func tag(_ tag: ProtobufTag) { varint(UInt64(tag.raw)) }

    package mutating func fixed64(_ value: UInt64) {
        unsafe withUnsafeBytes(of: value.littleEndian) { unsafe bytes.append(contentsOf: $0) }
    }

    package mutating func fixed32(_ value: UInt32) {
        for shift in stride(from: UInt32(0), to: 32, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }

    package mutating func raw(_ content: some Sequence<UInt8>) { bytes.append(contentsOf: content) }

    /// Copies a stretch of a message that is being read.
    package mutating func copy(_ range: ByteRange, from cursor: ProtobufCursor) {
        cursor.copy(range, to: &bytes)
    }

    /// Copies the fields of a message as they stand, known or not, except the messages of one
    /// field. The message was read before: should something be wrong with it, the rest is left out.
    package mutating func copy(
        _ range: ByteRange, butField field: UInt32, from cursor: ProtobufCursor
    ) {
        var message = cursor.cursor(over: range)
        let left = ProtobufTag(field: field, .bytes)
        while !message.isAtEnd {
            let start = message.offset
            guard let tag = try? message.tag(), (try? message.skip(tag)) != nil else { return }
            if tag != left { copy(ByteRange(start: start, end: message.offset), from: cursor) }
        }
    }

    package mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

    /// Starts a nested message; what is written until `close` is its content.
    package mutating func open(field: UInt32) -> Int {
        tag(ProtobufTag(field: field, .bytes))
        bytes.append(0)
        return bytes.count
    }

    /// Ends the message that `open` started: one byte was left for the length; a longer length
    /// moves the content, which lies at the end of the array, and costs one copy a level.
    package mutating func close(_ start: Int) {
        let count = bytes.count - start
        guard count >= 0x80 else {
            bytes[start - 1] = UInt8(count)
            return
        }
        var length = ProtobufWriter()
        length.varint(UInt64(count))
        bytes.replaceSubrange(start - 1..<start, with: length.bytes)
    }
}
