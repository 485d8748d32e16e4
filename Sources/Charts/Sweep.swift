import Sketches

/// Goes once through all runs of a query, subject by subject, and adds up what belongs together.
///
/// Subjects that are shown as one are a group; their records are found on the way and added up at
/// the end. Totals come from folded blocks where there are such. The fullest second does as well,
/// unless a block was amended after it was folded, or several subjects run in it together: then the
/// seconds of its minutes are read. Stored hours and days have no seconds: of subjects that are shown
/// as one the fullest second is then that of the fullest.
struct Sweep {
    private enum Role {
        /// The records of a window.
        case all
        case amendment
        case base
        /// Of a minute of a folded block.
        case secondsOnly
        /// Added up before: the fullest second counts as it is.
        case stored
    }

    private struct Source {
        let role: Role
        /// Ascending, and the same for runs of one window.
        let window: Int
        let step: Int
    }

    /// A record that was found.
    private struct Piece {
        let source: Int
        let record: Range<Int>
    }

    private let plan: QueryPlan
    private var sources: [Source] = []
    /// Of each source.
    private var cursors: [RunCursor] = []
    private var counts: [CodeCount] = []
    private var windowCount = 0
    private var sum = FigureSum()
    /// Of the runs that are nowhere else in memory.
    private(set) var readBytes = 0

    /// Figures of steps, of all rows together, that an answer may have: some kilobytes each.
    static var figuresOfSteps: Int { 100_000 }

    init(_ plan: QueryPlan) { self.plan = plan }

    /// A block that lies in one step.
    mutating func addFolded(_ block: BlockRuns, start: Int64) {
        let step = plan.step(of: start)
        // Amendments first: they tell how the others are to be read.
        add(block.amendments, .amendment, step: step)
        add([block.base], .base, step: step)
        windowCount += 1
        for minute in block.minutes {
            add(minute, .secondsOnly, step: step)
            windowCount += 1
        }
        if block.isRead { readBytes += block.bytes }
    }

    /// Runs of one window.
    mutating func addWindow(_ runs: [ChartRun], start: Int64, areRead: Bool) {
        add(runs, .all, step: plan.step(of: start))
        windowCount += 1
        if areRead { readBytes += runs.reduce(0) { $0 + $1.bytes.count } }
    }

    /// Runs of some time in which each subject's fullest second is known, as far as it ever will be.
    mutating func addStored(_ runs: [ChartRun], start: Int64) {
        add(runs, .stored, step: plan.step(of: start))
        windowCount += 1
        readBytes += runs.reduce(0) { $0 + $1.bytes.count }
    }

    private mutating func add(_ runs: [ChartRun], _ role: Role, step: Int) {
        for run in runs where !run.isEmpty {
            sources.append(Source(role: role, window: windowCount, step: step))
            cursors.append(RunCursor(run))
        }
    }
}

extension Sweep {
    /// What becomes of a subject: nothing, a row of its own, or a part of a row.
    enum Belonging {
        case none
        case alone
        case group(Int)
    }

    /// The whole window, and each step when there are steps. The subject is the first of a group.
    typealias Row = (subject: UInt64, whole: Figures, steps: [Figures])

    /// Nil when there are too many steps for so many rows.
    mutating func rows(_ belonging: (UInt64) -> Belonging) -> [Row]? {
        var rows: [Row] = []
        let rowsMax = plan.hasSteps ? Self.figuresOfSteps / plan.steps.count : .max
        visit(belonging) { sweep, subject, pieces, isShared in
            guard rows.count <= rowsMax else { return }
            sweep.append(subject, pieces, isShared: isShared, to: &rows)
        }
        return rows.count <= rowsMax ? rows : nil
    }

    /// Leaves of each step one run, so that the next ones find room.
    mutating func compact(_ belonging: (UInt64) -> Belonging) {
        var records: [Int: [(subject: UInt64, record: [UInt8])]] = [:]
        visit(belonging) { sweep, subject, pieces, isShared in
            var rest = pieces[...]
            while let step = rest.first.map({ sweep.sources[$0.source].step }) {
                let end =
                    rest.firstIndex { sweep.sources[$0.source].step != step }
                    ?? rest.endIndex
                let record = sweep.record(rest[..<end], isShared: isShared)
                if !record.isEmpty { records[step, default: []].append((subject, record)) }
                rest = rest[end...]
            }
        }
        sources = []
        cursors = []
        readBytes = 0
        for (step, records) in records.sorted(by: { $0.key < $1.key }) {
            var writer = RunWriter()
            for (subject, record) in records.sorted(by: { $0.subject < $1.subject }) {
                writer.append(record[...], subject: subject)
            }
            let run = writer.finish()
            add([run], .stored, step: step)
            windowCount += 1
            readBytes += run.bytes.count
        }
    }

