import Wire

/// What stands before each body: fixed numbers, then the ordinals of refused spans.
///
/// It has a checksum of its own, so that a damaged body does not hide where the next record starts,
/// and records can be counted without reading what is in them.
struct RecordHead: Equatable {
    let sequence: UInt64
    /// How many records before this one had not been acknowledged when it was written.
    let unacknowledged: UInt32
    let receivedNanoseconds: UInt64
    let form: BodyForm
    let encoding: BodyEncoding
    let decoderVersion: UInt16
    let bodyBytes: Int
    let bodyChecksum: UInt32
    let refusedBytes: Int

    static let fixedBytes = 48
    /// No body has so many spans that the list of those refused were longer.
    static let refusedBytesMax = 64 << 20
    /// Never reached, so that counting on never overflows.
    static let sequenceMax: UInt64 = 1 << 62
    /// Records start at multiples of this.
    static let alignment = 8

    /// With the ordinals.
    var bytes: Int { Self.fixedBytes + refusedBytes }

    /// To where the next record starts.
    var recordBytes: Int { Self.aligned(bytes + bodyBytes) }

    static func aligned(_ bytes: Int) -> Int { (bytes + alignment - 1) & ~(alignment - 1) }

    /// The record before it had been acknowledged when this one was written, and so were all before.
    var acknowledged: UInt64 { sequence &- UInt64(unacknowledged) &- 1 }
}

/// How the records of one segment are told from other bytes.
struct RecordKey: Equatable {
    let marker: UInt32
    let seed: UInt32

    init(_ head: SegmentHead) {
        marker = UInt32(truncatingIfNeeded: head.key)
        seed = UInt32(truncatingIfNeeded: head.key >> 32)
    }
}

extension RecordHead {
    init(_ record: JournalRecord, sequence: UInt64, unacknowledged: UInt32) {
        self.sequence = sequence
        self.unacknowledged = unacknowledged
        receivedNanoseconds = record.receivedNanoseconds
        form = record.form
        encoding = record.encoding
        decoderVersion = record.decoderVersion
        bodyBytes = record.bodyCount
        bodyChecksum = record.bodyChecksum
        refusedBytes = record.refused.packed.count
    }

    func append(to out: inout [UInt8], _ refused: RefusedOrdinals, _ key: RecordKey) {
        let start = out.count
        out.append(littleEndian: key.marker)
        out.append(littleEndian: UInt32(0))
        out.append(littleEndian: sequence)
        out.append(littleEndian: receivedNanoseconds)
        out.append(littleEndian: UInt32(bodyBytes))
        out.append(littleEndian: bodyChecksum)
        out.append(littleEndian: UInt32(refusedBytes))
        out.append(littleEndian: unacknowledged)
        out.append(form.rawValue)
        out.append(encoding.rawValue)
        out.append(littleEndian: decoderVersion)
        out.append(littleEndian: UInt32(0))
        out.append(contentsOf: refused.packed)
        let sum = CRC32C.sum(out, start + 8..<out.count, behind: key.seed)
        out.put(littleEndian: sum, at: start + 4)
    }

    /// How long the whole head is that starts somewhere; nil when no head does. At least
    /// `fixedBytes` must be there.
    static func bytes(in chunk: [UInt8], at start: Int, _ key: RecordKey) -> Int? {
        guard chunk.number(at: start) == key.marker,
            case let refusedBytes = Int(chunk.number(UInt32.self, at: start + 32)),
            refusedBytes <= refusedBytesMax
        else { return nil }
        return fixedBytes + refusedBytes
    }

    /// Nil when the checksum tells another head. As many bytes as `bytes(in:at:_:)` says must be
    /// there.
    init?(in chunk: [UInt8], at start: Int, _ key: RecordKey) {
        refusedBytes = Int(chunk.number(UInt32.self, at: start + 32))
        let end = start + Self.fixedBytes + refusedBytes
        guard chunk.number(at: start + 4) == CRC32C.sum(chunk, start + 8..<end, behind: key.seed)
        else { return nil }
        sequence = chunk.number(at: start + 8)
        guard sequence < Self.sequenceMax else { return nil }
        receivedNanoseconds = chunk.number(at: start + 16)
        bodyBytes = Int(chunk.number(UInt32.self, at: start + 24))
        bodyChecksum = chunk.number(at: start + 28)
        unacknowledged = chunk.number(at: start + 36)
        form = BodyForm(rawValue: chunk[start + 40])
        encoding = BodyEncoding(rawValue: chunk[start + 41])
        decoderVersion = chunk.number(at: start + 42)
    }
}
