/// A text as one YAML scalar on one line: plain where that is safe, else in double quotes.
package func yamlScalar(_ text: String) -> String {
    isPlainScalar(text) ? text : "\"\(text.unicodeScalars.map(escaped).joined())\""
}

/// The same for messages: a long text is clipped.
package func shortYAMLScalar(_ text: String) -> String {
    let clipped = text.prefix(60)
    return yamlScalar(clipped.endIndex == text.endIndex ? text : clipped + "…")
}

/// Stricter than YAML: only characters that mean nothing in it, and no word that it takes for null.
private func isPlainScalar(_ text: String) -> Bool {
    guard let first = text.utf8.first, first != UInt8(ascii: "-"),
        !["null", "Null", "NULL"].contains(text)
    else { return false }
    return text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "_"), UInt8(ascii: "."),
            UInt8(ascii: "/"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}

/// Escapes what would end the scalar or the line, and what terminals obey.
private func escaped(_ scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "\"": "\\\""
    case "\\": "\\\\"
    case "\n": "\\n"
    case "\t": "\\t"
    case "\0"..<" ", "\u{7f}"..."\u{a0}", "\u{200b}"..."\u{200f}", "\u{2028}"..."\u{202e}",
        "\u{2066}"..."\u{2069}", "\u{feff}"..."\u{feff}", "\u{fffe}"..."\u{ffff}":
        "\\u" + hexadecimal(scalar.value)
    default: String(scalar)
    }
}

/// Four digits; every scalar escaped above fits.
private func hexadecimal(_ value: UInt32) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits
}
