/// How much time a stored piece of windows covers.
///
/// Ten minutes are stored with their single minutes, and folded; when an hour is over its blocks are
/// folded again, and so are the hours of a day. So what is old can go by the minute and stay by the
/// hour, and a long query reads little.
package enum WindowGrain: UInt8, CaseIterable, Sendable {
    case block
    case hour
    case day

    package var seconds: Int64 {
        switch self {
        case .block: ChartBlock.seconds
        case .hour: 3_600
        case .day: 86_400
        }
    }

    package var coarser: WindowGrain? { WindowGrain(rawValue: rawValue + 1) }
    package var finer: WindowGrain? { self == .block ? nil : WindowGrain(rawValue: rawValue - 1) }

    /// Where the stretch begins that a second is in.
    package func start(of second: Int64) -> Int64 {
        let rest = second % seconds
        return second - (rest < 0 ? rest + seconds : rest)
    }

    /// How many runs a piece has: of each family the one of all its time, and for blocks one a
    /// minute behind it.
    package var sectionCount: Int { ChartFamily.allCases.count * sectionsOfFamily }

    private var sectionsOfFamily: Int { self == .block ? 1 + ChartBlock.minutes : 1 }

    func folded(_ family: ChartFamily) -> Int { Int(family.rawValue) * sectionsOfFamily }

    func minutes(_ family: ChartFamily) -> Range<Int> {
        let first = folded(family) + 1
        return first..<(first + ChartBlock.minutes)
    }
}

/// Some time, as a stretch of a grain.
package struct WindowPlace: Hashable, Sendable {
    package var grain: WindowGrain
    /// Seconds since 1970, whole stretches.
    package var start: Int64

    package init(_ grain: WindowGrain, start: Int64) {
        self.grain = grain
        self.start = start
    }

    package var end: Int64 { start + grain.seconds }
}

/// What was counted in a place, packed to be stored: all of it, or what came after a first piece.
package struct WindowPiece: Sendable {
    package var place: WindowPlace
    package var isAmendment: Bool
    /// Runs as `WindowGrain` orders them; empty where nothing was counted.
    package var sections: [[UInt8]]

    package init(_ place: WindowPlace, isAmendment: Bool, sections: [[UInt8]]) {
        self.place = place
        self.isAmendment = isAmendment
        self.sections = sections
    }
}

/// A piece that is stored, as whoever stores it finds it again.
package struct StoredPiece: Sendable {
    package var id: Int
    package var isAmendment: Bool
    /// Whose numbers its names have.
    package var numbering: UInt64

    package init(id: Int, isAmendment: Bool, numbering: UInt64) {
        self.id = id
        self.isAmendment = isAmendment
        self.numbering = numbering
    }
}

/// Where windows are that are not in memory. One thread's, the ledger's.
package protocol WindowShelf: AnyObject {
    /// The pieces of a place, in the order in which they were stored.
    func pieces(_ place: WindowPlace) -> [StoredPiece]
    /// From the first to the last second of which there is something.
    var extent: ChartWindow? { get }
    /// Some sections of a piece, one behind the other in a row; what cannot be read is empty, and
    /// told elsewhere.
    func read(_ piece: StoredPiece, sections: Range<Int>) -> [[UInt8]]
}
