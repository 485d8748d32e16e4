/// The accepted spans of one request: its decoded body, and what was found in it.
///
/// Filled by a decoder, then shared unchanged by the lanes that own its traces, and emptied for
/// the next request when the last of them is done. `body` is a pooled buffer: only its first
/// `bodyCount` bytes mean something.
package struct SpanBatch: Sendable {
    package var body: [UInt8] = []
    package var bodyCount = 0
    package var table = SpanTable()

    package init() {}
}

/// Spans by record, the groups that they refer to, and what was refused.
/// Invariant after `sort`: the records of lane L are `laneEnds[L - 1]..<laneEnds[L]`.
@usableFromInline
package struct SpanTable: Sendable {
    @usableFromInline package var records: [SpanRecord] = []
    @usableFromInline package var groups: [SpanGroup] = []
    package var refusals = SpanRefusals()
    package private(set) var laneEnds: [Int] = []
    private var unsorted: [SpanRecord] = []

    package init() {}

    package mutating func removeAll() {
        records.removeAll(keepingCapacity: true)
        groups.removeAll(keepingCapacity: true)
        laneEnds.removeAll(keepingCapacity: true)
        refusals = SpanRefusals()
    }

    /// The storage that it holds.
    package var bytes: Int {
        (records.capacity + unsorted.capacity) * MemoryLayout<SpanRecord>.stride
            + groups.capacity * MemoryLayout<SpanGroup>.stride
    }

    /// How many spans have a mark.
    package func spans(with mark: SpanMarks) -> Int {
        records.reduce(0) { $1.marks.contains(mark) ? $0 + 1 : $0 }
    }

    /// The records that a lane owns.
    package func records(ofLane lane: Int) -> Range<Int> {
        (lane == 0 ? 0 : laneEnds[lane - 1])..<laneEnds[lane]
    }

    /// Orders the records by the lane that owns their trace; within a lane they keep their order.
    package mutating func sort(lanes: Int, by hash: TraceHash) {
        guard lanes > 1 else {
            laneEnds.append(records.count)
            return
        }
        laneEnds.append(contentsOf: repeatElement(0, count: lanes))
        for record in records { laneEnds[hash.lane(of: record.trace, lanes: lanes)] += 1 }
        var next = 0
        for lane in laneEnds.indices {
            let count = laneEnds[lane]
            laneEnds[lane] = next
            next += count
        }
        // A counting sort: each lane's end starts at its first place and moves with every record.
        swap(&unsorted, &records)
        records.removeAll(keepingCapacity: true)
        records.append(contentsOf: unsorted)
        for record in unsorted {
            let lane = hash.lane(of: record.trace, lanes: lanes)
            records[laneEnds[lane]] = record
            laneEnds[lane] += 1
        }
        unsorted.removeAll(keepingCapacity: true)
    }
}

/// Where the resource and the scope of some spans lie in the body. Each range is that of the
/// message that holds the spans too, so that everything beside the spans, unknown fields and
/// repeated ones included, can be given back as it came.
@usableFromInline
package struct SpanGroup: Sendable {
    @usableFromInline package var resourceSpans: BodyRange
    @usableFromInline package var scopeSpans: BodyRange

    @inlinable
    package init(resourceSpans: BodyRange, scopeSpans: BodyRange) {
        self.resourceSpans = resourceSpans
        self.scopeSpans = scopeSpans
    }
}
