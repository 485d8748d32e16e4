import Lanes
import Wire

/// What a program did to the files below a folder, in order, as `Preload/faults.c` noted it.
struct FaultLog {
    enum Kind: UInt8 {
        case write = 1
        case sync = 2
        case rename = 3
        case truncate = 4
        case remove = 5
        case open = 6
        case reserve = 7
        case syncFolder = 8
    }

    struct Event {
        let kind: Kind
        let isMade: Bool
        let isFailed: Bool
        let file: UInt32
        let beganNanoseconds: UInt64
        let offset: Int
        let path: String
        let other: String
        let content: [UInt8]
    }

    private(set) var events: [Event] = []

    private static let headBytes = 48

    /// Reads a log; what a killed program did not finish noting is left out.
    init(_ path: String) throws(LaneIOError) {
        let bytes = try readFileBytes(path, bytesMax: 1 << 30)
        var at = 0
        while at + Self.headBytes <= bytes.count, let kind = Kind(rawValue: bytes[at]) {
            let counts = (0..<3).map { Int(bytes.number(UInt32.self, at: at + 32 + 4 * $0)) }
            let start = at + Self.headBytes
            guard start + counts.reduce(0, +) <= bytes.count else { return }
            let other = start + counts[0]
            let content = other + counts[1]
            events.append(
                Event(
                    kind: kind, isMade: bytes[at + 1] != 0,
                    isFailed: bytes.number(UInt16.self, at: at + 2) != 0,
                    file: bytes.number(at: at + 4), beganNanoseconds: bytes.number(at: at + 8),
                    offset: Int(bytes.number(UInt64.self, at: at + 24)),
                    path: String(decoding: bytes[start..<other], as: UTF8.self),
                    other: String(decoding: bytes[other..<content], as: UTF8.self),
                    content: Array(bytes[content..<content + counts[2]])))
            at = content + counts[2]
        }
    }
}
