import Spans

/// How the spans of a trace hang together: the parent of each, the children of each, and what is
/// wrong with that. Its storage is used again for the next trace.
///
/// Every walk is over lists, so that neither depth nor cycles can harm.
struct TraceShape {
    /// The position of a span's parent, `root`, or `lostParent` when it names one that is not there.
    private(set) var parents: [Int32] = []
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
        parents.removeAll(keepingCapacity: true)
        roots = 0
        for position in spans.indices {
            parents.append(parent(of: position, in: spans, index))
        }
        fillChildren(spans)
        reach(spans)
    }

    /// Where the children of a span stand; `child(at:)` tells their positions.
    func children(of position: Int) -> Range<Int> {
        (position == 0 ? 0 : Int(ends[position - 1]))..<Int(ends[position])
    }

    func child(at place: Int) -> Int { Int(children[place]) }

    /// A called half under the id of the calling half is its child; else the parent's id tells, and
    /// of the two halves that may have that id the one on the far side is meant.
    private mutating func parent(
        of position: Int, in spans: [SpanSkeleton], _ index: SpanIndex
    ) -> Int32 {
        let span = spans[position]
        if span.isIncoming, !span.isLinked, index.hasRepeatedIDs,
            let half = find(span.id, wantsOutgoing: true, but: position, in: spans, index),
            spans[half].isOutgoing
        {
            return Int32(truncatingIfNeeded: half)
        }
        guard span.parent != 0 else {
            if !span.isLinked {
                roots += 1
                lastRoot = position
            }
            return Self.root
        }
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
            if place != position, !spans[place].isLinked {
                if spans[place].isOutgoing == wantsOutgoing { return place }
                found = place
            }
            candidate = index.hasRepeatedIDs ? index.next(after: place) : nil
        }
        return found
    }

    private mutating func fillChildren(_ spans: [SpanSkeleton]) {
        ends.removeAll(keepingCapacity: true)
        children.removeAll(keepingCapacity: true)
        ends.append(contentsOf: repeatElement(0, count: parents.count))
        var count = 0
        for position in parents.indices where isChild(position, spans) {
            ends[Int(parents[position])] += 1
            count += 1
        }
        children.append(contentsOf: repeatElement(0, count: count))
        var next: Int32 = 0
        for position in ends.indices {
            let count = ends[position]
            ends[position] = next
            next += count
        }
        for position in parents.indices where isChild(position, spans) {
            let parent = Int(parents[position])
            children[Int(ends[parent])] = Int32(truncatingIfNeeded: position)
            ends[parent] += 1
        }
    }

    private func isChild(_ position: Int, _ spans: [SpanSkeleton]) -> Bool {
        parents[position] >= 0 && !spans[position].isLinked
    }

    /// Visits every span that hangs on a root or on a lost parent; the others hang on each other in
    /// a circle.
    private mutating func reach(_ spans: [SpanSkeleton]) {
        visited.removeAll(keepingCapacity: true)
        for position in parents.indices where parents[position] < 0 && !spans[position].isLinked {
            visited.append(Int32(truncatingIfNeeded: position))
        }
        reached = 0
        while reached < visited.count {
            for place in children(of: Int(visited[reached])) { visited.append(children[place]) }
            reached += 1
        }
    }
}
