package import Lanes
import Spans
import Wire

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

    /// Adds a finished segment, in the place of the one with the same first sequence.
    package mutating func add(_ segment: ContentSegment) {
        remove(firstSequence: segment.firstSequence)
        let place = segments.firstIndex { $0.firstSequence > segment.firstSequence }
        segments.insert(segment, at: place ?? segments.count)
    }

    package mutating func remove(firstSequence: UInt64) {
        segments.removeAll { $0.firstSequence == firstSequence }
    }

    /// Adds the spans of a trace from all segments, newest first, and tells what could not be read.
    /// Stops behind the block that passes a limit.
    package func read(_ trace: inout StoredTrace, limits: TraceLimits) -> [StoreDamage] {
        var zstd = ZstdFrameDecoder()
        var damages: [StoreDamage] = []
        for segment in segments.reversed() where segment.mayHave(trace.id) {
            if trace.passes(limits) { break }
            do throws(ContentFault) {
                try segment.read(&trace, limits, &zstd)
            } catch .damage(let damage) {
                damages.append(damage)
            } catch .file(let fault) where fault.code != .noSuchFile {
                damages.append(StoreDamage(file: fault.path, from: 0, bytes: 0, what: "\(fault)"))
            } catch {
                // Retention removed the segment meanwhile.
            }
        }
        return damages
    }
}

extension StoredTrace {
    func passes(_ limits: TraceLimits) -> Bool {
        spans.count > limits.spansMax || bytes.count > limits.bytesMax
    }
}
