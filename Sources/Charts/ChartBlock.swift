/// The runs of ten minutes: by minute, of the last minutes also by ten seconds, and of all folded
/// into one when they are over.
///
/// What is in memory of a block is all of it, as long as `isWhole`; what is stored besides is then
/// kept as a copy, to answer from. Everything that was counted is in exactly one run of its minute;
/// what is folded is a copy, which spares a query nine of ten minutes.
struct ChartBlock: Sendable {
    /// One minute of one family.
    struct Minute: Sendable {
        /// By ten seconds; empty when the minute is not live any more.
        var tens: [RunStack] = []
        /// What is not stored, of a minute that is not live.
        var fresh = RunStack()
        /// Copies of what is stored.
        var stored = RunStack()

        var runs: [ChartRun] { unstored + stored.runs }
        var unstored: [ChartRun] { tens.flatMap(\.runs) + fresh.runs }
        var isEmpty: Bool { isStored && stored.isEmpty }
        /// Whether all of it is stored.
        var isStored: Bool { fresh.isEmpty && tens.allSatisfy(\.isEmpty) }
        var bytes: Int { tens.reduce(fresh.bytes + stored.bytes) { $0 + $1.bytes } }
    }

    struct Folded: Sendable {
        var base = ChartRun(bytes: [])
        /// What came later, of any minute.
        var amendments = RunStack()

        var bytes: Int { base.bytes.count + amendments.bytes }
        var isStale: Bool { amendments.bytes * 2 > base.bytes.count }
    }

    static var minutes: Int { 10 }
    static var seconds: Int64 { 600 }

    /// By family and minute.
    private var minutes = Array(
        repeating: Minute(), count: ChartFamily.allCases.count * ChartBlock.minutes)
    /// By family; empty until the block is folded.
    private(set) var folded: [Folded] = []
    /// Whether nothing is stored of it that is not in memory too.
    private(set) var isWhole: Bool
    private(set) var bytes = ownBytes

    /// Of a block with nothing in it.
    private static var ownBytes: Int {
        ChartFamily.allCases.count * minutes * (MemoryLayout<Minute>.stride + 32)
    }

    init(isWhole: Bool = true) { self.isWhole = isWhole }

    var isFolded: Bool { !folded.isEmpty }

    subscript(family: ChartFamily, minute: Int) -> Minute {
        minutes[Self.place(family, minute)]
    }

    var isEmpty: Bool { minutes.allSatisfy(\.isEmpty) }

    /// Whether all of it is stored.
    var isStored: Bool { minutes.allSatisfy(\.isStored) }

    /// Whether some minute is still kept by ten seconds.
    var isLive: Bool { minutes.contains { !$0.tens.isEmpty } }

    func isEmpty(minute: Int) -> Bool {
        ChartFamily.allCases.allSatisfy { self[$0, minute].isEmpty }
    }

    /// The ten seconds are counted within the block, from 0 to 59.
    mutating func append(
        _ run: ChartRun, _ family: ChartFamily, ten: Int, isLive: Bool, merger: inout RunMerger
    ) {
        change(Self.place(family, ten / 6)) { minute in
            if isLive {
                if minute.tens.isEmpty { minute.tens = Array(repeating: RunStack(), count: 6) }
                minute.tens[ten % 6].append(run, merger: &merger)
            } else {
                minute.fresh.append(run, merger: &merger)
            }
        }
        guard isFolded else { return }
        let amendment = merger.foldAmendment(run)
        bytes -= folded[Int(family.rawValue)].bytes
        folded[Int(family.rawValue)].amendments.append(amendment, merger: &merger)
        bytes += folded[Int(family.rawValue)].bytes
    }

    /// Puts the ten seconds of a minute together.
    mutating func close(minute: Int, merger: inout RunMerger) {
        for family in ChartFamily.allCases {
            let place = Self.place(family, minute)
            guard !minutes[place].tens.isEmpty else { continue }
            change(place) { minute in
                let run = merger.merge(minute.tens.lazy.flatMap(\.runs))
                minute.tens = []
                minute.fresh.append(run, merger: &merger)
            }
        }
    }

    private mutating func change(_ place: Int, _ change: (inout Minute) -> Void) {
        bytes -= minutes[place].bytes
        change(&minutes[place])
        bytes += minutes[place].bytes
    }

    private mutating func setFolded(_ new: [Folded]) {
        bytes -= folded.reduce(0) { $0 + $1.bytes }
        folded = new
        bytes += folded.reduce(0) { $0 + $1.bytes }
    }

    /// When no minute is live any more; and again when much came after that. False when there was
    /// nothing to do.
    mutating func fold(merger: inout RunMerger) -> Bool {
        guard isWhole, folded.isEmpty || folded.contains(where: \.isStale) else { return false }
        setFolded(
            ChartFamily.allCases.map { family in
                let minutes = (0..<Self.minutes).map { self[family, $0].runs }
                return Folded(base: merger.fold(minutes))
            })
        return true
    }

    mutating func remove(minute: Int) {
        for family in ChartFamily.allCases { change(Self.place(family, minute)) { $0 = Minute() } }
        setFolded([])
    }

    private static func place(_ family: ChartFamily, _ minute: Int) -> Int {
        Int(family.rawValue) * minutes + minute
    }
}

extension ChartBlock {
    /// What is not stored, minute by minute, and folded in front of it: the sections of a piece.
    ///
    /// The piece amends what is stored already: nobody knows then which second is the fullest.
    func sections(isAmendment: Bool, merger: inout RunMerger) -> [[UInt8]] {
        var sections: [[UInt8]] = []
        for family in ChartFamily.allCases {
            let runs = (0..<Self.minutes).map { merger.merge(self[family, $0].unstored) }
            if isAmendment {
                let amendments = runs.map { merger.foldAmendment($0) }
                sections.append(merger.merge(amendments).bytes)
            } else {
                sections.append(merger.fold(runs.map { [$0] }).bytes)
            }
            sections += runs.map(\.bytes)
        }
        return sections
    }

    /// What was not stored is stored now; copies stay in a block that is whole.
    mutating func markStored(merger: inout RunMerger) {
        let keepsCopies = isWhole
        for place in minutes.indices {
            change(place) { minute in
                let run = merger.merge(minute.unstored)
                minute.tens = []
                minute.fresh = RunStack()
                if keepsCopies { minute.stored.append(run, merger: &merger) }
            }
        }
    }

    /// Lets go of all copies.
    mutating func dropStored() {
        for place in minutes.indices { change(place) { $0.stored = RunStack() } }
        setFolded([])
        isWhole = false
    }
}
