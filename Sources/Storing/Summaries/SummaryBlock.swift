import Sketches
import Spans
import Wire

/// A block of rows while it is searched: each column is expanded when it is asked for.
///
/// What it reads was checked against its sum, but may still be anything: a number that cannot be is
/// an error, and nothing is made room for that is not there.
struct SummaryBlock {
    let count: Int
    let failed: Int
    let withErrors: Int
    /// The first and the last start.
    let starts: (UInt64, UInt64)
    let longestNanoseconds: UInt64
    /// Numbers of the partition, in order; rows name them by their place here.
    private(set) var operations: [Int] = []
    /// Of each operation the slowest span of all rows.
    private(set) var slowest: [UInt64] = []
    private let bytes: [UInt8]
    private var columns: [Column] = []

    private struct Column {
        var range: Range<Int>
        var bytes: Int
        var isCompressed: Bool { bytes != range.count }
    }

    enum ColumnName: Int {
        case times, marks, ids, through, operations, slowest, amended
        static var count: Int { 7 }
    }

    private static let columnBytesMax = 1 << 28

    init(
        parsing bytes: [UInt8], _ range: Range<Int>, tags: (UInt64, UInt64)
    ) throws(WireError) {
        self.bytes = bytes
        starts = tags
        var reader = PackedReader(bytes, from: range.lowerBound, to: range.upperBound)
        count = Int(clamping: reader.number())
        failed = Int(clamping: reader.number())
        withErrors = Int(clamping: reader.number())
        longestNanoseconds = reader.number()
        let used = Int(clamping: reader.number())
        guard used <= reader.bytesLeft else { throw Self.fault(reader) }
        var operation: UInt64 = 0
        for _ in 0..<used {
            operation &+= reader.number()
            operations.append(Int(clamping: operation))
            slowest.append(reader.number())
        }
        var lengths: [(bytes: Int, stored: Int)] = []
        for _ in 0..<ColumnName.count {
            let bytes = Int(clamping: reader.number())
            lengths.append((bytes, Int(clamping: reader.number())))
        }
        var start = reader.at
        for length in lengths {
            guard length.stored <= range.upperBound - start, length.stored <= length.bytes,
                reader.fault == nil
            else { throw Self.fault(reader) }
            columns.append(Column(range: start..<start + length.stored, bytes: length.bytes))
            start += length.stored
        }
        // An id takes sixteen bytes, so that there are as many rows as there is room for.
        guard start == range.upperBound, columns[ColumnName.ids.rawValue].bytes / 16 == count
        else { throw Self.fault(reader) }
    }

    private static func fault(_ reader: PackedReader) -> WireError {
        WireError(.invalid("a block of summaries that cannot be"), at: reader.fault ?? reader.at)
    }

    func reader(
        of name: ColumnName, _ zstd: inout ZstdFrameDecoder
    ) throws(WireError) -> PackedReader {
        let column = columns[name.rawValue]
        guard column.isCompressed else {
            return PackedReader(bytes, from: column.range.lowerBound, to: column.range.upperBound)
        }
        let expanded = try zstd.expand(bytes, column.range, bytesMax: Self.columnBytesMax)
        guard expanded.count == column.bytes else {
            throw WireError(
                .invalid("a column of another length"), at: column.range.lowerBound)
        }
        return PackedReader(expanded)
    }

    /// Start, duration, flags, root and counts of all rows; ids and what they cover are zero still.
    func rows(_ zstd: inout ZstdFrameDecoder) throws(WireError) -> [SummaryRow] {
        var times = try reader(of: .times, &zstd)
        var marks = try reader(of: .marks, &zstd)
        var rows: [SummaryRow] = []
        rows.reserveCapacity(count)
        var start: UInt64 = 0
        for _ in 0..<count {
            var row = SummaryRow(TraceID(high: 0, low: 0))
            start &+= UInt64(bitPattern: times.signed())
            row.startNanoseconds = start
            row.durationNanoseconds = times.number()
            row.flags = SummaryFlags(rawValue: marks.byte())
            row.root = operation(at: marks.number())
            row.spans = UInt32(clamping: marks.number())
            row.errors = UInt32(clamping: marks.number())
            rows.append(row)
        }
        try check(times)
        try check(marks)
        return rows
    }

    /// Fills in the ids, and what the rows cover.
    func identify(
        _ rows: inout [SummaryRow], _ zstd: inout ZstdFrameDecoder
    ) throws(WireError) {
        var ids = try reader(of: .ids, &zstd)
        var covered = try reader(of: .through, &zstd)
        var through: UInt64 = 0
        for index in rows.indices {
            rows[index].trace = TraceID(high: ids.fixed(), low: ids.fixed())
            through &+= UInt64(bitPattern: covered.signed())
            rows[index].through = through
        }
        try check(ids)
        try check(covered)
    }

    /// How many rows take the place of older ones.
    var amendments: Int { columns[ColumnName.amended.rawValue].bytes / 16 }

    /// The traces of these.
    func amended(_ zstd: inout ZstdFrameDecoder) throws(WireError) -> [TraceID] {
        var ids = try reader(of: .amended, &zstd)
        var traces: [TraceID] = []
        while !ids.isAtEnd { traces.append(TraceID(high: ids.fixed(), low: ids.fixed())) }
        try check(ids)
        return traces
    }

    /// By the place that a row tells, which is one more than the operation's.
    private func operation(at place: UInt64) -> UInt32 {
        guard place > 0, place <= UInt64(operations.count) else { return SummaryRow.noRoot }
        return UInt32(clamping: operations[Int(place) - 1])
    }

    func check(_ reader: PackedReader) throws(WireError) {
        if let fault = reader.fault {
            throw WireError(.invalid("a column that ends too early"), at: fault)
        }
    }
}
