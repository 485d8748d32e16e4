/// Expands a compressed file piece by piece, with the same memory whatever its length. Members of
/// gzip and frames of zstd that follow one another are one content.
///
/// Kept by its owner from file to file, as an `Inflater` is from request to request.
package struct StreamInflater: ~Copyable {
    private var deflate = DeflateDecoder()
    private var zstd = ZstdDecoder(window: .ofFiles)
    private var encoding = ContentEncoding.gzip
    private var state = State.fresh
    /// Compressed bytes that were taken so far.
    package private(set) var offset = 0

    private enum State {
        /// Can move to: inside.
        case fresh
        /// In a member or frame. Can move to: between.
        case inside
        /// Can move to: inside.
        case between
    }

    package init() {}

    /// The compression that some content has, told by its first four bytes; nil if it has none.
    package static func encoding(of start: some Collection<UInt8>) -> ContentEncoding? {
        let magic = Array(start.prefix(4))
        if magic.starts(with: [0x1f, 0x8b]) { return .gzip }
        // A frame, or one of those that hold what a reader should pass over (RFC 8878, 3.1.2).
        let isSkipped =
            magic.count == 4 && magic[0] & 0xf0 == 0x50
            && magic.dropFirst().elementsEqual([0x2a, 0x4d, 0x18])
        return isSkipped || magic == [0x28, 0xb5, 0x2f, 0xfd] ? .zstd : nil
    }

    /// Makes it ready for the start of a content.
    package mutating func restart(_ encoding: ContentEncoding) {
        precondition(encoding == .gzip || encoding == .zstd)
        self.encoding = encoding
        state = .fresh
        offset = 0
        deflate.select(.gzip)
    }

    /// Expands a stretch of bytes into an array that counts as room, and moves the start of the
    /// stretch behind what was used. Returns how much was written; 0 when more bytes are wanted.
    package mutating func expand(
        _ bytes: [UInt8], _ rest: inout Range<Int>, into out: inout [UInt8]
    ) throws(WireError) -> Int {
        let start = (place: rest.lowerBound, offset: offset)
        defer { offset = start.offset + rest.lowerBound - start.place }
        do throws(WireError) {
            return encoding == .gzip
                ? try Self.expand(&deflate, &state, bytes, &rest, into: &out)
                : try Self.expand(&zstd, &state, bytes, &rest, into: &out)
        } catch {
            throw WireError(error.kind, at: start.offset + error.offset - start.place)
        }
    }

    /// Says whether the content may end where it does.
    package func end() throws(WireError) {
        guard state == .between else { throw WireError(.truncated, at: offset) }
    }

    private static func expand<Decoder: StreamDecoder & ~Copyable>(
        _ decoder: inout Decoder, _ state: inout State, _ bytes: [UInt8],
        _ rest: inout Range<Int>, into out: inout [UInt8]
    ) throws(WireError) -> Int {
        var written = 0
        while written < out.count {
            if state != .inside {
                if rest.isEmpty { break }
                decoder.restart()
                state = .inside
            }
            let step = try decoder.step(from: bytes, rest, to: &out, written..<out.count)
            rest = rest.lowerBound + step.consumed..<rest.upperBound
            written += step.produced
            if step.endsStream {
                state = .between
            } else if step.consumed == 0 && step.produced == 0 {
                break
            }
        }
        return written
    }
}
