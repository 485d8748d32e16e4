/// The compressions that a request body may come in.
package enum ContentEncoding: Equatable, Sendable {
    case identity
    case gzip
    case zstd
    case deflate

    /// The encoding of a `content-encoding` or `grpc-encoding` value, in any case; nil is one
    /// that we do not read.
    package init?(name: String) {
        switch name.lowercased() {
        case "", "identity": self = .identity
        case "gzip", "x-gzip": self = .gzip
        case "zstd": self = .zstd
        case "deflate": self = .deflate
        default: return nil
        }
    }
}

/// How far one body may expand.
package struct InflationLimit: Equatable, Sendable {
    /// The decoded size that is never passed.
    package var bytesMax: Int
    /// Decoded bytes per received byte; real traces stay under a hundred, bombs start at a thousand.
    package var ratioMax: Int
    /// Up to here the ratio is not looked at: a few kilobytes of repetition harm nobody.
    package var ratioFromBytes: Int

    package init(bytesMax: Int, ratioMax: Int, ratioFromBytes: Int) {
        precondition(bytesMax >= 0 && ratioMax > 0 && ratioFromBytes >= 0)
        self.bytesMax = bytesMax
        self.ratioMax = ratioMax
        self.ratioFromBytes = ratioFromBytes
    }

    /// What a body of `count` bytes may expand to by its ratio alone.
    func bytesByRatio(count: Int) -> Int {
        let (product, overflow) = count.multipliedReportingOverflow(by: ratioMax)
        return max(overflow ? Int.max : product, ratioFromBytes)
    }
}
