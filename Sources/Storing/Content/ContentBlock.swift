import Spans
import Wire

/// What a block says of a span beside the bytes that are left of it.
struct SpanHead {
    var id: UInt64
    var parent: UInt64 = 0
    var startNanoseconds: UInt64 = 0
    var endNanoseconds: UInt64 = 0
    /// In the block's traces.
    var trace = 0
    /// In the block's groups.
    var group: Int
    var layout = SpanLayout(rawValue: 0)
    /// In the texts.
    var left = ByteRange(start: 0, end: 0)
}

/// A block of a content segment, read: its traces and the heads of its spans at once, the texts only
/// when something of it is wanted.
struct ContentBlock {
    struct Group {
        var resource: ByteRange
        var scope: ByteRange
    }

    var traces: [TraceID] = []
    var groups: [Group] = []
    var spans: [SpanHead] = []
    /// How long the texts are, and where their frame lies in the bytes of the block.
    var textBytes = 0
    var textFrame = 0..<0

    /// More than any block that is written: bodies are at most a gibibyte.
    private static let textBytesMax = 1 << 31

    func texts(
        from bytes: [UInt8], _ zstd: inout ZstdFrameDecoder
    ) throws(WireError) -> [UInt8] {
        let texts = try zstd.expand(bytes, textFrame, bytesMax: Self.textBytesMax)
        guard texts.count == textBytes else {
            throw WireError(.invalid("texts of another length"), at: textFrame.lowerBound)
        }
        return texts
    }
}
