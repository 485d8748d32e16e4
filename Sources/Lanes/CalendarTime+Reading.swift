extension CalendarTime {
    /// Seconds since 1970 of a moment in RFC 3339, and whether it lies between two seconds; nil for
    /// anything else. A blank may stand for the plus of an offset, which forms turn into one.
    package static func seconds(fromRFC3339 text: String) -> (seconds: Int64, isBetween: Bool)? {
        var rest = Array(text.utf8)[...]
        guard let year = number(4, from: &rest), take("-", from: &rest),
            let month = number(2, from: &rest), take("-", from: &rest),
            let day = number(2, from: &rest), take("Tt ", from: &rest),
            let hour = number(2, from: &rest), take(":", from: &rest),
            let minute = number(2, from: &rest), take(":", from: &rest),
            let second = number(2, from: &rest),
            (1...12).contains(month), day >= 1, day <= days(inMonth: month, of: year),
            hour < 24, minute < 60, second <= 60,
            let isBetween = fraction(from: &rest), let offset = offsetSeconds(from: &rest),
            rest.isEmpty
        else { return nil }
        let days = days(before: day, month, year)
        return (Int64(days * 86_400 + hour * 3_600 + minute * 60 + second - offset), isBetween)
    }

    private static func number(_ digits: Int, from rest: inout ArraySlice<UInt8>) -> Int? {
        let field = rest.prefix(digits)
        guard field.count == digits, field.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return nil
        }
        rest.removeFirst(digits)
        return field.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }

    private static func take(_ any: String, from rest: inout ArraySlice<UInt8>) -> Bool {
        guard let first = rest.first, any.utf8.contains(first) else { return false }
        rest.removeFirst()
        return true
    }

    /// Whether there is more than zero behind the point; nil for a point with no digits.
    private static func fraction(from rest: inout ArraySlice<UInt8>) -> Bool? {
        guard take(".", from: &rest) else { return false }
        let digits = rest.prefix { (0x30...0x39).contains($0) }
        rest.removeFirst(digits.count)
        return digits.isEmpty ? nil : digits.contains { $0 != 0x30 }
    }

    private static func offsetSeconds(from rest: inout ArraySlice<UInt8>) -> Int? {
        if take("Zz", from: &rest) { return 0 }
        let isBehind = rest.first == UInt8(ascii: "-")
        guard take("+- ", from: &rest), let hours = number(2, from: &rest),
            take(":", from: &rest), let minutes = number(2, from: &rest), hours < 24, minutes < 60
        else { return nil }
        return (hours * 3_600 + minutes * 60) * (isBehind ? -1 : 1)
    }

    private static func days(inMonth month: Int, of year: Int) -> Int {
        switch month {
        case 4, 6, 9, 11: 30
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        default: 31
        }
    }

    /// Days since 1970; the other way round than `init(nanoseconds:)`, with years from March too.
    private static func days(before day: Int, _ month: Int, _ year: Int) -> Int {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }
}
