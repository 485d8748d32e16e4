import Lanes

/// The `Date` header, made once a second.
struct HTTPDate {
    private var madeAtMilliseconds = -1_000
    private var text = ""

    mutating func text(now milliseconds: Int) -> String {
        if milliseconds - madeAtMilliseconds >= 1_000 {
            madeAtMilliseconds = milliseconds
            text = CalendarTime(nanoseconds: Clock.wallNanoseconds()).httpText
        }
        return text
    }
}
