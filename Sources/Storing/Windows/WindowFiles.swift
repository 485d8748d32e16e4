import Charts

/// The files of windows, by name: what they hold is a partition, the unit in which old windows go.
struct WindowFile: Hashable {
    /// The grain of its pieces.
    let grain: WindowGrain
    /// Seconds since 1970.
    let start: Int64
    /// A partition goes on in another file when one cannot be trusted any more.
    let number: Int

    init(_ grain: WindowGrain, holding second: Int64, number: Int = 0) {
        self.grain = grain
        let seconds = Self.seconds(grain)
        start = second - (second % seconds + seconds) % seconds
        self.number = number
    }

    /// Nil when this is no name of such a file.
    init?(name: String) {
        let parts = name.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[2].hasSuffix(Self.suffix),
            let grain = WindowGrain.allCases.first(where: { Self.word($0) == parts[0] }),
            let start = Int64(parts[1]), let number = Int(parts[2].dropLast(Self.suffix.count)),
            start >= 0, start % Self.seconds(grain) == 0, start < 1 << 40, number >= 0
        else { return nil }
        self.init(grain, holding: start, number: number)
        // There is one way to write it.
        if self.name != name { return nil }
    }

    var name: String { "\(Self.word(grain))-\(start)-\(number)\(Self.suffix)" }

    /// The end of the time that it holds.
    var end: Int64 { start + Self.seconds(grain) }

    static let suffix = ".pw"

    private static func word(_ grain: WindowGrain) -> String {
        switch grain {
        case .block: "minutes"
        case .hour: "hours"
        case .day: "days"
        }
    }

    /// Each grain's partition is what one stretch of the next holds, or a month.
    private static func seconds(_ grain: WindowGrain) -> Int64 {
        grain.coarser?.seconds ?? 32 * 86_400
    }
}

/// The log of windows, named by a number that only grows: that of the commit that it begins with,
/// when no commit failed before.
enum WindowLogFile {
    static func name(_ number: UInt64) -> String {
        let digits = String(number, radix: 16)
        return "log-" + String(repeating: "0", count: 16 - digits.count) + digits
            + WindowFile.suffix
    }

    /// Nil when this is no name of a log.
    static func number(_ name: String) -> UInt64? {
        guard name.hasPrefix("log-"), name.hasSuffix(WindowFile.suffix) else { return nil }
        let digits = name.dropFirst(4).dropLast(WindowFile.suffix.count)
        guard let number = UInt64(digits, radix: 16), self.name(number) == name else { return nil }
        return number
    }
}

/// What the tags of a block of windows say.
struct WindowTag: Equatable {
    enum Kind: UInt64 {
        case names = 1
        case piece = 2
        case snapshot = 3
        case delta = 4
    }

    var kind: Kind
    var numbering: UInt64
    /// Of a piece.
    var place = WindowPlace(.block, start: 0)
    var isAmendment = false

    init(_ kind: Kind, numbering: UInt64) {
        self.kind = kind
        self.numbering = numbering
    }

    init(_ piece: WindowPiece, numbering: UInt64) {
        self.init(.piece, numbering: numbering)
        place = piece.place
        isAmendment = piece.isAmendment
    }

    /// The numbering; and from the lowest byte up kind, grain, whether it amends, and the start.
    var tags: (UInt64, UInt64) {
        let start = UInt64(bitPattern: place.start) << 24
        let flags = UInt64(place.grain.rawValue) << 8 | (isAmendment ? 1 << 16 : 0)
        return (numbering, start | flags | kind.rawValue)
    }

    /// Nil when no writer gives such tags.
    init?(_ tags: (UInt64, UInt64)) {
        guard let kind = Kind(rawValue: tags.1 & 0xFF),
            let grain = WindowGrain(rawValue: UInt8(tags.1 >> 8 & 0xFF)), tags.1 >> 16 & 0xFF < 2
        else { return nil }
        self.init(kind, numbering: tags.0)
        place = WindowPlace(grain, start: Int64(tags.1 >> 24))
        isAmendment = tags.1 >> 16 & 0xFF == 1
        if place.start % grain.seconds != 0 { return nil }
    }
}
