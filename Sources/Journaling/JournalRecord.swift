import Lanes
package import Wire

/// One accepted request: on its way into the journal, and as it is read back.
package struct JournalRecord: Sendable {
    /// Its place in the journal; zero until it has one.
    package var sequence: UInt64 = 0
    /// Wall time at which the request was there.
    package var receivedNanoseconds: UInt64 = 0
    package var form = BodyForm.otlpProtobuf
    package var encoding = BodyEncoding.identity
    /// Which decoder read it: another one may refuse other spans.
    package var decoderVersion: UInt16 = 0
    package var refused = RefusedOrdinals()
    /// The request as it came. What lies behind `bodyCount` means nothing.
    package var body: [UInt8] = []
    package var bodyCount = 0
    var bodyChecksum: UInt32 = 0

    package init() {}

    /// The checksum is made here, by the thread that has the body at hand.
    package init(
        body: [UInt8], count: Int, form: BodyForm, encoding: BodyEncoding,
        receivedNanoseconds: UInt64, decoderVersion: UInt16, refused: RefusedOrdinals
    ) {
        precondition(count >= 0 && count <= body.count && UInt32(exactly: count) != nil)
        self.body = body
        bodyCount = count
        self.form = form
        self.encoding = encoding
        self.receivedNanoseconds = receivedNanoseconds
        self.decoderVersion = decoderVersion
        self.refused = refused
        bodyChecksum = CRC32C.sum(body, 0..<count)
    }
}

/// What a body is, uncompressed. The numbers stand in files and never change their meaning.
package struct BodyForm: RawRepresentable, Equatable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    package static let otlpProtobuf = BodyForm(rawValue: 1)
    package static let otlpJSON = BodyForm(rawValue: 2)
}

/// How a body is compressed. The numbers stand in files and never change their meaning.
package struct BodyEncoding: RawRepresentable, Equatable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    package static let identity = BodyEncoding(rawValue: 0)
    package static let gzip = BodyEncoding(rawValue: 1)
    package static let zstd = BodyEncoding(rawValue: 2)
    package static let deflate = BodyEncoding(rawValue: 3)

    package init(_ encoding: ContentEncoding) {
        switch encoding {
        case .identity: self = .identity
        case .gzip: self = .gzip
        case .zstd: self = .zstd
        case .deflate: self = .deflate
        }
    }

    /// Nil for one that a later version wrote.
    package var contentEncoding: ContentEncoding? {
        switch self {
        case .identity: .identity
        case .gzip: .gzip
        case .zstd: .zstd
        case .deflate: .deflate
        default: nil
        }
    }
}

/// Which spans of a request were refused, counted from zero in the order of the body: replay refuses
/// what was refused, whatever the limits are by then.
package struct RefusedOrdinals: Equatable, Sendable {
    /// Each as its distance from the one behind the last, as a varint.
    let packed: [UInt8]

    package init() { packed = [] }

    init(packed: [UInt8]) { self.packed = packed }

    /// The ordinals must grow.
    package init(_ ordinals: some Sequence<Int>) {
        var writer = ProtobufWriter()
        var next = 0
        for ordinal in ordinals {
            precondition(ordinal >= next)
            writer.varint(UInt64(ordinal - next))
            next = ordinal + 1
        }
        packed = writer.bytes
    }

    package var isEmpty: Bool { packed.isEmpty }

    /// Nil when the bytes are no such list.
    package func ordinals() -> [Int]? {
        withProtobufCursor(over: packed, count: packed.count) { cursor in
            var ordinals: [Int] = []
            var next = 0
            while !cursor.isAtEnd {
                guard let distance = try? cursor.varint(), distance < Self.ordinalMax,
                    case let ordinal = next + Int(distance), ordinal < Self.ordinalMax
                else { return nil }
                ordinals.append(ordinal)
                next = ordinal + 1
            }
            return ordinals
        }
    }

    /// No body has so many spans.
    private static let ordinalMax = 1 << 32
}
