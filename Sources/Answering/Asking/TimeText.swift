import Lanes

/// Moments and lengths of time as people write them, in seconds.
package enum TimeText {
    /// What a moment may be: from 1970 to the year 2500. Epoch milliseconds are far beyond.
    private static let momentMax: Int64 = 16_725_225_600
    /// A hundred years.
    private static let lengthMax: Int64 = 3_155_760_000

    /// A moment as RFC 3339 or as epoch seconds, which may have a fraction. One that lies between two
    /// seconds is both of them.
    static func moment(_ text: String) -> ClosedRange<Int64>? {
        guard let read = CalendarTime.seconds(fromRFC3339: text) ?? epoch(text),
            (0...momentMax).contains(read.seconds)
        else { return nil }
        return read.seconds...read.seconds + (read.isBetween ? 1 : 0)
    }

    private static func epoch(_ text: String) -> (seconds: Int64, isBetween: Bool)? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(isDigit) }),
            let seconds = Int64(parts[0])
        else { return nil }
        return (seconds, parts.count == 2 && parts[1].contains { $0 != "0" })
    }

    /// A length as a whole number and a unit: `90s`, `15m`, `2h`, `1d`, `1w`.
    static func length(_ text: String) -> Int64? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard digits.utf8.allSatisfy(isDigit), let count = Int64(digits),
            let unit = units[String(text[digits.endIndex...])]
        else { return nil }
        let (seconds, isTooMany) = count.multipliedReportingOverflow(by: unit)
        return isTooMany || seconds > lengthMax || seconds == 0 ? nil : seconds
    }

    private static let units: [String: Int64] = [
        "s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800,
    ]

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    package static func rfc3339(_ seconds: Int64) -> String {
        let inRange = UInt64(clamping: min(seconds, momentMax))
        return CalendarTime(nanoseconds: inRange * 1_000_000_000).rfc3339Seconds
    }
}
