import Wire

/// The parameters behind the question mark of a target, decoded as forms have them: `%20` and `+`
/// are blanks.
package struct QueryString: Equatable, Sendable {
    /// In their order; without an equals sign the value is empty.
    package private(set) var parameters: [Parameter] = []

    package struct Parameter: Equatable, Sendable {
        package let name: String
        package let value: String
    }

    package init() {}

    package init(parsing text: String) throws(Problem) {
        for part in text.utf8.split(separator: UInt8(ascii: "&")) {
            let ends = part.split(
                separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            let name = try Self.decoded(ends[0], of: part)
            let value = ends.count == 2 ? try Self.decoded(ends[1], of: part) : ""
            parameters.append(Parameter(name: name, value: value))
        }
    }

    package mutating func add(_ name: String, _ value: String) {
        parameters.append(Parameter(name: name, value: value))
    }

    /// The text that reads back as the same.
    package var text: String {
        parameters.map { "\(PercentCoding.encoded($0.name))=\(PercentCoding.encoded($0.value))" }
            .joined(separator: "&")
    }

    private static func decoded(
        _ bytes: Substring.UTF8View, of part: Substring.UTF8View
    ) throws(Problem) -> String {
        guard let text = PercentCoding.decoded(bytes, plusIsBlank: true) else {
            throw .parameter(
                String(decoding: part, as: UTF8.self), "is not well encoded",
                advice: "write every byte that is no letter, digit or -._~ as % and two hex digits")
        }
        return text
    }
}

/// The coding of texts in URLs (RFC 3986, 2.1).
package enum PercentCoding {
    package static func encoded(_ text: String) -> String {
        var out: [UInt8] = []
        for byte in text.utf8 {
            if isPlain(byte) {
                out.append(byte)
            } else {
                out.append(UInt8(ascii: "%"))
                out.append(contentsOf: [digits[Int(byte >> 4)], digits[Int(byte & 15)]])
            }
        }
        return String(decoding: out, as: UTF8.self)
    }

    private static let digits = Array("0123456789ABCDEF".utf8)

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: "_"), UInt8(ascii: "~"):
            true
        default: false
        }
    }

    /// Nil for a percent sign without two hex digits, and for what is not UTF-8.
    static func decoded(
        _ bytes: some Sequence<UInt8>, plusIsBlank: Bool = false
    ) -> String? {
        var out: [UInt8] = []
        var iterator = bytes.makeIterator()
        while let byte = iterator.next() {
            if byte == UInt8(ascii: "%") {
                guard let high = iterator.next(), let low = iterator.next(),
                    let value = Hex.bytes([high, low])
                else { return nil }
                out += value
            } else {
                out.append(plusIsBlank && byte == UInt8(ascii: "+") ? 0x20 : byte)
            }
        }
        return String(validating: out, as: UTF8.self)
    }
}
