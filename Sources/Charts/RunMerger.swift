import Sketches

/// Adds runs up, and keeps what it needs for that.
struct RunMerger: Sendable {
    var sum = FigureSum()
    var writer = RunWriter()

    /// Of one window: time busy stays apart by second. Records that only one run has are copied.
    mutating func merge(_ runs: some Sequence<ChartRun>) -> ChartRun {
        var cursors = runs.map { RunCursor($0) }
        while let subject = Self.lowest(cursors) {
            let holders = cursors.count { $0.subject == subject }
            for index in cursors.indices where cursors[index].subject == subject {
                if holders == 1 {
                    writer.append(cursors[index].bytes[cursors[index].record], subject: subject)
                } else {
                    add(cursors[index].figures)
                }
                cursors[index].advance()
            }
            if holders > 1 { writeSum(subject) }
        }
        return writer.finish()
    }

    /// Of the minutes of a block, each a list of runs: of time busy only the total and the fullest
    /// second are left.
    mutating func fold(_ minutes: [[ChartRun]]) -> ChartRun {
        var cursors = minutes.flatMap { $0.map { RunCursor($0) } }
        let ends = minutes.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1.count) }
        while let subject = Self.lowest(cursors) {
            for minute in minutes.indices {
                for index in ends[minute]..<ends[minute + 1]
                where cursors[index].subject == subject {
                    add(cursors[index].figures)
                    cursors[index].advance()
                }
                sum.closeWindow()
            }
            writeSum(subject)
        }
        return writer.finish()
    }

    /// A run that comes when its block is folded already: of a part of the calls nobody knows which
    /// second of the block is the fullest now.
    mutating func foldAmendment(_ run: ChartRun) -> ChartRun {
        var cursor = RunCursor(run)
        while !cursor.isAtEnd {
            add(cursor.figures)
            sum.closeWindow(.total)
            writeSum(cursor.subject)
            cursor.advance()
        }
        return writer.finish()
    }

    private mutating func add(_ figures: PackedReader) {
        var figures = figures
        // What is stored has checksums; what passes them and makes no sense adds nothing more.
        _ = sum.add(packed: &figures)
    }

    private mutating func writeSum(_ subject: UInt64) {
        writer.append(sum, subject: subject)
        sum.removeAll()
    }

    private static func lowest(_ cursors: [RunCursor]) -> UInt64? {
        var lowest = UInt64.max
        for index in cursors.indices { lowest = min(lowest, cursors[index].subject) }
        return lowest < .max ? lowest : nil
    }
}
