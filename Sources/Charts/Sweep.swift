import Sketches

/// Goes once through all runs of a query, subject by subject, and adds up what belongs together.
///
/// Subjects that are shown as one are a group; their records are found on the way and added up at
/// the end. Totals come from folded blocks where there are such. The fullest second does as well,
/// unless a block was amended after it was folded, or several subjects run in it together: then the
/// seconds of its minutes are read.
struct Sweep {
    private enum Role {
        /// The records of a window.
        case all
        case amendment
        case base
        /// Of a minute of a folded block.
        case secondsOnly
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

    init(
        _ plan: QueryPlan, _ blocks: [Int64: ChartBlock], _ family: ChartFamily,
        sharesSubjects: Bool
    ) {
        self.plan = plan
        let numbers = blocks.keys.filter {
            $0 * ChartBlock.seconds < plan.window.to
                && ($0 + 1) * ChartBlock.seconds > plan.window.from
        }
        for number in numbers.sorted() {
            guard let block = blocks[number] else { continue }
            let start = number * ChartBlock.seconds
            if block.isFolded, plan.isInOneStep(from: start, to: start + ChartBlock.seconds) {
                addFolded(block, family, start: start, sharesSubjects: sharesSubjects)
            } else {
                addWindows(of: block, family, start: start)
            }
        }
    }

    private mutating func addFolded(
        _ block: ChartBlock, _ family: ChartFamily, start: Int64, sharesSubjects: Bool
    ) {
        let folded = block.folded[Int(family.rawValue)]
        let step = plan.step(of: start)
        // Amendments first: they tell how the others are to be read.
        add(folded.amendments.runs, .amendment, step: step)
        add([folded.base], .base, step: step)
        windowCount += 1
        guard sharesSubjects || !folded.amendments.isEmpty else { return }
        for minute in 0..<ChartBlock.minutes {
            add(block[family, minute].runs, .secondsOnly, step: step)
            windowCount += 1
        }
    }

    private mutating func addWindows(of block: ChartBlock, _ family: ChartFamily, start: Int64) {
        let length = plan.windowSeconds
        let from = max(start, plan.window.from)
        let to = min(start + ChartBlock.seconds, plan.window.to)
        for second in stride(from: from, to: to, by: Int(length)) {
            let minute = block[family, Int((second - start) / 60)]
            let ten = Int(second % 60 / 10)
            let live = minute.tens.isEmpty ? [] : minute.tens[ten].runs
            add(length == 60 ? minute.runs : live, .all, step: plan.step(of: second))
            windowCount += 1
        }
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

    mutating func rows(_ belonging: (UInt64) -> Belonging) -> [Row] {
        var rows: [Row] = []
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
            case .alone: append(subject, pieces, isShared: false, to: &rows)
            case .group(let number): groups[number, default: (subject, [])].pieces += pieces
            }
        }
        for (_, group) in groups.sorted(by: { $0.value.subject < $1.value.subject }) {
            let pieces = group.pieces.sorted { $0.source < $1.source }
            append(group.subject, pieces, isShared: true, to: &rows)
        }
        return rows
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

    /// Pieces come in the order of windows, and within a folded one as `addFolded` has them.
    private mutating func figures(_ pieces: ArraySlice<Piece>, isShared: Bool) -> Figures {
        defer { sum.removeAll() }
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
            let isRight = add(&reader, source.role, needsSeconds: &needsSeconds)
            assert(isRight, "a record that this program wrote cannot be read")
        }
        sum.closeWindow(closing)
        return Figures(sum, scratch: &counts)
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
        }
    }
}
