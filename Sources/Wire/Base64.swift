/// Base64 (RFC 4648): reads both alphabets, with or without padding; writes the standard one, padded.
package enum Base64 {
    package static func append(_ bytes: some Sequence<UInt8>, to out: inout [UInt8]) {
        var bits: UInt32 = 0
        var count: UInt32 = 0
        for byte in bytes {
            bits = bits << 8 | UInt32(byte)
            count += 8
            while count >= 6 {
                count -= 6
                out.append(letter(of: bits >> count))
            }
            bits &= (1 << count) - 1
        }
        guard count > 0 else { return }
        out.append(letter(of: bits << (6 - count)))
        out.append(contentsOf: repeatElement(padding, count: count == 2 ? 2 : 1))
    }

    package static func text(_ bytes: some Sequence<UInt8>) -> String {
        var out: [UInt8] = []
        append(bytes, to: &out)
        return String(decoding: out, as: UTF8.self)
    }

    /// The bytes that a text stands for; nil if it is not base64.
    package static func bytes(_ text: some Sequence<UInt8>) -> [UInt8]? {
        var out: [UInt8] = []
        var bits: UInt32 = 0
        var letters = 0
        var paddings = 0
        for letter in text {
            if letter == padding {
                paddings += 1
                continue
            }
            guard paddings == 0, let value = value(of: letter) else { return nil }
            bits = (bits << 6 | UInt32(value)) & 0xff_ffff
            letters += 1
            // The second to fourth letter of a group each complete a byte.
            if letters % 4 != 1 {
                out.append(UInt8(truncatingIfNeeded: bits >> (6 - 2 * UInt32((letters - 1) % 4))))
            }
        }
        return isComplete(letters: letters, paddings: paddings) ? out : nil
    }

    private static let padding = UInt8(ascii: "=")

    /// A group has two to four letters; padding, where it stands, fills it up to four.
    private static func isComplete(letters: Int, paddings: Int) -> Bool {
        guard letters % 4 != 1 else { return false }
        return paddings == 0 || (letters % 4 != 0 && letters % 4 + paddings == 4)
    }

    private static func letter(of value: UInt32) -> UInt8 {
        let value = UInt8(truncatingIfNeeded: value & 0x3f)
        return switch value {
        case 0..<26: UInt8(ascii: "A") + value
        case 26..<52: UInt8(ascii: "a") + (value - 26)
        case 52..<62: UInt8(ascii: "0") + (value - 52)
        case 62: UInt8(ascii: "+")
        default: UInt8(ascii: "/")
        }
    }

    private static func value(of letter: UInt8) -> UInt8? {
        switch letter {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): letter - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): letter - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): letter - UInt8(ascii: "0") + 52
        case UInt8(ascii: "+"), UInt8(ascii: "-"): 62
        case UInt8(ascii: "/"), UInt8(ascii: "_"): 63
        default: nil
        }
    }
}
