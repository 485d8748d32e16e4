/// The bytes of a sketch: a format number, how many trailing zero bits all weights have in common,
/// how many buckets there are, and for each the distance from the one before and the weight without
/// those bits. Two bytes a bucket, for most.
extension LatencySketch {
    private static var format: UInt8 { 1 }

    package func encoded() -> [UInt8] {
        var writer = PackedWriter()
        writer.append(byte: Self.format)
        let shift = entries.reduce(Int64(0)) { $0 | $1.weight }.trailingZeroBitCount & 63
        writer.append(byte: UInt8(shift))
        writer.append(UInt64(entries.count))
        var next = 0
        for entry in entries {
            writer.append(UInt64(Int(entry.bucket) - next))
            writer.append(signed: entry.weight >> Int64(shift))
            next = Int(entry.bucket) + 1
        }
        return writer.bytes
    }

    package init(decoding bytes: [UInt8]) throws(SketchError) {
        var reader = PackedReader(bytes)
        let format = reader.byte()
        guard reader.fault == nil else { throw SketchError(.truncated, at: 0) }
        guard format == Self.format else { throw SketchError(.version(format), at: 0) }
        let shift = Int64(reader.byte())
        guard shift < 64 else { throw SketchError(.weight, at: 1) }
        let count = reader.number()
        // Each bucket takes two bytes at least: nothing is reserved for what cannot come.
        guard count <= UInt64(LatencyScale.bucketCount) else { throw SketchError(.bucket, at: 2) }
        guard reader.fault == nil, count <= UInt64(reader.bytesLeft / 2) else {
            throw SketchError(.truncated, at: reader.fault ?? 2)
        }
        try self.init(reading: Int(count), shift: shift, from: &reader)
        guard reader.isAtEnd else { throw SketchError(.trailing, at: reader.at) }
    }

    private init(
        reading count: Int, shift: Int64, from reader: inout PackedReader
    ) throws(SketchError) {
        var entries: [Entry] = []
        entries.reserveCapacity(count)
        var next: UInt64 = 0
        for _ in 0..<count {
            let start = reader.at
            let (bucket, isOver) = next.addingReportingOverflow(reader.number())
            let short = reader.signed()
            if let fault = reader.fault { throw SketchError(.truncated, at: fault) }
            guard !isOver, bucket < UInt64(LatencyScale.bucketCount) else {
                throw SketchError(.bucket, at: start)
            }
            let weight = short << shift
            guard weight != 0, weight >> shift == short else {
                throw SketchError(.weight, at: start)
            }
            entries.append(Entry(bucket: UInt16(bucket), weight: weight))
            next = bucket + 1
        }
        self.init(ascending: entries)
    }
}
