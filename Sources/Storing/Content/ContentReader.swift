package import Lanes
import Spans
import Wire

/// Reads traces from content segments, newest first. Blocks that were read last stay expanded, since
/// traces that began together stand together, and who looks for some looks for their neighbours.
///
/// Owned by one search. Limit: four blocks, each of about a mebibyte.
package struct ContentReader: ~Copyable {
    private let segments: [ContentSegment]
    private var zstd = ZstdFrameDecoder()
    private var blocks: [ExpandedBlock] = []

    private static let blocksMax = 4

    init(_ segments: [ContentSegment]) { self.segments = segments }

    /// Adds the spans of a trace, up to the block that passes a limit, and tells what could not be
    /// read.
    package mutating func read(
        _ trace: inout StoredTrace, limits: TraceLimits = TraceLimits()
    ) -> [StoreDamage] {
        var damages: [StoreDamage] = []
        let fingerprint = trace.id.fingerprint
        for segment in segments.reversed() where segment.mayHave(fingerprint) {
            if trace.passes(limits) { break }
            do throws(ContentFault) {
                try read(&trace, from: segment, fingerprint, limits, &damages)
            } catch {
                // A segment that retention removed meanwhile is no loss.
                if case .file(let fault) = error, fault.code == .noSuchFile { continue }
                damages.append(error.asDamage)
            }
        }
        return damages
    }

    private mutating func read(
        _ trace: inout StoredTrace, from segment: ContentSegment, _ fingerprint: UInt64,
        _ limits: TraceLimits, _ damages: inout [StoreDamage]
    ) throws(ContentFault) {
        let file = try segment.open()
        let numbers = try segment.blocks(of: fingerprint, file, damages: &damages)
        for number in numbers where !trace.passes(limits) {
            do throws(ContentFault) {
                try read(&trace, fromBlock: Int(number), of: segment, file)
            } catch .damage(let damage) {
                damages.append(damage)
            }
        }
    }

    private mutating func read(
        _ trace: inout StoredTrace, fromBlock number: Int, of segment: ContentSegment,
        _ file: borrowing SegmentFile
    ) throws(ContentFault) {
        let place = try expand(number, of: segment, file)
        do throws(WireError) {
            try blocks[place].append(to: &trace)
        } catch {
            throw file.damage(blocks[place].offset, 0, "\(error) of the block")
        }
    }

    /// Where among the expanded blocks one is.
    private mutating func expand(
        _ number: Int, of segment: ContentSegment, _ file: borrowing SegmentFile
    ) throws(ContentFault) -> Int {
        let known = blocks.firstIndex { $0.segment == segment.firstSequence && $0.number == number }
        if let known { return known }
        let offset = try segment.place(ofBlock: number, file)
        let bytes = try file.block(at: offset)
        do throws(WireError) {
            let block = try ContentBlock(parsing: bytes, bytes.indices, &zstd)
            let texts = try block.texts(from: bytes, &zstd)
            if blocks.count == Self.blocksMax { blocks.removeFirst() }
            blocks.append(
                ExpandedBlock(
                    segment: segment.firstSequence, number: number, offset: offset, block: block,
                    texts: texts))
            return blocks.count - 1
        } catch {
            throw file.damage(offset, bytes.count, "\(error) of the block")
        }
    }
}

private struct ExpandedBlock {
    let segment: UInt64
    let number: Int
    let offset: Int
    let block: ContentBlock
    let texts: [UInt8]

    func append(to trace: inout StoredTrace) throws(WireError) {
        guard let number = block.traces.firstIndex(of: trace.id) else { return }
        try withProtobufCursor(over: texts, count: texts.count) { texts throws(WireError) in
            for span in block.spans where span.trace == number {
                try trace.append(span, block.groups[span.group], from: texts)
            }
        }
    }
}
