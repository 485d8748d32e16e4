/// Numbers as people read them.
enum FigureText {
    /// With as many digits as there are, and none for nothing.
    static func plain(_ number: Double) -> String {
        if let whole = Int64(exactly: number) { return String(whole) }
        return number.description
    }

    /// Whole calls as they are, others with one digit behind the point.
    static func count(_ number: Double) -> String {
        Int64(exactly: number).map { String($0) } ?? rounded(number, digits: 1)
    }

    /// With three digits that tell something.
    static func measure(_ number: Double) -> String {
        switch number.magnitude {
        case ..<0.000_5: rounded(number, digits: number == 0 ? 0 : 6)
        case ..<10: rounded(number, digits: number.magnitude < 1 ? 3 : 2)
        case ..<100: rounded(number, digits: 1)
        default: rounded(number, digits: 0)
        }
    }

    static func rounded(_ number: Double, digits: Int) -> String {
        let scale = (0..<digits).reduce(1.0) { scale, _ in scale * 10 }
        let scaled = (number.magnitude * scale).rounded()
        guard let whole = Int64(exactly: scaled) else { return number.description }
        let sign = number < 0 && whole != 0 ? "-" : ""
        let (front, back) = whole.quotientAndRemainder(dividingBy: Int64(scale))
        guard digits > 0 else { return sign + String(front) }
        let fraction = String(back)
        return "\(sign)\(front)."
            + String(repeating: "0", count: digits - fraction.count) + fraction
    }
}
