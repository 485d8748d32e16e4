/// Sizes and times as people write them: a whole number and a unit, `64MiB`, `500ms`.

private let sizeUnits: [(suffix: String, bytes: Int)] = [
    ("TiB", 1 << 40), ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10),
    ("TB", 1_000_000_000_000), ("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1000), ("KB", 1000),
    ("B", 1),
]

private let timeUnits: [(suffix: String, milliseconds: Int)] = [
    ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1),
]

/// A number without a unit is bytes.
func byteCount(fromText text: String) -> Int? {
    quantity(fromText: text, units: sizeUnits.map { ($0.suffix, $0.bytes) } + [("", 1)])
}

func sizeText(_ bytes: Int) -> String {
    text(of: bytes, units: sizeUnits.map { ($0.suffix, $0.bytes) })
}

/// A number without a unit is nothing, because nobody agrees which unit it is; but 0 is 0.
func millisecondCount(fromText text: String) -> Int? {
    guard text != "0" else { return 0 }
    return quantity(fromText: text, units: timeUnits.map { ($0.suffix, $0.milliseconds) })
}

func durationText(_ milliseconds: Int) -> String {
    guard milliseconds != 0 else { return "0s" }
    return text(of: milliseconds, units: timeUnits.map { ($0.suffix, $0.milliseconds) })
}

/// Nil for anything but digits and a known unit, and for a product past the range of `Int`.
private func quantity(fromText text: String, units: [(suffix: String, size: Int)]) -> Int? {
    let digits = text.utf8.prefix { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
    let suffix = text[digits.endIndex...]
    guard let unit = units.first(where: { $0.suffix == suffix }),
        let count = Int(text[..<digits.endIndex])
    else { return nil }
    let (product, overflow) = count.multipliedReportingOverflow(by: unit.size)
    return overflow ? nil : product
}

/// With the largest unit that divides evenly.
private func text(of value: Int, units: [(suffix: String, size: Int)]) -> String {
    for unit in units where value != 0 && value.isMultiple(of: unit.size) {
        return "\(value / unit.size)\(unit.suffix)"
    }
    return "\(value)"
}

extension Int {
    /// Sizes and times in the table, as bytes and milliseconds.
    var kibibytes: Int { self << 10 }
    var mebibytes: Int { self << 20 }
    var gibibytes: Int { self << 30 }
    var seconds: Int { self * 1000 }
    var minutes: Int { self * 60_000 }
    var hours: Int { self * 3_600_000 }
}