    /// Each subject, or group of them, with all its records.
    private mutating func visit(
        _ belonging: (UInt64) -> Belonging,
        _ use: (inout Sweep, UInt64, [Piece], _ isShared: Bool) -> Void
    ) {
        var groups: [Int: (subject: UInt64, pieces: [Piece])] = [:]
        var pieces: [Piece] = []
        var heads = cursors.map(\.subject)
        while let subject = Self.lowest(heads) {
            let belonging = belonging(subject)
            pieces.removeAll(keepingCapacity: true)
            for index in heads.indices where heads[index] == subject {
                if case .none = belonging {
                } else {
                    pieces.append(Piece(source: index, record: cursors[index].record))
                }
                cursors[index].advance()
                heads[index] = cursors[index].subject
            }
            switch belonging {
            case .none: break
            case .alone: use(&self, subject, pieces, false)
            case .group(let number): groups[number, default: (subject, [])].pieces += pieces
            }
        }
        for (_, group) in groups.sorted(by: { $0.value.subject < $1.value.subject }) {
            use(&self, group.subject, group.pieces.sorted { $0.source < $1.source }, true)
        }
    }

    private static func lowest(_ heads: [UInt64]) -> UInt64? {
        var lowest = UInt64.max
        for head in heads { lowest = min(lowest, head) }
        return lowest < .max ? lowest : nil
    }

    private mutating func append(
        _ subject: UInt64, _ pieces: [Piece], isShared: Bool, to rows: inout [Row]
    ) {
        let whole = figures(pieces[...], isShared: isShared)
        guard whole.hasCalls else { return }
        guard plan.hasSteps else { return rows.append((subject, whole, [])) }
        var steps = Array(repeating: Figures(), count: plan.steps.count)
        var rest = pieces[...]
        while let step = rest.first.map({ sources[$0.source].step }) {
            let end = rest.firstIndex { sources[$0.source].step != step } ?? rest.endIndex
            steps[step] = figures(rest[..<end], isShared: isShared)
            rest = rest[end...]
        }
        rows.append((subject, whole, steps))
    }

    private mutating func figures(_ pieces: ArraySlice<Piece>, isShared: Bool) -> Figures {
        defer { sum.removeAll() }
        addUp(pieces, isShared: isShared)
        return Figures(sum, scratch: &counts)
    }

    private mutating func record(_ pieces: ArraySlice<Piece>, isShared: Bool) -> [UInt8] {
        defer { sum.removeAll() }
        addUp(pieces, isShared: isShared)
        var writer = PackedWriter()
        return sum.write(to: &writer, counts: &counts) ? writer.bytes : []
    }

    /// Pieces come in the order of windows, and within a folded one as `addFolded` has them.
    private mutating func addUp(_ pieces: ArraySlice<Piece>, isShared: Bool) {
        var window = -1
        var needsSeconds = isShared
        var closing = FigureSum.Closing.totalAndPeak
        for piece in pieces {
            let source = sources[piece.source]
            if source.window != window {
                sum.closeWindow(closing)
                window = source.window
                if source.role != .secondsOnly { needsSeconds = isShared }
                closing = source.role == .secondsOnly ? .peak : .totalAndPeak
            }
            var reader = PackedReader(
                cursors[piece.source].bytes, from: piece.record.lowerBound,
                to: piece.record.upperBound)
            // What is stored has checksums; what passes them and makes no sense adds nothing more.
            _ = add(&reader, source.role, needsSeconds: &needsSeconds)
        }
        sum.closeWindow(closing)
    }

    private mutating func add(
        _ reader: inout PackedReader, _ role: Role, needsSeconds: inout Bool
    ) -> Bool {
        switch role {
        case .all: return sum.add(packed: &reader)
        case .amendment:
            if FigureSum.isFolded(packed: reader) { needsSeconds = true }
            return sum.add(packed: &reader)
        case .base: return sum.add(packed: &reader, withoutPeak: needsSeconds)
        case .secondsOnly: return needsSeconds ? sum.addSeconds(packed: &reader) : true
        case .stored: return sum.add(packed: &reader)
        }
    }
}
