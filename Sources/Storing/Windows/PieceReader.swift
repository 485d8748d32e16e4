import Charts
import Lanes
import Wire

/// Reads sections of a piece. What cannot be read or is not what was written is empty, and told.
struct PieceReader {
    private(set) var damages: [StoreDamage] = []
    private let entry: WindowIndex.Entry
    private let path: String

    init(_ entry: WindowIndex.Entry, in folder: DataDirectory) {
        self.entry = entry
        path = folder.file(entry.file.name)
    }

    mutating func read(_ numbers: Range<Int>) -> [[UInt8]] {
        let nothing = Array(repeating: [UInt8](), count: numbers.count)
        do throws(FileFault) {
            let file = try DataFile(path, .read)
            let table = try bytes(0..<PieceCoding.tableBytes(entry.tag.place.grain), of: file)
            let sections = PieceCoding.sections(
                table, entry.tag.place.grain, payloadBytes: entry.block.bytes)
            guard let sections, numbers.upperBound <= sections.count else {
                tell(0, entry.block.bytes, "the table of a piece of windows is damaged")
                return nothing
            }
            return try read(sections[numbers], of: file)
        } catch {
            tell(0, entry.block.bytes, "\(error)")
            return nothing
        }
    }

    /// They lie one behind the other.
    private mutating func read(
        _ sections: ArraySlice<PieceCoding.Section>, of file: borrowing DataFile
    ) throws(FileFault) -> [[UInt8]] {
        guard let first = sections.first, let last = sections.last else { return [] }
        let start = first.range.lowerBound
        let all = try bytes(start..<last.range.upperBound, of: file)
        return sections.map { section in
            let end = section.range.upperBound - start
            let range = (section.range.lowerBound - start)..<end
            guard end <= all.count, CRC32C.sum(all, range) == section.sum else {
                tell(section.range.lowerBound, section.range.count, "windows are damaged")
                return []
            }
            return Array(all[range])
        }
    }

    /// Of the payload; less at the end of the file.
    private func bytes(
        _ range: Range<Int>, of file: borrowing DataFile
    ) throws(FileFault) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: range.count)
        let offset = entry.block.offset + range.lowerBound
        let count = try file.read(into: &bytes, bytes.indices, at: offset)
        bytes.removeLast(bytes.count - count)
        return bytes
    }

    private mutating func tell(_ from: Int, _ bytes: Int, _ what: String) {
        damages.append(
            StoreDamage(file: path, from: entry.block.offset + from, bytes: bytes, what: what))
    }
}
