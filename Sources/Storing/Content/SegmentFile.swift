package import Lanes
import Wire

/// Why something of a segment cannot be read.
package enum ContentFault: Error, Equatable, Sendable {
    case damage(StoreDamage)
    /// The file cannot be read, or is gone.
    case file(FileFault)

    var asDamage: StoreDamage {
        switch self {
        case .damage(let damage): damage
        case .file(let fault):
            StoreDamage(file: fault.path, from: 0, bytes: 0, what: "\(fault)")
        }
    }
}

/// A content segment while it is read.
struct SegmentFile: ~Copyable {
    let count: Int
    private let file: DataFile

    init(_ directory: DataDirectory, _ name: String) throws(ContentFault) {
        do throws(FileFault) {
            file = try DataFile(directory.file(name), .read)
        } catch {
            throw .file(error)
        }
        count = file.end
    }

    /// A stretch that must be there.
    func bytes(_ range: Range<Int>) throws(ContentFault) -> [UInt8] {
        guard range.upperBound <= count else {
            throw damage(range.lowerBound, range.count, "the file ends before it should")
        }
        var bytes = [UInt8](repeating: 0, count: range.count)
        let got: Int
        do throws(FileFault) {
            got = try file.read(into: &bytes, bytes.indices, at: range.lowerBound)
        } catch {
            throw .file(error)
        }
        guard got == range.count else {
            throw damage(range.lowerBound, range.count, "the file ends before it should")
        }
        return bytes
    }

    /// Where a block is, and what it must be.
    struct BlockHead {
        let start: Int
        let bytes: Range<Int>
        let sum: UInt32
        var end: Int { bytes.upperBound }
    }

    /// Of the block that starts at an offset, if it ends within the file.
    func blockHead(at offset: Int) throws(ContentFault) -> BlockHead {
        let head = try bytes(offset..<offset + Self.headBytes)
        let (length, sum) = withProtobufCursor(over: head, count: head.count) { cursor in
            (Int((try? cursor.fixed32()) ?? 0), (try? cursor.fixed32()) ?? 0)
        }
        let start = offset + Self.headBytes
        guard length <= count - start else {
            throw damage(offset, Self.headBytes, "a block that is longer than the file")
        }
        return BlockHead(start: offset, bytes: start..<start + length, sum: sum)
    }

    func block(at offset: Int) throws(ContentFault) -> [UInt8] {
        let head = try blockHead(at: offset)
        let block = try bytes(head.bytes)
        guard CRC32C.sum(block, block.indices) == head.sum else {
            throw damage(offset, head.end - offset, "a block has another sum")
        }
        return block
    }

    /// Length and sum.
    static let headBytes = 8

    func damage(_ from: Int, _ bytes: Int, _ what: String) -> ContentFault {
        .damage(StoreDamage(file: file.path, from: from, bytes: bytes, what: what))
    }
}
