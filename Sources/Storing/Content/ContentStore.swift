package import Lanes

/// How much of one trace is read.
package struct TraceLimits: Sendable {
    package var spansMax: Int
    package var bytesMax: Int

    package init(spansMax: Int = 100_000, bytesMax: Int = 64 << 20) {
        self.spansMax = spansMax
        self.bytesMax = bytesMax
    }
}

/// The content segments of a data directory. A value: who asks takes a copy and reads without
/// holding up who adds and removes.
package struct ContentStore: Sendable {
    /// By first sequence.
    package private(set) var segments: [ContentSegment] = []

    package init() {}

    /// Opens segments by their names. What is damaged is told, and all else is there.
    package init(
        opening names: [String], in folder: DataDirectory, damages: inout [StoreDamage]
    ) {
        for name in names.sorted() {
            do throws(ContentFault) {
                segments.append(
                    try ContentSegment(opening: name, in: folder, damages: &damages))
            } catch {
                damages.append(error.asDamage)
            }
        }
    }

    /// Adds a finished segment, in the place of the one with the same first sequence.
    package mutating func add(_ segment: ContentSegment) {
        remove(firstSequence: segment.firstSequence)
        let place = segments.firstIndex { $0.firstSequence > segment.firstSequence }
        segments.insert(segment, at: place ?? segments.count)
    }

    package mutating func remove(firstSequence: UInt64) {
        segments.removeAll { $0.firstSequence == firstSequence }
    }

    package func reader() -> ContentReader { ContentReader(segments) }
}

extension StoredTrace {
    func passes(_ limits: TraceLimits) -> Bool {
        spans.count > limits.spansMax || bytes.count > limits.bytesMax
    }
}
