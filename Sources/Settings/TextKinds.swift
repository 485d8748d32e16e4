import Wire

extension ValueKind where Value == String {
    /// A text of one line that is not empty.
    static func text(_ expects: String) -> Self {
        ValueKind(
            expects,
            parse: { text throws(Refusal) in
                guard !text.isEmpty else { throw Refusal("the text is empty") }
                guard text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7f })
                else {
                    throw Refusal(text, "has control characters")
                }
                return text
            },
            format: { $0 })
    }

    static let path = text("a path")

    /// A numeric address: a name could come to mean another machine later.
    static let address = ValueKind(
        "a numeric IPv4 or IPv6 address",
        parse: { text throws(Refusal) in
            guard IPAddress(text) != nil else { throw Refusal(text, "is not a numeric address") }
            return text
        },
        format: { $0 })

    /// What a browser sends as Origin.
    static let origin = ValueKind(
        "* or an origin such as https://shop.example.com",
        parse: { text throws(Refusal) in
            guard text == "*" || isOrigin(text) else { throw Refusal(text, "is not an origin") }
            return text
        },
        format: { $0 })

    private static func isOrigin(_ text: String) -> Bool {
        for scheme in ["http://", "https://"] where text.hasPrefix(scheme) {
            let host = text.utf8.dropFirst(scheme.utf8.count)
            return !host.isEmpty
                && host.allSatisfy {
                    $0 > UInt8(ascii: " ") && $0 < 0x7f && $0 != UInt8(ascii: "/")
                }
        }
        return false
    }
}

extension ValueKind where Value == Secret {
    /// Carried in a header, so visible ASCII; its refusals never quote it.
    static let secret = {
        var kind = ValueKind(
            "a secret of visible ASCII characters, without blanks",
            parse: { text throws(Refusal) in
                guard !text.isEmpty else { throw Refusal("the secret is empty") }
                guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else {
                    throw Refusal("the secret has blanks or characters that no header carries")
                }
                return Secret(text: text)
            },
            format: { $0.text })
        kind.isSecret = true
        return kind
    }()
}
