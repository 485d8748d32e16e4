/// Spans by record, the groups, facts and links that they refer to, and what was refused.
/// Invariant after `sort`: the records of lane L are `laneEnds[L - 1]..<laneEnds[L]`.
@usableFromInline
package struct SpanTable: Sendable {
    @usableFromInline package var records: [SpanRecord] = []
    @usableFromInline package var groups: [SpanGroup] = []
    /// Those of spans, and those of resources.
    @usableFromInline package var facts: [SpanFact] = []
    @usableFromInline package var resourceFacts: [SpanFact] = []
    @usableFromInline package var links: [SpanLink] = []
    package var refusals = SpanRefusals()
    package private(set) var laneEnds: [Int] = []
    private var unsorted: [SpanRecord] = []

    package init() {}

    package mutating func removeAll() {
        records.removeAll(keepingCapacity: true)
        groups.removeAll(keepingCapacity: true)
        facts.removeAll(keepingCapacity: true)
        resourceFacts.removeAll(keepingCapacity: true)
        links.removeAll(keepingCapacity: true)
        laneEnds.removeAll(keepingCapacity: true)
        refusals = SpanRefusals()
    }

    /// The storage that it holds.
    package var bytes: Int {
        (records.capacity + unsorted.capacity) * MemoryLayout<SpanRecord>.stride
            + groups.capacity * MemoryLayout<SpanGroup>.stride
            + (facts.capacity + resourceFacts.capacity) * MemoryLayout<SpanFact>.stride
            + links.capacity * MemoryLayout<SpanLink>.stride
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

extension SpanTable {
    /// What is known of a span under a key.
    @inlinable
    package func fact(_ key: FactKey, of record: SpanRecord) -> FactValue? {
        for index in record.facts.indices where facts[index].key == key {
            return facts[index].value
        }
        return nil
    }

    /// What is known of the resource of a group under a key.
    @inlinable
    package func fact(_ key: FactKey, of group: SpanGroup) -> FactValue? {
        for index in group.facts.indices where resourceFacts[index].key == key {
            return resourceFacts[index].value
        }
        return nil
    }

    /// How long each list is: what is added later can be taken back to here.
    @inlinable
    package var mark: Mark { Mark(records: records.count, facts: facts.count, links: links.count) }

    @usableFromInline
    package struct Mark {
        @usableFromInline package let records: Int
        @usableFromInline package let facts: Int
        @usableFromInline package let links: Int

        @inlinable
        init(records: Int, facts: Int, links: Int) {
            self.records = records
            self.facts = facts
            self.links = links
        }
    }

    /// Drops unsorted records by the ordinals of their spans, which ascend.
    package mutating func drop(ordinals: [Int]) {
        guard !ordinals.isEmpty else { return }
        var (kept, ordinal) = (0, 0)
        var refused = refusals.ordinals[...]
        var dropped = ordinals[...]
        for index in records.indices {
            while let range = refused.first, range.lowerBound <= ordinal {
                ordinal = range.upperBound
                refused.removeFirst()
            }
            dropped = dropped.drop { $0 < ordinal }
            if dropped.first != ordinal {
                records[kept] = records[index]
                kept += 1
            }
            ordinal += 1
        }
        records.removeLast(records.count - kept)
    }

    /// Takes back the spans since a mark, with their facts and links.
    package mutating func takeBack(to mark: Mark) {
        records.removeLast(records.count - mark.records)
        facts.removeLast(facts.count - mark.facts)
        links.removeLast(links.count - mark.links)
    }
}
