import Wire

/// The bytes of a log of blocks; all numbers little-endian.
///
/// A file has a head of 24 bytes: a magic of 7 bytes, the version, the file's key, four bytes of
/// nothing, and the checksum of these 20. A block has a head of 48 bytes, its payload, and zeros up
/// to a multiple of eight.
///
/// Checksums of heads start from that of the file's name, so that a block of another file, or a whole
/// file under another name, is not taken for what it is not. The key is a random number that every
/// block repeats: what a client sent, and stands in a payload, is never taken for a block when the
/// head in front of it is damaged, since no client knows the key.
enum LogFormat {
    static let version: UInt8 = 1
    static let fileHeadBytes = 24
    static let blockHeadBytes = 48
    static let blockMagic: UInt32 = 0x6B6C_4250
    /// What no payload exceeds: nothing is reserved for a length that cannot be.
    static let payloadBytesMax = 1 << 30

    static func seed(of name: String) -> UInt32 {
        let bytes = Array(name.utf8)
        return CRC32C.sum(bytes, bytes.indices)
    }

    static func fileHead(_ kind: LogKind, key: UInt64, seed: UInt32) -> [UInt8] {
        var head = Array(kind.magic.utf8) + [version]
        append(key, bytes: 8, to: &head)
        append(0, bytes: 4, to: &head)
        append(UInt64(CRC32C.sum(head, head.indices, behind: seed)), bytes: 4, to: &head)
        return head
    }

    /// The key that stands at the start of a file; nil when the head is not one of that kind.
    static func key(inFileHead bytes: [UInt8], _ kind: LogKind, seed: UInt32) -> UInt64? {
        guard bytes.count >= fileHeadBytes else { return nil }
        let key = number(bytes, 8, 8)
        let head = fileHead(kind, key: key, seed: seed)
        return Array(bytes[..<fileHeadBytes]) == head ? key : nil
    }

    static func blockHead(
        _ payload: [UInt8], key: UInt64, commit: UInt64, tags: (UInt64, UInt64), seed: UInt32
    ) -> [UInt8] {
        var head: [UInt8] = []
        head.reserveCapacity(blockHeadBytes)
        append(UInt64(blockMagic), bytes: 4, to: &head)
        append(UInt64(payload.count), bytes: 4, to: &head)
        append(key, bytes: 8, to: &head)
        append(commit, bytes: 8, to: &head)
        append(tags.0, bytes: 8, to: &head)
        append(tags.1, bytes: 8, to: &head)
        append(UInt64(CRC32C.sum(payload, payload.indices)), bytes: 4, to: &head)
        append(UInt64(CRC32C.sum(head, head.indices, behind: seed)), bytes: 4, to: &head)
        return head
    }

    /// Nil when the bytes are no head of a block.
    static func block(
        in bytes: [UInt8], at offset: Int, fileOffset: Int, seed: UInt32
    ) -> LogBlock? {
        guard offset + blockHeadBytes <= bytes.count,
            number(bytes, offset, 4) == UInt64(blockMagic),
            number(bytes, offset + 44, 4)
                == UInt64(CRC32C.sum(bytes, offset..<(offset + 44), behind: seed))
        else { return nil }
        let count = Int(number(bytes, offset + 4, 4))
        guard count <= payloadBytesMax else { return nil }
        return LogBlock(
            offset: fileOffset + blockHeadBytes, bytes: count, key: number(bytes, offset + 8, 8),
            commit: number(bytes, offset + 16, 8),
            tags: (number(bytes, offset + 24, 8), number(bytes, offset + 32, 8)),
            sum: UInt32(number(bytes, offset + 40, 4)))
    }

    /// Up to the next multiple of eight.
    static func padding(_ bytes: Int) -> Int { -bytes & 7 }

    private static func append(_ number: UInt64, bytes count: Int, to bytes: inout [UInt8]) {
        for place in 0..<count { bytes.append(UInt8(truncatingIfNeeded: number >> (place * 8))) }
    }

    private static func number(_ bytes: [UInt8], _ offset: Int, _ count: Int) -> UInt64 {
        (0..<count).reduce(0) { $0 | UInt64(bytes[offset + $1]) << UInt64($1 * 8) }
    }
}

/// What a log holds, by the magic at its head.
package enum LogKind: Sendable {
    case windowLog
    case windows
    case summaries

    /// Seven bytes.
    var magic: String {
        switch self {
        case .windowLog: "PTL-wlg"
        case .windows: "PTL-win"
        case .summaries: "PTL-sum"
        }
    }
}

/// A block of a log: where its payload is and what it says of itself.
package struct LogBlock: Sendable {
    /// Of the payload, in the file.
    package let offset: Int
    /// Of the payload.
    package let bytes: Int
    /// That of the file.
    let key: UInt64
    /// The commit that it was written for.
    package let commit: UInt64
    /// Whatever the owner of the log says about the payload.
    package let tags: (UInt64, UInt64)
    let sum: UInt32

    /// Where the next block starts.
    package var end: Int { offset + bytes + LogFormat.padding(bytes) }
}
