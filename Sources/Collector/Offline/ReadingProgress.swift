import Answering
import Lanes

/// How far the reading of files is, as one line that is written over, for people who wait.
struct ReadingProgress {
    private let startMilliseconds: Int
    private var nextMilliseconds: Int
    private var isShown = false

    /// What is over sooner needs no line.
    private static let firstMilliseconds = 300
    private static let everyMilliseconds = 100

    init(nowMilliseconds: Int) {
        startMilliseconds = nowMilliseconds
        nextMilliseconds = nowMilliseconds + Self.firstMilliseconds
    }

    /// What to write to the terminal now; nil when it is not yet time.
    mutating func text(_ position: FilePosition, nowMilliseconds: Int) -> String? {
        guard nowMilliseconds >= nextMilliseconds else { return nil }
        nextMilliseconds = nowMilliseconds + Self.everyMilliseconds
        isShown = true
        let elapsed = nowMilliseconds - startMilliseconds
        return Self.clear + position.line(afterMilliseconds: elapsed)
    }

    /// What takes the line away.
    var farewell: String { isShown ? Self.clear : "" }

    /// Back to the start of the line, and empty it.
    private static let clear = "\r\u{1b}[K"
}

extension FilePosition {
    fileprivate func line(afterMilliseconds elapsed: Int) -> String {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        let length = bytesInFile.map { " of \(Self.megabytes($0))" } ?? ""
        let rate = totals.spans * 1_000 / max(elapsed, 1)
        // A line that is broken cannot be written over.
        return "\(name.printable.prefix(30)): \(Self.megabytes(bytesRead))\(length) MB, "
            + "\(totals.spans) spans, \(rate)/s"
    }

    private static func megabytes(_ bytes: Int) -> String {
        "\(bytes / 1_000_000).\(bytes / 100_000 % 10)"
    }
}
