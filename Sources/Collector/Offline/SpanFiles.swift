import Answering
import Lanes
package import Settings
package import Spans
import Wire

/// Reads the spans in files and folders, with no collector: OTLP in protobuf, in JSON, or one JSON
/// request a line as the OpenTelemetry Collector writes it; plain, gzip, zstd, and in tar archives.
package struct SpanFiles {
    private let bodies: BodyDecoder
    private let content: ContentReader
    private let watch: (FilePosition) -> Void
    private var position = FilePosition()
    private var chunk = [UInt8](repeating: 0, count: 256 << 10)

    /// Hands the spans of every request to `take`, and tells `watch` after each piece of a file.
    package init(
        limits: LimitSettings, names: FactNames = FactNames(),
        watch: @escaping (FilePosition) -> Void = { _ in },
        take: @escaping (SpanBatch) -> Void
    ) {
        bodies = BodyDecoder(limits, names: names, take: take)
        content = ContentReader(bodies)
        self.watch = watch
    }

    package var totals: FileTotals { bodies.totals }

    /// Reads files, and folders with all that is in them.
    package mutating func read(_ paths: [String]) throws(UnreadableSpans) {
        for path in paths {
            let kind = try orUnreadable { () throws(LaneIOError) in try PathKind(path) }
            if kind == .folder {
                try readFolder(path)
            } else {
                try readFile(path)
                if content.isUnknown { throw .unknown(path) }
            }
        }
    }

    /// What is not known is passed over: it was not asked for by its name.
    private mutating func readFolder(_ path: String) throws(UnreadableSpans) {
        var folders = [path]
        while let folder = folders.popLast() {
            let found = try orUnreadable { () throws(LaneIOError) in try folderContent(folder) }
            for name in found.files {
                try readFile("\(folder)/\(name)")
                if content.isUnknown { bodies.countPassedOver() }
            }
            folders += found.folders.reversed().map { "\(folder)/\($0)" }
        }
    }

    private mutating func readFile(_ path: String) throws(UnreadableSpans) {
        let file = try orUnreadable { () throws(LaneIOError) in try FileReader(path) }
        position.startFile(path, bytes: file.bytes)
        content.restart()
        while true {
            let count = try orUnreadable { () throws(LaneIOError) in try file.read(into: &chunk) }
            guard count > 0 else { break }
            do throws(WireError) {
                try content.take(chunk, 0..<count)
            } catch {
                throw UnreadableSpans(error, in: path + content.place)
            }
            position.advance(by: count, totals)
            watch(position)
            if content.isUnknown { return }
        }
        do throws(WireError) {
            try content.end()
        } catch {
            throw UnreadableSpans(error, in: path + content.place)
        }
    }
}

/// Where the reading of files is.
package struct FilePosition: Sendable {
    package private(set) var path = ""
    package private(set) var bytesRead = 0
    /// Nil when the file does not say how long it is.
    package private(set) var bytesInFile: Int?
    package private(set) var totals = FileTotals()

    mutating func startFile(_ path: String, bytes: Int?) {
        self.path = path
        bytesRead = 0
        bytesInFile = bytes
    }

    mutating func advance(by bytes: Int, _ totals: FileTotals) {
        bytesRead += bytes
        self.totals = totals
    }
}

/// Why spans could not be read, where, and what to do.
package struct UnreadableSpans: Error, Equatable, CustomStringConvertible {
    package let place: String
    package let problem: String
    package let advice: String

    package var description: String { "\(place.printable): \(problem); \(advice)" }

    static func unknown(_ path: String) -> UnreadableSpans {
        UnreadableSpans(
            place: path, problem: "holds no spans in a form that is known here",
            advice: "OTLP is, in protobuf, JSON or JSON lines, also in gzip, zstd and tar")
    }
}

extension UnreadableSpans {
    fileprivate init(_ error: LaneIOError) {
        self.init(
            place: error.path, problem: "cannot \(error.call): \(error.reason)",
            advice: "name files and folders that can be read")
    }

    fileprivate init(_ error: WireError, in place: String) {
        let advice =
            switch error.kind {
            case .truncated: "it is cut short: get it whole, or leave it out"
            case .invalid: "mend it, or leave it out"
            case .outOfMemory: "read fewer at once"
            case .limit: "leave it out, or raise the limit with --set where it is a setting"
            }
        self.init(place: place, problem: "\(error)", advice: advice)
    }
}

private func orUnreadable<Result: ~Copyable>(
    _ call: () throws(LaneIOError) -> Result
) throws(UnreadableSpans) -> Result {
    do throws(LaneIOError) {
        return try call()
    } catch {
        throw UnreadableSpans(error)
    }
}
