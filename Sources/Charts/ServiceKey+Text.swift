/// Keys as users write them: `environment/namespace/name`, each part URL-encoded, leading parts left
/// out where the rest is clear.
extension ServiceKey {
    /// All three parts.
    package var text: String {
        [environment, namespace, name].map(Self.encoded).joined(separator: "/")
    }

    /// Whether a text means this service. A name as it is shown does too, with the type in
    /// parentheses behind it where it has that.
    package func matches(_ text: String) -> Bool {
        if text == name { return true }
        let suffix = " (\(type.word))"
        let bare = text.hasSuffix(suffix) ? text.dropLast(suffix.count) : text[...]
        let wanted = bare.split(separator: "/", omittingEmptySubsequences: false)
            .map(Self.decoded)
        let mine = [environment, namespace, name].suffix(wanted.count)
        return bare == name || wanted.count <= 3 && Array(mine) == wanted
    }

    private static func encoded(_ part: String) -> String {
        var text = ""
        for byte in part.utf8 {
            if isPlain(byte) {
                text.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                let digits = String(byte, radix: 16, uppercase: true)
                text += digits.count == 1 ? "%0\(digits)" : "%\(digits)"
            }
        }
        return text
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: "_"), UInt8(ascii: "~"):
            true
        default: false
        }
    }

    /// What is no escape stays as it is.
    private static func decoded(_ part: Substring) -> String {
        let bytes = Array(part.utf8)
        var plain: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count,
                let byte = UInt8(
                    String(decoding: bytes[index + 1...index + 2], as: UTF8.self), radix: 16)
            {
                plain.append(byte)
                index += 3
            } else {
                plain.append(bytes[index])
                index += 1
            }
        }
        return String(decoding: plain, as: UTF8.self)
    }
}
