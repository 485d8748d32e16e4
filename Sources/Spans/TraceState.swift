/// What the `tracestate` of a span says of how it was sampled.
package enum TraceState {
    /// How many calls a span stands for, in units of 2^-20, by the rejection threshold of consistent
    /// probability sampling: `ot=th:HEX` with up to 14 digits, those at the end being zeros that
    /// were left out. Nil when it is not told.
    package static func weight(in state: ArraySlice<UInt8>) -> Int64? {
        guard let threshold = threshold(in: state) else { return nil }
        let kept = UInt128((UInt64(1) << 56) - threshold)
        let weight = ((UInt128(1) << 76) + kept / 2) / kept
        return Int64(min(weight, UInt128(weightMax)))
    }

    /// Nobody samples one in sixteen million.
    private static let weightMax: Int64 = 1 << 44

    private static func threshold(in state: ArraySlice<UInt8>) -> UInt64? {
        for member in state.split(separator: UInt8(ascii: ",")) {
            let member = trimmed(member)
            guard member.starts(with: "ot=".utf8) else { continue }
            for part in member.dropFirst(3).split(separator: UInt8(ascii: ";"))
            where part.starts(with: "th:".utf8) {
                return number(part.dropFirst(3))
            }
        }
        return nil
    }

    private static func trimmed(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        text.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> UInt64? {
        guard (1...14).contains(digits.count) else { return nil }
        var value: UInt64 = 0
        for digit in digits {
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt64(digit - 48)
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | UInt64(digit - 87)
            default: return nil
            }
        }
        return value << (4 * UInt64(14 - digits.count))
    }
}
