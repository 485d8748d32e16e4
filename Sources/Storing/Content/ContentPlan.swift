/// How the spans of a section go into blocks: by trace, in the order in which the traces began, so
/// that a block holds whole traces where they fit and neighbours are of one time.
struct ContentPlan {
    /// Rows of the section.
    private(set) var order: [UInt32] = []
    private var next: [UInt32] = []
    /// By group, the start of the last block that uses it, and one.
    private var lastUse: [Int] = []

    /// A block is full with so many bytes of texts, or so many spans.
    static let blockBytes = 512 << 10
    static let blockSpansMax = 4_096

    /// A counting sort: each trace's place moves on with every row of it.
    mutating func sort(_ section: ContentSection) {
        next.removeAll(keepingCapacity: true)
        next.append(contentsOf: repeatElement(0, count: section.traces.ids.count))
        for row in section.rows { next[Int(row.trace)] &+= 1 }
        var place: UInt32 = 0
        for trace in next.indices {
            let count = next[trace]
            next[trace] = place
            place &+= count
        }
        lastUse.removeAll(keepingCapacity: true)
        lastUse.append(contentsOf: repeatElement(0, count: section.groups.count))
        order.removeAll(keepingCapacity: true)
        order.append(contentsOf: repeatElement(0, count: section.rows.count))
        for (index, row) in section.rows.enumerated() {
            order[Int(next[Int(row.trace)])] = UInt32(truncatingIfNeeded: index)
            next[Int(row.trace)] &+= 1
        }
    }

    /// The stretch of the order that the block from a place on takes. Only a trace that would fill a
    /// block alone is cut.
    mutating func block(from start: Int, of section: ContentSection) -> Range<Int> {
        var bytes = 0
        var end = start
        var traceStart = start
        while end < order.count {
            let row = section.rows[Int(order[end])]
            if end > start, row.trace != section.rows[Int(order[end - 1])].trace {
                traceStart = end
            }
            let isFull = bytes >= Self.blockBytes || end - start >= Self.blockSpansMax
            if isFull { return start..<(traceStart > start ? traceStart : end) }
            bytes += Int(row.leftCount)
            if lastUse[Int(row.group)] != start + 1 {
                lastUse[Int(row.group)] = start + 1
                bytes += section.bytes(ofGroup: Int(row.group))
            }
            end += 1
        }
        return start..<end
    }
}
