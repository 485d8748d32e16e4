import Fuzzing
import Wire

/// What is read and written again must read the same; numbers must be what the standard library
/// reads; and a text skipped whole must be as good or bad as one read token by token.
@main enum FuzzJSON {
    static func main() { fuzz(check) }

    @Sendable private static func check(_ text: [UInt8]) {
        let rewritten: [UInt8]
        do throws(WireError) {
            rewritten = try rewrite(text)
        } catch {
            precondition(skipFault(text) == error, "a skipped text fails otherwise")
            return
        }
        precondition(skipFault(text) == nil, "a skipped text fails")
        precondition((try? rewrite(rewritten)) == rewritten, "a written text reads otherwise")
    }
}

private func whole(_ text: [UInt8]) -> ByteRange { ByteRange(start: 0, end: text.count) }

private func skipFault(_ text: [UInt8]) -> WireError? {
    do throws(WireError) {
        try withJSONReader(over: text, whole(text)) { reader throws(WireError) in
            try reader.skipValue()
            let last = try reader.next()
            precondition(last == .end, "more than one value")
        }
        return nil
    } catch {
        return error
    }
}

private func rewrite(_ text: [UInt8]) throws(WireError) -> [UInt8] {
    try withJSONReader(over: text, whole(text)) { reader throws(WireError) in
        var json = JSONWriter()
        while true {
            let token = try reader.next()
            precondition(reader.tokenStart <= reader.offset && reader.offset <= text.count)
            if token == .end { return json.bytes }
            write(token, of: reader, text, to: &json)
        }
    }
}

private func write(
    _ token: JSONToken, of reader: JSONReader, _ text: [UInt8], to json: inout JSONWriter
) {
    switch token {
    case .beginObject: json.beginObject()
    case .endObject: json.endObject()
    case .beginArray: json.beginArray()
    case .endArray: json.endArray()
    case .key(let key): json.key(reader.text(of: key))
    case .string(let string):
        json.string(reader.text(of: string))
        readOtherwise(string, reader)
    case .number(let range):
        let digits = String(decoding: text[range.start..<range.end], as: UTF8.self)
        checkNumber(range, digits, reader)
        // Beyond the doubles there is nothing to write; the text stands for itself.
        if let value = reader.double(range) { json.double(value) } else { json.string(digits) }
    case .bool(let value): json.bool(value)
    case .null: json.null()
    case .end: break
    }
}

private func checkNumber(_ range: ByteRange, _ digits: String, _ reader: JSONReader) {
    let expected = Double(digits).flatMap { $0.isFinite ? $0 : nil }
    precondition(
        reader.double(range)?.bitPattern == expected?.bitPattern, "another double: \(digits)")
    if let expected = Int64(digits) { precondition(reader.int64(range) == expected) }
    if let expected = UInt64(digits) { precondition(reader.uint64(range) == expected) }
    if let value = reader.int64(range), let double = reader.double(range) {
        precondition(Double(value) == double, "\(digits) as \(value)")
    }
}

/// What a string may stand for; none of it may fail in any other way than by nil.
private func readOtherwise(_ string: JSONString, _ reader: JSONReader) {
    if let bytes = reader.hexBytes(of: string) {
        precondition(Hex.text(bytes).count == bytes.count * 2)
    }
    if let bytes = reader.base64Bytes(of: string) {
        precondition(Base64.bytes(Base64.text(bytes).utf8) == bytes)
    }
    if let number = reader.number(in: string) { precondition(number == string.range) }
    _ = reader.hexNumber(of: string)
}
