import Sketches

/// A packed record: a byte of flags; time busy; samples, samples of unknown weight and retries;
/// exemplars; of each view that there is samples, sum and buckets; then all other counts.
///
/// Time busy comes first, since it is at times read alone. Buckets and codes are written as
/// distances, and counts without the trailing zeros that they have in common: two bytes for most.
extension FigureSum {
    private struct Flags {
        static var seconds: UInt8 { 1 }
        static var folded: UInt8 { 2 }
        static var slowest: UInt8 { 4 }
        static var failed: UInt8 { 8 }
        static func view(_ view: Int) -> UInt8 { 16 << UInt8(view) }
    }

    /// Writes nothing, and says so, when all that was added has been taken out. The counts are
    /// room to work in.
    func write(to writer: inout PackedWriter, counts: inout [CodeCount]) -> Bool {
        counts.removeAll(keepingCapacity: true)
        read(into: &counts)
        var flags = flags
        for count in counts where count.code < CountCode.firstFacet {
            flags |= Flags.view(Int(count.code >> 24))
        }
        let isNothing =
            flags == 0 && counts.isEmpty
            && scalars.samples | scalars.unknownSamples | scalars.retries == 0
        guard !isNothing else { return false }
        writer.append(byte: flags)
        writeBusy(to: &writer, flags: flags)
        writer.append(signed: scalars.samples)
        writer.append(signed: scalars.unknownSamples)
        writer.append(wide: Int128(scalars.retries))
        if flags & Flags.slowest != 0 { Self.write(scalars.slowest, to: &writer) }
        if flags & Flags.failed != 0 { Self.write(scalars.failed, to: &writer) }
        var rest = counts[...]
        for view in 0..<LatencyView.count where flags & Flags.view(view) != 0 {
            writer.append(signed: scalars.viewSamples[view])
            writer.append(wide: scalars.viewSums[view])
            let end = rest.firstIndex { $0.code >> 24 > UInt32(view) } ?? rest.endIndex
            Self.write(rest[..<end], from: UInt32(view) << 24, to: &writer)
            rest = rest[end...]
        }
        Self.write(rest, from: CountCode.firstFacet, to: &writer)
        return true
    }

    private var flags: UInt8 {
        var flags: UInt8 = isFolded ? Flags.folded : 0
        if hasSeconds && seconds.contains(where: { $0 != 0 }) { flags |= Flags.seconds }
        if !scalars.slowest.isNone { flags |= Flags.slowest }
        if !scalars.failed.isNone { flags |= Flags.failed }
        for view in 0..<LatencyView.count
        where scalars.viewSamples[view] != 0 || scalars.viewSums[view] != 0 {
            flags |= Flags.view(view)
        }
        return flags
    }

    private func writeBusy(to writer: inout PackedWriter, flags: UInt8) {
        if flags & Flags.seconds != 0 {
            writer.append(UInt64(seconds.count { $0 != 0 }))
            var next = 0
            for second in seconds.indices where seconds[second] != 0 {
                writer.append(UInt64(second - next))
                writer.append(signed: seconds[second])
                next = second + 1
            }
        }
        if flags & Flags.folded != 0 {
            writer.append(signed: busyTotal)
            writer.append(signed: busyPeak)
        }
    }

    private static func write(_ exemplar: Exemplar, to writer: inout PackedWriter) {
        writer.append(fixed: exemplar.traceHigh)
        writer.append(fixed: exemplar.traceLow)
        writer.append(fixed: exemplar.span)
        writer.append(exemplar.nanoseconds)
    }

    private static func write(
        _ counts: ArraySlice<CodeCount>, from first: UInt32, to writer: inout PackedWriter
    ) {
        let shift = counts.reduce(Int64(0)) { $0 | $1.value }.trailingZeroBitCount & 63
        writer.append(byte: UInt8(shift))
        writer.append(UInt64(counts.count))
        var next = first
        for count in counts {
            writer.append(UInt64(count.code - next))
            writer.append(signed: count.value >> Int64(shift))
            next = count.code + 1
        }
    }
}

extension FigureSum {
    /// Adds a record, with or without the peak of minutes closed before; false when its bytes cannot
    /// be one.
    mutating func add(packed reader: inout PackedReader, withoutPeak: Bool = false) -> Bool {
        let flags = reader.byte()
        guard readSeconds(from: &reader, flags: flags) else { return false }
        if flags & Flags.folded != 0 {
            let (total, peak) = (reader.signed(), reader.signed())
            addFolded(total: total, peak: withoutPeak ? 0 : peak)
        }
        scalars.samples &+= reader.signed()
        scalars.unknownSamples &+= reader.signed()
        scalars.retries &+= Int64(truncatingIfNeeded: reader.wide())
        if flags & Flags.slowest != 0 { scalars.slowest.keepSlower(Self.exemplar(from: &reader)) }
        if flags & Flags.failed != 0 { scalars.failed.keepSlower(Self.exemplar(from: &reader)) }
        for view in 0..<LatencyView.count where flags & Flags.view(view) != 0 {
            scalars.viewSamples[view] &+= reader.signed()
            scalars.viewSums[view] &+= reader.wide()
            guard readBuckets(of: view, from: &reader) else { return false }
        }
        return readTraits(from: &reader)
    }

    /// Adds only the seconds in which calls ran.
    mutating func addSeconds(packed reader: inout PackedReader) -> Bool {
        let flags = reader.byte()
        return readSeconds(from: &reader, flags: flags)
    }

    /// Whether a record has time busy in minutes closed before.
    static func isFolded(packed reader: PackedReader) -> Bool {
        var reader = reader
        return reader.byte() & Flags.folded != 0
    }

    private mutating func readSeconds(from reader: inout PackedReader, flags: UInt8) -> Bool {
        guard flags & Flags.seconds != 0 else { return true }
        addSeconds { reader.addCounts(to: &$0, shift: 0) }
        return reader.fault == nil
    }

    private static func exemplar(from reader: inout PackedReader) -> Exemplar {
        var exemplar = Exemplar()
        exemplar.traceHigh = reader.fixed()
        exemplar.traceLow = reader.fixed()
        exemplar.span = reader.fixed()
        exemplar.nanoseconds = reader.number()
        return exemplar
    }

    private mutating func readBuckets(of view: Int, from reader: inout PackedReader) -> Bool {
        let shift = reader.byte()
        addBuckets(of: view) { reader.addCounts(to: &$0, shift: shift) }
        return reader.fault == nil
    }

    private mutating func readTraits(from reader: inout PackedReader) -> Bool {
        let shift = Int64(reader.byte() & 63)
        var code = UInt64(CountCode.firstFacet)
        for _ in 0..<min(reader.number(), UInt64(reader.bytesLeft)) {
            code &+= reader.number()
            guard code >= CountCode.firstFacet, code <= UInt32.max else { return false }
            add(reader.signed() &<< shift, code: UInt32(code))
            code &+= 1
        }
        return reader.fault == nil
    }
}
