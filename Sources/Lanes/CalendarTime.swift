/// A moment as people write it, in UTC. The calendar is worked out here, since the C library's
/// needs its time zone files and a lock.
package struct CalendarTime: Sendable {
    package let year: Int
    package let month: Int
    package let day: Int
    package let hour: Int
    package let minute: Int
    package let second: Int
    package let nanosecond: Int
    private let weekday: Int

    /// Nanoseconds since 1970.
    package init(nanoseconds: UInt64) {
        let seconds = Int(nanoseconds / 1_000_000_000)
        nanosecond = Int(nanoseconds % 1_000_000_000)
        let days = seconds / 86_400
        (hour, minute, second) = (seconds / 3_600 % 24, seconds / 60 % 60, seconds % 60)
        weekday = (days + 4) % 7
        // Years counted from March, so that the leap day is the last of its year.
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// RFC 3339 with milliseconds: `2026-11-21T10:07:00.123Z`.
    package var rfc3339: String {
        "\(date)T\(time).\(Self.digits(nanosecond / 1_000_000, 3))Z"
    }

    /// The same without them, for what is whole seconds.
    package var rfc3339Seconds: String { "\(date)T\(time)Z" }

    /// As HTTP writes it: `Sat, 21 Nov 2026 10:07:00 GMT`.
    package var httpText: String {
        let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        let months = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ]
        return "\(weekdays[weekday]), \(Self.digits(day, 2)) \(months[month - 1]) "
            + "\(Self.digits(year, 4)) \(time) GMT"
    }

    private var date: String {
        "\(Self.digits(year, 4))-\(Self.digits(month, 2))-\(Self.digits(day, 2))"
    }

    private var time: String {
        "\(Self.digits(hour, 2)):\(Self.digits(minute, 2)):\(Self.digits(second, 2))"
    }

    private static func digits(_ number: Int, _ count: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, count - text.utf8.count)) + text
    }
}
