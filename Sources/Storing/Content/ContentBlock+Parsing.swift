import Sketches
import Spans
import Wire

extension ContentBlock {
    private static let headBytesMax = 1 << 26

    /// What is read was checked against its sum, but may still be anything: every number is checked
    /// before it is used, and nothing is made room for that is not there.
    init(
        parsing bytes: [UInt8], _ range: Range<Int>, _ zstd: inout ZstdFrameDecoder
    ) throws(WireError) {
        var start = PackedReader(bytes, from: range.lowerBound, to: range.upperBound)
        let counts = BlockCounts(&start)
        guard start.fault == nil, counts.arePossible(in: start.bytesLeft) else {
            throw WireError(.invalid("counts that cannot be"), at: range.lowerBound)
        }
        let idsEnd = start.at + counts.idBytes
        let headsEnd = idsEnd + counts.headBytes
        textFrame = headsEnd..<range.upperBound
        let heads = try zstd.expand(bytes, idsEnd..<headsEnd, bytesMax: Self.headBytesMax)
        var reading = BlockReading(
            heads: PackedReader(heads), ids: PackedReader(bytes, from: start.at, to: idsEnd))
        try reading.read(counts, into: &self)
    }

    private init() {}
}

/// The numbers at the start of a block.
private struct BlockCounts {
    let spans: Int
    let traces: Int
    let groups: Int
    let resources: Int
    let scopes: Int
    let idBytes: Int
    let headBytes: Int

    init(_ reader: inout PackedReader) {
        spans = Int(clamping: reader.number())
        traces = Int(clamping: reader.number())
        groups = Int(clamping: reader.number())
        resources = Int(clamping: reader.number())
        scopes = Int(clamping: reader.number())
        idBytes = Int(clamping: reader.number())
        headBytes = Int(clamping: reader.number())
    }

    /// A trace takes sixteen bytes of the ids and a span eight, so that these bound the others.
    func arePossible(in bytes: Int) -> Bool {
        guard idBytes <= bytes, headBytes <= bytes - idBytes, spans <= idBytes / 8 else {
            return false
        }
        return traces <= spans && groups <= spans && resources <= groups && scopes <= groups
            && traces * 16 + spans * 8 <= idBytes
    }
}

/// The heads of a block while they are read.
private struct BlockReading {
    var heads: PackedReader
    var ids: PackedReader
    /// By trace, the last start that was told.
    private var starts: [UInt64] = []
    private var textEnd = 0

    init(heads: PackedReader, ids: PackedReader) {
        self.heads = heads
        self.ids = ids
    }

    mutating func read(_ counts: BlockCounts, into block: inout ContentBlock) throws(WireError) {
        let resources = try texts(counts.resources)
        let scopes = try texts(counts.scopes)
        let runs = try readGroups(counts, resources, scopes, into: &block)
        for _ in 0..<counts.traces {
            block.traces.append(TraceID(high: ids.fixed(), low: ids.fixed()))
            starts.append((starts.last ?? 0) &+ UInt64(bitPattern: heads.signed()))
        }
        block.spans.reserveCapacity(counts.spans)
        for (group, count) in runs.enumerated() {
            for _ in 0..<count { block.spans.append(SpanHead(id: ids.fixed(), group: group)) }
        }
        try readTraces(&block)
        for index in block.spans.indices {
            block.spans[index].layout = SpanLayout(rawValue: heads.byte())
        }
        readTimes(&block)
        try readParents(&block)
        for index in block.spans.indices { block.spans[index].left = try text() }
        block.textBytes = textEnd
        guard heads.fault == nil, ids.fault == nil, heads.isAtEnd, ids.isAtEnd else {
            throw fault("heads that do not end where they should")
        }
    }

    private func fault(_ what: StaticText) -> WireError {
        WireError(.invalid(what), at: heads.fault ?? heads.at)
    }

    /// The stretch of the texts that comes next.
    private mutating func text() throws(WireError) -> ByteRange {
        let (end, isTooMuch) = textEnd.addingReportingOverflow(Int(clamping: heads.number()))
        guard !isTooMuch else { throw fault("a text that is too long") }
        defer { textEnd = end }
        return ByteRange(start: textEnd, end: end)
    }

    private mutating func texts(_ count: Int) throws(WireError) -> [ByteRange] {
        var ranges: [ByteRange] = []
        for _ in 0..<count { ranges.append(try text()) }
        return ranges
    }

    /// Returns how many spans each group has.
    private mutating func readGroups(
        _ counts: BlockCounts, _ resources: [ByteRange], _ scopes: [ByteRange],
        into block: inout ContentBlock
    ) throws(WireError) -> [Int] {
        var runs: [Int] = []
        var left = counts.spans
        for _ in 0..<counts.groups {
            let resource = Int(clamping: heads.number())
            let scope = Int(clamping: heads.number())
            let count = Int(clamping: heads.number())
            guard resource < resources.count, scope < scopes.count, count <= left else {
                throw fault("a group that cannot be")
            }
            left -= count
            block.groups.append(
                ContentBlock.Group(resource: resources[resource], scope: scopes[scope]))
            runs.append(count)
        }
        guard left == 0 else { throw fault("groups that are not all spans") }
        return runs
    }

    private mutating func readTraces(_ block: inout ContentBlock) throws(WireError) {
        var trace = 0
        for index in block.spans.indices {
            let (next, isFar) = trace.addingReportingOverflow(Int(clamping: heads.signed()))
            guard !isFar, block.traces.indices.contains(next) else {
                throw fault("a trace that is not in the block")
            }
            trace = next
            block.spans[index].trace = trace
        }
    }

    private mutating func readTimes(_ block: inout ContentBlock) {
        for index in block.spans.indices {
            let trace = block.spans[index].trace
            starts[trace] &+= UInt64(bitPattern: heads.signed())
            block.spans[index].startNanoseconds = starts[trace]
        }
        for index in block.spans.indices {
            block.spans[index].endNanoseconds =
                block.spans[index].startNanoseconds &+ UInt64(bitPattern: heads.signed())
        }
    }

    private mutating func readParents(_ block: inout ContentBlock) throws(WireError) {
        var spansOfTrace = [[Int]](repeating: [], count: block.traces.count)
        for (index, span) in block.spans.enumerated() { spansOfTrace[span.trace].append(index) }
        for index in block.spans.indices {
            let place = heads.number()
            switch place {
            case 0: break
            case 1: block.spans[index].parent = ids.fixed()
            default:
                let ordinal = Int(clamping: place - 2)
                let others = spansOfTrace[block.spans[index].trace]
                guard ordinal < others.count else { throw fault("a parent that is not there") }
                block.spans[index].parent = block.spans[others[ordinal]].id
            }
        }
    }
}
