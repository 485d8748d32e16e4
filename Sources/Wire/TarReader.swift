/// Reads a tar archive piece by piece, as it comes from a file or out of a decompressor: ustar,
/// GNU and pax archives, names of any length. Only files are told of; folders, links and devices are
/// passed over.
///
/// Holds one header, or one extension of at most a mebibyte; content is never kept.
/// Invariant: `offset` counts the bytes taken, and `block` holds less than is waited for.
package struct TarReader {
    private var state = State.header
    private var block: [UInt8] = []
    private var upcoming = TarExtension()
    private var zeroBlocks = 0
    /// Bytes of the archive that were taken so far.
    package private(set) var offset = 0

    private enum State {
        /// Can move to: any.
        case header
        /// Collects what is told of the next member. Can move to: passing.
        case extending(ExtensionKind, bytes: Int)
        /// Inside of a file, with so many bytes left. Can move to: passing.
        case content(bytes: Int)
        /// What nobody needs, with so many bytes left. Can move to: header.
        case passing(bytes: Int)
        /// Behind the two blocks of zeros; whatever follows is no part of the archive.
        case ended
    }

    private enum ExtensionKind {
        case longName
        case records
    }

    private static let extensionBytesMax = 1 << 20

    package init() {}

    /// Whether some content is an archive, told by its first bytes; 512 of them are enough.
    package static func recognizes(_ start: some Collection<UInt8>) -> Bool {
        TarHeader.isBlock(Array(start.prefix(TarHeader.bytes)))
    }

    /// What comes next in a stretch of bytes, which then starts behind it; nil when the bytes are
    /// used up and more are wanted.
    package mutating func next(
        _ bytes: [UInt8], _ rest: inout Range<Int>
    ) throws(WireError) -> TarEvent? {
        while true {
            switch state {
            case .header:
                guard collect(TarHeader.bytes, from: bytes, &rest) else { return nil }
                if let member = try takeHeader() { return .member(member) }
            case .extending(let kind, let count):
                guard collect(count, from: bytes, &rest) else { return nil }
                try takeExtension(kind)
                state = .passing(bytes: TarHeader.padding(behind: count))
            case .content(let left):
                guard left > 0 else {
                    state = .passing(bytes: TarHeader.padding(behind: memberBytes))
                    return .endOfMember
                }
                guard !rest.isEmpty else { return nil }
                let piece = take(left, from: &rest)
                state = .content(bytes: left - piece.count)
                return .content(piece)
            case .passing(let left):
                let passed = take(left, from: &rest).count
                guard passed == left else {
                    state = .passing(bytes: left - passed)
                    return nil
                }
                state = .header
            case .ended:
                _ = take(rest.count, from: &rest)
                return nil
            }
        }
    }

    /// Says whether the archive may end where it does: behind the zeros that end every archive.
    package func end() throws(WireError) {
        switch state {
        case .ended: return
        case .header where zeroBlocks > 0 && block.isEmpty: return
        default: throw WireError(.truncated, at: offset)
        }
    }

    private var memberBytes = 0

    /// Nil for what is no file.
    private mutating func takeHeader() throws(WireError) -> TarMember? {
        defer { block.removeAll(keepingCapacity: true) }
        guard block.contains(where: { $0 != 0 }) else {
            zeroBlocks += 1
            if zeroBlocks == 2 { state = .ended }
            return nil
        }
        zeroBlocks = 0
        let place = offset - TarHeader.bytes
        let header = try TarHeader(block, at: place)
        switch header.type {
        case UInt8(ascii: "L"): try extend(.longName, header, at: place)
        case UInt8(ascii: "x"): try extend(.records, header, at: place)
        case UInt8(ascii: "S"):
            throw WireError(.invalid("a sparse file in a tar archive"), at: place)
        case UInt8(ascii: "0"), UInt8(ascii: "7"), 0: return takeFile(header)
        case UInt8(ascii: "K"), UInt8(ascii: "g"), UInt8(ascii: "X"):
            // Names of links, what holds for all members, and an old form of records: between a
            // member and what is told of it, these may stand too.
            pass(bytes: header.contentBytes)
        default: pass(header)
        }
        return nil
    }

    private mutating func extend(
        _ kind: ExtensionKind, _ header: TarHeader, at offset: Int
    ) throws(WireError) {
        guard header.contentBytes <= Self.extensionBytesMax else {
            throw WireError(.limit("a tar header extension of over a mebibyte"), at: offset)
        }
        state = .extending(kind, bytes: header.contentBytes)
    }

    private mutating func takeFile(_ header: TarHeader) -> TarMember? {
        let told = upcoming
        upcoming = TarExtension()
        let name = told.name ?? header.name
        memberBytes = told.contentBytes ?? header.contentBytes
        state = .content(bytes: memberBytes)
        // The oldest archives have no type for folders.
        guard !name.hasSuffix("/") else {
            pass(bytes: memberBytes)
            return nil
        }
        return TarMember(name: name, bytes: memberBytes)
    }

    /// Links, devices and folders have no content, whatever their size says.
    private mutating func pass(_ header: TarHeader) {
        let told = upcoming
        upcoming = TarExtension()
        let hasContent = !(UInt8(ascii: "1")...UInt8(ascii: "6")).contains(header.type)
        pass(bytes: hasContent ? told.contentBytes ?? header.contentBytes : 0)
    }

    private mutating func pass(bytes: Int) {
        state = .passing(bytes: bytes + TarHeader.padding(behind: bytes))
    }

    private mutating func takeExtension(_ kind: ExtensionKind) throws(WireError) {
        defer { block.removeAll(keepingCapacity: true) }
        switch kind {
        case .longName: upcoming.takeLongName(block)
        case .records: try upcoming.takeRecords(block, at: offset - block.count)
        }
    }

    /// Moves bytes into the block; true when it has as many as are wanted.
    private mutating func collect(
        _ wanted: Int, from bytes: [UInt8], _ rest: inout Range<Int>
    ) -> Bool {
        let piece = take(wanted - block.count, from: &rest)
        block.append(contentsOf: bytes[piece])
        return block.count == wanted
    }

    private mutating func take(_ wanted: Int, from rest: inout Range<Int>) -> Range<Int> {
        let end = rest.lowerBound + min(wanted, rest.count)
        defer { rest = end..<rest.upperBound }
        offset += end - rest.lowerBound
        return rest.lowerBound..<end
    }
}

/// A file in a tar archive.
package struct TarMember: Equatable, Sendable {
    package let name: String
    package let bytes: Int
}

/// What a stretch of a tar archive holds.
package enum TarEvent: Equatable, Sendable {
    case member(TarMember)
    /// A piece of the content of the member, by where it lies in the bytes that were handed in.
    case content(Range<Int>)
    case endOfMember
}
