/// Takes what identifies one thing out of an operation's name, so that names stay few: numbers,
/// UUIDs, hashes and other long ids become placeholders, path segment by path segment.
///
/// `GET /orders/8f14e45f-ceea-467f-a34e-0123456789ab/items/17` is `GET /orders/{uuid}/items/{id}`.
enum OperationTemplate {
    /// Longer names are cut: nobody reads them, and they are somebody's data.
    static let bytesMax = 256

    static func name(for raw: String) -> String {
        var out: [UInt8] = []
        var part: [UInt8] = []
        func end() {
            out += placeholder(for: part).map { Array($0.utf8) } ?? part
            part.removeAll(keepingCapacity: true)
        }
        // The query names no operation.
        for byte in raw.utf8.prefix(bytesMax) {
            if byte == UInt8(ascii: "?"), out.contains(UInt8(ascii: "/")) { break }
            if isSeparator(byte) {
                end()
                out.append(byte)
            } else {
                part.append(byte)
            }
        }
        end()
        return String(decoding: out, as: UTF8.self)
    }

    private static func isSeparator(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "/"), UInt8(ascii: " "), UInt8(ascii: "="), UInt8(ascii: "&"),
            UInt8(ascii: ","), UInt8(ascii: ":"), UInt8(ascii: "("), UInt8(ascii: ")"):
            true
        default: false
        }
    }

    /// What stands for a part that identifies one thing; nil for a word.
    private static func placeholder(for part: [UInt8]) -> String? {
        let digits = part.count { isDigit($0) }
        guard digits > 0 else { return nil }
        if digits == part.count { return "{id}" }
        if isUUID(part) { return "{uuid}" }
        let isHex = part.allSatisfy { isHexDigit($0) }
        if isHex, part.count >= 16 { return "{hash}" }
        if isHex, part.count >= 8, digits >= 2 { return "{hash}" }
        // Words with a number behind them, as `user-17` or `order_20221`, and long mixtures.
        if let number = trailingNumber(part), number >= 3 || isDash(part[part.count - number - 1]) {
            let word = String(decoding: part.dropLast(number), as: UTF8.self)
            return isVersion(part) ? nil : word + "{id}"
        }
        if part.count >= 20, digits >= 4 { return "{token}" }
        return nil
    }

    /// How many digits stand at the end, when a letter or dash stands before them.
    private static func trailingNumber(_ part: [UInt8]) -> Int? {
        let count = part.reversed().prefix { isDigit($0) }.count
        return count > 0 && count < part.count ? count : nil
    }

    /// `v1`, `v2`: names of an interface, not of a thing.
    private static func isVersion(_ part: [UInt8]) -> Bool {
        part.count <= 4 && (part[0] | 0x20) == UInt8(ascii: "v")
    }

    private static func isUUID(_ part: [UInt8]) -> Bool {
        guard part.count == 36 else { return false }
        return part.enumerated().allSatisfy { index, byte in
            [8, 13, 18, 23].contains(index) ? byte == UInt8(ascii: "-") : isHexDigit(byte)
        }
    }

    private static func isDash(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "#")
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte &- 48 < 10 }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        isDigit(byte) || (byte | 0x20) &- 97 < 6
    }
}
