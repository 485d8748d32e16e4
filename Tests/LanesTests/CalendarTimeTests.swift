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

@Suite struct `A moment in RFC 3339` {
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0), ("2000-02-29T00:00:00z", 951_782_400),
        ("2100-03-01t00:00:00Z", 4_107_542_400), ("1969-12-31T23:59:59Z", -1),
        ("0001-01-01T00:00:00Z", -62_135_596_800), ("2026-11-21 10:07:00Z", 1_795_255_620),
        ("2026-11-21T12:07:00+02:00", 1_795_255_620), ("2026-11-21T12:07:00 02:00", 1_795_255_620),
        ("2026-11-21T04:37:00-05:30", 1_795_255_620), ("2016-12-31T23:59:60Z", 1_483_228_800),
    ])
    func `is read`(text: String, seconds: Int64) {
        let read = CalendarTime.seconds(fromRFC3339: text)
        #expect(read?.seconds == seconds && read?.isBetween == false)
    }

    @Test func `may lie between two seconds`() {
        for (text, isBetween) in [(".5", true), (".000", false), (".0000000000001", true)] {
            let read = CalendarTime.seconds(fromRFC3339: "1970-01-01T00:00:07\(text)Z")
            #expect(read?.seconds == 7 && read?.isBetween == isBetween)
        }
    }

    @Test(arguments: [
        "", "1970", "1970-01-01", "1970-01-01T00:00Z", "1970-01-01T00:00:00",
        "1970-1-01T00:00:00Z", "1970-13-01T00:00:00Z", "1970-00-01T00:00:00Z",
        "1970-04-31T00:00:00Z", "1900-02-29T00:00:00Z", "1970-01-00T00:00:00Z",
        "1970-01-01T24:00:00Z", "1970-01-01T00:60:00Z", "1970-01-01T00:00:61Z",
        "1970-01-01T00:00:00.Z", "1970-01-01T00:00:00+24:00", "1970-01-01T00:00:00+0100",
        "1970-01-01T00:00:00Z ", "-970-01-01T00:00:00Z", "１970-01-01T00:00:00Z",
    ])
    func `is nothing else`(text: String) {
        #expect(CalendarTime.seconds(fromRFC3339: text) == nil)
    }

    @Test func `reads back every day as it is written`() {
        for day in stride(from: 0, to: 193_000, by: 1) as StrideTo<UInt64> {
            let seconds = day * 86_400 + day % 86_400
            let text = CalendarTime(nanoseconds: seconds * 1_000_000_000).rfc3339Seconds
            guard CalendarTime.seconds(fromRFC3339: text)?.seconds == Int64(seconds) else {
                Issue.record("\(text) is not read as \(seconds)")
                return
            }
        }
    }
}
