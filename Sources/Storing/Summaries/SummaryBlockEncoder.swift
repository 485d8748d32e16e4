import Sketches
import Spans
import Wire

/// Puts rows into the bytes of one block, in columns that are compressed each for itself, so that a
/// search expands what it looks at (`docs/formats.md`, Summaries). Kept for its storage.
struct SummaryBlockEncoder: ~Copyable {
    private(set) var bytes: [UInt8] = []
    private var zstd = ZstdEncoder(level: 1)
    private var frame: [UInt8] = []
    private var column = PackedWriter()
    private var columns: [UInt8] = []
    private var head = PackedWriter()
    /// The operations that the rows have, by their numbers in the partition, and back.
    private var used: [UInt32] = []
    private var places: [UInt32] = []
    /// By place, the slowest span of all rows.
    private var slowest: [UInt64] = []

    /// Below this a column stays as it is: a frame would cost more than it saves.
    private static let compressedFrom = 128

    /// The rows with these indices, in this order.
    mutating func encode(_ order: [Int], of batch: SummaryBatch) {
        collectOperations(order, batch)
        head.removeAll()
        columns.removeAll(keepingCapacity: true)
        let rows = batch.rows
        writeHead(order, rows)
        addTimes(order, rows)
        addMarks(order, rows)
        for index in order {
            column.append(fixed: rows[index].trace.high)
            column.append(fixed: rows[index].trace.low)
        }
        addColumn()
        var through: UInt64 = 0
        for index in order {
            column.append(signed: Int64(bitPattern: rows[index].through &- through))
            through = rows[index].through
        }
        addColumn()
        addOperations(order, batch)
        for index in order {
            for place in batch.operations(of: index) {
                column.append(batch.operations[place].slowestNanoseconds)
            }
        }
        addColumn()
        for index in order where rows[index].flags.contains(.amends) {
            column.append(fixed: rows[index].trace.high)
            column.append(fixed: rows[index].trace.low)
        }
        addColumn()
        bytes.removeAll(keepingCapacity: true)
        bytes += head.bytes
        bytes += columns
    }

    /// What tells a search that the block has nothing for it.
    private mutating func writeHead(_ order: [Int], _ rows: [SummaryRow]) {
        head.append(UInt64(order.count))
        head.append(UInt64(order.count { rows[$0].flags.contains(.failed) }))
        head.append(UInt64(order.count { rows[$0].errors > 0 }))
        head.append(order.reduce(0) { max($0, rows[$1].durationNanoseconds) })
        head.append(UInt64(used.count))
        var before: UInt32 = 0
        for operation in used {
            head.append(UInt64(operation &- before))
            head.append(slowest[Int(places[Int(operation)])])
            before = operation
        }
    }

    private mutating func collectOperations(_ order: [Int], _ batch: SummaryBatch) {
        for operation in used { places[Int(operation)] = 0 }
        used.removeAll(keepingCapacity: true)
        for index in order {
            use(batch.rows[index].root)
            for place in batch.operations(of: index) { use(batch.operations[place].operation) }
        }
        used.sort()
        for (place, operation) in used.enumerated() {
            places[Int(operation)] = UInt32(truncatingIfNeeded: place)
        }
        slowest.removeAll(keepingCapacity: true)
        slowest += repeatElement(0, count: used.count)
        for index in order {
            for operation in batch.operations[batch.operations(of: index)] {
                let place = Int(places[Int(operation.operation)])
                slowest[place] = max(slowest[place], operation.slowestNanoseconds)
            }
        }
    }

    private mutating func use(_ operation: UInt32) {
        guard operation != SummaryRow.noRoot else { return }
        if Int(operation) >= places.count {
            places += repeatElement(0, count: Int(operation) + 1 - places.count)
        }
        if places[Int(operation)] == 0 {
            places[Int(operation)] = 1
            used.append(operation)
        }
    }

    private mutating func addTimes(_ order: [Int], _ rows: [SummaryRow]) {
        var start: UInt64 = 0
        for index in order {
            column.append(signed: Int64(bitPattern: rows[index].startNanoseconds &- start))
            start = rows[index].startNanoseconds
            column.append(rows[index].durationNanoseconds)
        }
        addColumn()
    }

    private mutating func addMarks(_ order: [Int], _ rows: [SummaryRow]) {
        for index in order {
            let row = rows[index]
            column.append(byte: row.flags.rawValue)
            column.append(
                row.root == SummaryRow.noRoot ? 0 : UInt64(places[Int(row.root)]) + 1)
            column.append(UInt64(row.spans))
            column.append(UInt64(row.errors))
        }
        addColumn()
    }

    private mutating func addOperations(_ order: [Int], _ batch: SummaryBatch) {
        for index in order {
            let range = batch.operations(of: index)
            column.append(UInt64(range.count))
            for place in range {
                column.append(UInt64(places[Int(batch.operations[place].operation)]))
            }
        }
        addColumn()
    }

    /// Ends a column: its length and how many bytes it is stored in go to the head.
    private mutating func addColumn() {
        let count = column.bytes.count
        var stored = count
        if count >= Self.compressedFrom {
            stored = zstd.compress(column.bytes, column.bytes.indices, into: &frame)
        }
        head.append(UInt64(count))
        head.append(UInt64(min(stored, count)))
        if stored < count {
            columns += frame[..<stored]
        } else {
            columns += column.bytes
        }
        column.removeAll()
    }
}
