/// Writes JSON to the end of an array. Commas come by themselves: a value that does not follow a
/// bracket, a colon or the end of a line is the next of a list.
package struct JSONWriter {
    package var bytes: [UInt8]

    package init(appendingTo bytes: [UInt8] = []) { self.bytes = bytes }

    package mutating func beginObject() { open(UInt8(ascii: "{")) }

    package mutating func endObject() { bytes.append(UInt8(ascii: "}")) }

    package mutating func beginArray() { open(UInt8(ascii: "[")) }

    package mutating func endArray() { bytes.append(UInt8(ascii: "]")) }

    package mutating func key(_ name: String) {
        string(name)
        bytes.append(UInt8(ascii: ":"))
    }

    /// A name that needs no escape.
    mutating func key(plain name: [UInt8]) {
        quoted { $0.append(contentsOf: name) }
        bytes.append(UInt8(ascii: ":"))
    }

    package mutating func string(_ text: String) {
        separate()
        var text = text
        text.withUTF8 { unsafe quote($0) }
    }

    /// Text from a message that is being read; ill-formed UTF-8 becomes U+FFFD.
    package mutating func string(_ range: ByteRange, of cursor: ProtobufCursor) {
        guard cursor.isUTF8(range) else { return string(cursor.string(range)) }
        separate()
        unsafe cursor.withBytes(of: range) { unsafe quote($0) }
    }

    package mutating func hex(_ bytes: some Sequence<UInt8>) {
        quoted { Hex.append(bytes, to: &$0) }
    }

    package mutating func base64(_ bytes: some Sequence<UInt8>) {
        quoted { Base64.append(bytes, to: &$0) }
    }

    /// A 64-bit integer as protobuf's JSON has it: as text, which keeps its digits everywhere.
    package mutating func integerText(_ value: Int64) {
        quoted { Self.append(value, to: &$0) }
    }

    package mutating func integerText(_ value: UInt64) {
        quoted { Self.append(value, to: &$0) }
    }

    package mutating func integer(_ value: Int64) {
        separate()
        Self.append(value, to: &bytes)
    }

    package mutating func integer(_ value: UInt64) {
        separate()
        Self.append(value, to: &bytes)
    }

    package mutating func integer(_ value: Int) { integer(Int64(value)) }

    /// The shortest text that reads back as the same number; what JSON has no number for is a
    /// string, as protobuf's JSON has it.
    package mutating func double(_ value: Double) {
        guard value.isFinite else {
            return string(value.isNaN ? "NaN" : value < 0 ? "-Infinity" : "Infinity")
        }
        separate()
        bytes.append(contentsOf: value.description.utf8)
        // Without its fraction, a negative zero would be read as an integer and lose its sign.
        let isNegativeZero = value == 0 && value.sign == .minus
        if !isNegativeZero && bytes.suffix(2).elementsEqual(".0".utf8) { bytes.removeLast(2) }
    }

    package mutating func bool(_ value: Bool) { literal(value ? "true" : "false") }

    package mutating func null() { literal("null") }

    /// Ends a document of one line, as in NDJSON.
    package mutating func endLine() { bytes.append(UInt8(ascii: "\n")) }

    private static let quotationMark = UInt8(ascii: "\"")
}

extension JSONWriter {
    private mutating func open(_ bracket: UInt8) {
        separate()
        bytes.append(bracket)
    }

    private mutating func literal(_ text: String) {
        separate()
        bytes.append(contentsOf: text.utf8)
    }

    private mutating func separate() {
        switch bytes.last {
        case nil, UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: ":"), UInt8(ascii: "\n"):
            return
        default: bytes.append(UInt8(ascii: ","))
        }
    }

    private static func append(_ value: Int64, to out: inout [UInt8]) {
        if value < 0 { out.append(UInt8(ascii: "-")) }
        append(value.magnitude, to: &out)
    }

    private static func append(_ value: UInt64, to out: inout [UInt8]) {
        let start = out.count
        var rest = value
        repeat {
            out.append(UInt8(ascii: "0") + UInt8(rest % 10))
            rest /= 10
        } while rest > 0
        out[start...].reverse()
    }

    /// Letters and digits that need no escape.
    private mutating func quoted(_ write: (inout [UInt8]) -> Void) {
        separate()
        bytes.append(Self.quotationMark)
        write(&bytes)
        bytes.append(Self.quotationMark)
    }

    /// Copies well-formed UTF-8 in runs, and escapes what stands between them.
    private mutating func quote(_ text: UnsafeBufferPointer<UInt8>) {
        bytes.append(Self.quotationMark)
        var runStart = 0
        for index in 0..<text.count {
            let byte = unsafe text[index]
            guard byte < 0x20 || byte == Self.quotationMark || byte == UInt8(ascii: "\\") else {
                continue
            }
            unsafe bytes.append(contentsOf: text[runStart..<index])
            escape(byte)
            runStart = index + 1
        }
        unsafe bytes.append(contentsOf: text[runStart...])
        bytes.append(Self.quotationMark)
    }

    private mutating func escape(_ byte: UInt8) {
        bytes.append(UInt8(ascii: "\\"))
        switch byte {
        case 0x08: bytes.append(UInt8(ascii: "b"))
        case 0x09: bytes.append(UInt8(ascii: "t"))
        case 0x0a: bytes.append(UInt8(ascii: "n"))
        case 0x0c: bytes.append(UInt8(ascii: "f"))
        case 0x0d: bytes.append(UInt8(ascii: "r"))
        case 0..<0x20:
            bytes.append(contentsOf: "u00".utf8)
            Hex.append(CollectionOfOne(byte), to: &bytes)
        default: bytes.append(byte)
        }
    }
}
