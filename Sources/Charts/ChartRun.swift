import Sketches

/// Packed records of many subjects, ascending: subject as distance, length, figures.
///
/// Never changed, so that queries, windows and what is folded from them may share it.
struct ChartRun: Sendable {
    let bytes: [UInt8]

    var isEmpty: Bool { bytes.isEmpty }

    /// What a run costs besides its bytes, roughly.
    static var overhead: Int { 64 }
}

/// Builds a run from sums; subjects must ascend.
struct RunWriter: Sendable {
    private var run = PackedWriter()
    private var record = PackedWriter()
    private var counts: [CodeCount] = []
    private var next: UInt64 = 0

    mutating func append(_ sum: borrowing FigureSum, subject: UInt64) {
        record.removeAll()
        guard sum.write(to: &record, counts: &counts) else { return }
        append(record.bytes[...], subject: subject)
    }

    /// A record as it is.
    mutating func append(_ record: ArraySlice<UInt8>, subject: UInt64) {
        precondition(subject >= next, "a run's subjects must ascend")
        run.append(subject - next)
        run.append(UInt64(record.count))
        run.append(bytes: record)
        next = subject + 1
    }

    /// The run so far, in no more room than it needs; a next one can begin.
    mutating func finish() -> ChartRun {
        defer {
            run.removeAll()
            next = 0
        }
        return ChartRun(bytes: Array(run.bytes[...]))
    }
}

/// Goes through the records of a run.
struct RunCursor: Sendable {
    let bytes: [UInt8]
    private var reader: PackedReader
    private var next: UInt64 = 0
    /// Above all subjects at the end.
    private(set) var subject: UInt64 = 0
    /// Where the record of the subject lies.
    private(set) var record: Range<Int> = 0..<0

    init(_ run: ChartRun) {
        bytes = run.bytes
        reader = PackedReader(run.bytes)
        advance()
    }

    var isAtEnd: Bool { subject == .max }

    /// Whether the bytes end where a record does, as they do in all that this program wrote.
    var isBroken: Bool { reader.fault != nil }

    mutating func advance() {
        guard !reader.isAtEnd else { return subject = .max }
        subject = next &+ reader.number()
        let count = Int(truncatingIfNeeded: reader.number())
        let start = reader.at
        reader.skip(count)
        next = subject &+ 1
        record = start..<reader.at
        if reader.fault != nil { subject = .max }
    }

    /// Reads the record of the subject.
    var figures: PackedReader {
        PackedReader(bytes, from: record.lowerBound, to: record.upperBound)
    }
}
