/// A number of a JSON text, taken apart: `digits` times ten to the `exponent`. The digits end in no
/// zero, so the number is integral exactly when the exponent is not negative, or it is zero.
struct JSONDecimal {
    private(set) var isNegative = false
    /// Nil if there are more than fit.
    private var digits: UInt64? = 0
    private var exponent = 0

    /// The text must be a number as the reader has scanned it.
    init(_ text: UnsafeBufferPointer<UInt8>) {
        var zeros = 0
        var digitsBehindPoint = 0
        var isBehindPoint = false
        var index = 0
        scan: while index < text.count {
            let byte = unsafe text[index]
            index += 1
            switch byte {
            case UInt8(ascii: "-"): isNegative = true
            case UInt8(ascii: "."): isBehindPoint = true
            case UInt8(ascii: "e"), UInt8(ascii: "E"): break scan
            default:
                if isBehindPoint { digitsBehindPoint += 1 }
                append(byte &- UInt8(ascii: "0"), behindZeros: &zeros)
            }
        }
        let written = unsafe Self.exponent(of: UnsafeBufferPointer(rebasing: text[index...]))
        exponent = written - digitsBehindPoint + zeros
    }

    /// Zeros are held back until a digit follows them.
    private mutating func append(_ digit: UInt8, behindZeros zeros: inout Int) {
        guard digit != 0 else {
            zeros += 1
            return
        }
        digits = digits.flatMap { Self.shifted($0, by: zeros + 1) }.flatMap {
            let (sum, overflow) = $0.addingReportingOverflow(UInt64(digit))
            return overflow ? nil : sum
        }
        zeros = 0
    }

    /// Beyond a million every exponent says the same: far out of range.
    private static func exponent(of text: UnsafeBufferPointer<UInt8>) -> Int {
        var value = 0
        for index in 0..<text.count {
            let digit = unsafe text[index] &- UInt8(ascii: "0")
            guard digit <= 9 else { continue }
            value = min(value * 10 + Int(digit), 1_000_000)
        }
        return unsafe text.first == UInt8(ascii: "-") ? -value : value
    }

    /// Times ten to a power; nil if it does not fit.
    private static func shifted(_ value: UInt64, by power: Int) -> UInt64? {
        guard value != 0 else { return 0 }
        guard power < 20 else { return nil }
        var value = value
        for _ in 0..<power {
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            guard !overflow else { return nil }
            value = product
        }
        return value
    }

    /// The magnitude, if it is integral and fits.
    var integer: UInt64? {
        guard let digits, digits == 0 || exponent >= 0 else { return nil }
        return Self.shifted(digits, by: exponent)
    }

    /// The nearest double, where one operation on two exact doubles gives it (Clinger's fast path).
    var exactDouble: Double? {
        guard let digits, digits <= 1 << 53, exponent.magnitude <= 22 || digits == 0 else {
            return nil
        }
        let power = digits == 0 ? 1 : Self.powersOfTen[Int(exponent.magnitude)]
        let magnitude = exponent < 0 ? Double(digits) / power : Double(digits) * power
        return isNegative ? -magnitude : magnitude
    }

    /// Those that a double holds exactly.
    private static let powersOfTen: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
        1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ]
}
