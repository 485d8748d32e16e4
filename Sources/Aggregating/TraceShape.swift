import Spans

/// How the spans of a trace hang together: the parent of each, the children of each, and what is
/// wrong with that. Its storage is used again for the next trace.
///
/// Every walk is over lists, so that neither depth nor cycles can harm.
struct TraceShape {
    /// The position of a span's parent, `root`, or `lostParent` when it names one that is not there.
    private(set) var parents: [Int32] = []
    /// What any of the spans has.
    private(set) var flags: SkeletonFlags = []
    private(set) var roots = 0
    /// The only one when there is one.
    private(set) var lastRoot = 0
    /// Spans that are not in a circle.
    private(set) var reached = 0
    /// Children of span p: `children[ends[p - 1]..<ends[p]]`; linked messages are nobody's children.
    private var ends: [Int32] = []
    private var children: [Int32] = []
    private var visited: [Int32] = []

    static let root: Int32 = -1
    static let lostParent: Int32 = -2

    mutating func fill(_ spans: [SpanSkeleton], _ index: SpanIndex) {
        flags = []
        roots = 0
        parents.removeAll(keepingCapacity: true)
        for position in spans.indices {
            flags.formUnion(spans[position].flags)
            let parent = parent(of: position, in: spans, index)
            parents.append(parent)
            if parent == Self.root, !spans[position].isLinked {
                roots += 1
                lastRoot = position
            }
        }
        fillChildren(spans)
        reach(spans)
    }

    /// Where the children of a span stand; `child(at:)` tells their positions.
    func children(of position: Int) -> Range<Int> { Self.stretch(position, ends) }

    private static func stretch(_ position: Int, _ ends: [Int32]) -> Range<Int> {
        (position == 0 ? 0 : Int(ends[position - 1]))..<Int(ends[position])
    }

    func child(at place: Int) -> Int { Int(children[place]) }

    /// A called half under the id of the calling half is its child; else the parent's id tells, and
    /// of the two halves that may have that id the one on the far side is meant.
    @inline(__always)
    private func parent(
        of position: Int, in spans: [SpanSkeleton], _ index: SpanIndex
    ) -> Int32 {
        let span = spans[position]
        if index.hasRepeatedIDs, span.isIncoming, !span.isLinked,
            let half = find(span.id, wantsOutgoing: true, but: position, in: spans, index),
            spans[half].isOutgoing
        {
            return Int32(truncatingIfNeeded: half)
        }
        guard span.parent != 0 else { return Self.root }
        let isOwn = span.parent == span.id
        if !isOwn || span.isLinked || index.hasRepeatedIDs,
            let parent = find(
                span.parent, wantsOutgoing: span.isIncoming, but: position, in: spans, index)
        {
            return Int32(truncatingIfNeeded: parent)
        }
        return Self.lostParent
    }

    private func find(
        _ id: UInt64, wantsOutgoing: Bool, but position: Int, in spans: [SpanSkeleton],
        _ index: SpanIndex
    ) -> Int? {
        var candidate = index.first(of: id, in: spans)
        var found: Int?
        while let place = candidate {
            if place != position {
                if spans[place].isOutgoing == wantsOutgoing { return place }
                found = place
            }
            candidate = index.hasRepeatedIDs ? index.next(after: place) : nil
        }
        return found
    }

    private mutating func fillChildren(_ spans: [SpanSkeleton]) {
        let hasLinked = flags.contains(.linked)
        Self.refill(&ends, count: parents.count)
        Self.refill(&children, count: parents.count)
        for position in parents.indices
        where parents[position] >= 0 && !(hasLinked && spans[position].isLinked) {
            ends[Int(parents[position])] += 1
        }
        var next: Int32 = 0
        for position in ends.indices {
            let count = ends[position]
            ends[position] = next
            next += count
        }
        for position in parents.indices
        where parents[position] >= 0 && !(hasLinked && spans[position].isLinked) {
            let parent = Int(parents[position])
            children[Int(ends[parent])] = Int32(truncatingIfNeeded: position)
            ends[parent] += 1
        }
    }

    /// Makes the list as long as there are spans.
    private static func refill(_ list: inout [Int32], count: Int) {
        list.removeAll(keepingCapacity: true)
        list.append(contentsOf: repeatElement(0, count: count))
    }

    /// Visits every span that hangs on a root or on a lost parent; the others hang on each other in
    /// a circle.
    private mutating func reach(_ spans: [SpanSkeleton]) {
        Self.refill(&visited, count: parents.count)
        var found = 0
        for position in parents.indices where parents[position] < 0 && !spans[position].isLinked {
            visited[found] = Int32(truncatingIfNeeded: position)
            found += 1
        }
        var looked = 0
        while looked < found {
            for place in Self.stretch(Int(visited[looked]), ends) {
                visited[found] = children[place]
                found += 1
            }
            looked += 1
        }
        reached = found
    }
}
