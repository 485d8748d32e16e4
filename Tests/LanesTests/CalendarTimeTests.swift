import Testing

@testable import Lanes

@Suite struct `A calendar time` {
    @Test(arguments: [
        (0, "1970-01-01T00:00:00.000Z"), (951_782_399, "2000-02-28T23:59:59.000Z"),
        (951_782_400, "2000-02-29T00:00:00.000Z"), (951_868_800, "2000-03-01T00:00:00.000Z"),
        (1_709_164_800, "2024-02-29T00:00:00.000Z"), (1_740_787_200, "2025-03-01T00:00:00.000Z"),
        (4_107_542_399, "2100-02-28T23:59:59.000Z"), (4_107_542_400, "2100-03-01T00:00:00.000Z"),
        (4_133_980_799, "2100-12-31T23:59:59.000Z"), (1_798_761_599, "2026-12-31T23:59:59.000Z"),
    ])
    func `knows its leap years`(seconds: UInt64, text: String) {
        #expect(CalendarTime(nanoseconds: seconds * 1_000_000_000).rfc3339 == text)
    }

    @Test func `goes on by a day for every day until the end of its numbers`() {
        let lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        var (year, month, day) = (1970, 1, 1)
        for number in 0..<213_503 as Range<UInt64> {
            let time = CalendarTime(nanoseconds: number * 86_400_000_000_000)
            guard (time.year, time.month, time.day) == (year, month, day) else {
                Issue.record("day \(number) is \(time.rfc3339), not \(year)-\(month)-\(day)")
                return
            }
            let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
            day += 1
            if day > lengths[month - 1] + (month == 2 && isLeap ? 1 : 0) {
                (month, day) = (month + 1, 1)
            }
            if month > 12 { (year, month) = (year + 1, 1) }
        }
    }

    @Test func `has milliseconds, cut off`() {
        let time = CalendarTime(nanoseconds: 1_795_255_620_123_999_999)
        #expect(time.rfc3339 == "2026-11-21T10:07:00.123Z")
        #expect(time.nanosecond == 123_999_999)
        #expect(time.httpText == "Sat, 21 Nov 2026 10:07:00 GMT")
    }

    @Test func `can be the last that there is`() {
        #expect(CalendarTime(nanoseconds: .max).rfc3339 == "2554-07-21T23:34:33.709Z")
    }
}
