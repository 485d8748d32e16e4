/// Expands compressed bodies, each under a limit; kept by its owner from request to request, so
/// that the windows of the C libraries are allocated once.
///
/// A body is never taken to be as large as it says: the output grows only behind bytes that really
/// came, and its owner is asked before each step of that. Invariant while expanding:
/// `written <= out.count <= the limit`, and at most one byte more than the limit is ever produced,
/// into `overflow`.
package struct Inflater: ~Copyable {
    private var deflate = DeflateDecoder()
    private var zstd = ZstdDecoder()
    private var overflow: [UInt8] = [0]

    package init() {}

    /// Expands the first `count` bytes of a body into `out` from its index 0, and tells how many
    /// bytes came out. `out` counts as room, not as content: it is reused as it is, and grows when
    /// the body needs more and `mayGrow` allows so many bytes more. After an error its content is of
    /// no use.
    package mutating func inflate(
        _ encoding: ContentEncoding, _ body: [UInt8], count: Int, into out: inout [UInt8],
        limit: InflationLimit, mayGrow: (_ bytes: Int) -> Bool
    ) throws(WireError) -> Int {
        precondition(count >= 0 && count <= body.count)
        switch encoding {
        case .identity:
            return try Self.copy(body, count: count, into: &out, limit: limit, mayGrow: mayGrow)
        case .gzip:
            deflate.select(.gzip)
            return try Self.expand(
                &deflate, &overflow, body, count: count, into: &out, limit: limit,
                mayGrow: mayGrow)
        case .deflate:
            deflate.select(DeflateWrapper(guessedFrom: body, count: count))
            return try Self.expand(
                &deflate, &overflow, body, count: count, into: &out, limit: limit,
                mayGrow: mayGrow)
        case .zstd:
            return try Self.expand(
                &zstd, &overflow, body, count: count, into: &out, limit: limit, mayGrow: mayGrow)
        }
    }

    private static func copy(
        _ body: [UInt8], count: Int, into out: inout [UInt8], limit: InflationLimit,
        mayGrow: (Int) -> Bool
    ) throws(WireError) -> Int {
        guard count <= limit.bytesMax else {
            throw WireError(.limit("a body over the size limit"), at: limit.bytesMax)
        }
        while out.count < count {
            guard grow(&out, atMost: count, mayGrow) else { throw WireError(.outOfMemory, at: 0) }
        }
        out.replaceSubrange(0..<count, with: body[0..<count])
        return count
    }

    private static func expand<Decoder: StreamDecoder & ~Copyable>(
        _ decoder: inout Decoder, _ overflow: inout [UInt8], _ body: [UInt8], count: Int,
        into out: inout [UInt8], limit: InflationLimit, mayGrow: (Int) -> Bool
    ) throws(WireError) -> Int {
        let bytesMax = min(limit.bytesMax, limit.bytesByRatio(count: count))
        var read = 0
        var written = 0
        var streams = 1
        decoder.restart()
        while true {
            if written == out.count && written < bytesMax {
                guard grow(&out, atMost: bytesMax, mayGrow) else {
                    throw WireError(.outOfMemory, at: read)
                }
            }
            let isFull = written >= bytesMax
            let step =
                isFull
                ? try decoder.step(from: body, read..<count, to: &overflow, 0..<1)
                : try decoder.step(
                    from: body, read..<count, to: &out, written..<min(out.count, bytesMax))
            read += step.consumed
            guard !isFull || step.produced == 0 else {
                throw limit.error(whenPassing: bytesMax, at: read)
            }
            written += step.produced
            if step.endsStream {
                if read == count { return written }
                guard decoder.mayBeFollowed else {
                    throw WireError(.invalid("bytes behind the compressed data"), at: read)
                }
                streams += 1
                guard streams <= streamsMax else {
                    throw WireError(.limit("too many compressed streams in one body"), at: read)
                }
                decoder.restart()
            } else if step.consumed == 0 && step.produced == 0 {
                throw WireError(.truncated, at: read)
            }
        }
    }

    /// A member or frame costs a restart and its check, even an empty one of a few bytes.
    private static let streamsMax = 1_024

    /// The first room of an output; from there it at least doubles.
    private static let firstRoom = 64 << 10

    /// False when the growth is not allowed; `out` is shorter than `bytesMax` before.
    private static func grow(
        _ out: inout [UInt8], atMost bytesMax: Int, _ mayGrow: (Int) -> Bool
    ) -> Bool {
        let count = min(bytesMax, max(firstRoom, out.count &* 2))
        guard mayGrow(count - out.count) else { return false }
        // Appending would give room for twice the old content, past the limit.
        var grown = [UInt8](repeating: 0, count: count)
        grown.replaceSubrange(0..<out.count, with: out)
        out = grown
        return true
    }
}

extension InflationLimit {
    fileprivate func error(whenPassing bytes: Int, at offset: Int) -> WireError {
        bytes == bytesMax
            ? WireError(.limit("a body that expands over the size limit"), at: offset)
            : WireError(.limit("a body that expands over the ratio limit"), at: offset)
    }
}

/// A decoder of one compression, fed and emptied in steps.
protocol StreamDecoder: ~Copyable {
    /// Whether another stream may follow in the same body, as the members of a gzip file do.
    var mayBeFollowed: Bool { get }

    /// Makes it ready for the start of a stream, whatever happened before.
    mutating func restart()

    /// Takes from a stretch of the input and writes to a stretch of the output that is not empty,
    /// as much as fits. A step that neither takes nor writes nor ends wants more input.
    mutating func step(
        from input: [UInt8], _ source: Range<Int>, to output: inout [UInt8], _ target: Range<Int>
    ) throws(WireError) -> InflationStep
}

/// What one step of a decoder did.
struct InflationStep {
    var consumed: Int
    var produced: Int
    var endsStream: Bool
}
