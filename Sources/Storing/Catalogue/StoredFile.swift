/// What a file of the store is.
package enum StoredKind: Int64, CaseIterable, Sendable {
    case content = 1
    case summaries = 2
    case windows = 3
    /// The windows that are not packed yet.
    case windowLog = 4

    /// The folder that such files lie in.
    package var folder: String {
        switch self {
        case .content: "content"
        case .summaries: "summaries"
        case .windows, .windowLog: "windows"
        }
    }
}

/// A file that the catalogue knows: what lies behind `committedBytes` was never committed.
package struct StoredFile: Hashable, Sendable {
    package struct ID: Hashable, Sendable {
        package var kind: StoredKind
        package var name: String

        package init(_ kind: StoredKind, _ name: String) {
            self.kind = kind
            self.name = name
        }
    }

    package var id: ID
    package var committedBytes = 0
    /// Of the journal's records that it covers; zero where that means nothing.
    package var firstSequence: UInt64 = 0
    package var lastSequence: UInt64 = 0
    /// Seconds since 1970; retention goes by the last.
    package var firstSecond: Int64 = 0
    package var lastSecond: Int64 = 0
    package var rows: Int64 = 0
    /// Of spans, where it holds spans.
    package var spans: Int64 = 0

    package init(_ kind: StoredKind, _ name: String) { id = ID(kind, name) }

    /// From the data directory.
    package var path: String { "\(id.kind.folder)/\(id.name)" }
}

extension StoredFile.ID: Comparable {
    package static func < (left: Self, right: Self) -> Bool {
        (left.kind.rawValue, left.name) < (right.kind.rawValue, right.name)
    }
}

/// Up to where the store has what the journal holds.
package struct Watermarks: Hashable, Sendable {
    /// The oldest record with a span that is not committed: replay starts here.
    package var low: UInt64 = 0
    /// The newest record of which something is committed.
    package var position: UInt64 = 0
    /// Counts commits, over the life of the data directory.
    package var commit: UInt64 = 0
    /// When it was made.
    package var nanoseconds: UInt64 = 0

    package init() {}
}

/// What one commit changes.
package struct CatalogueChange: Sendable {
    /// New, or with other values than before.
    package var files: [StoredFile] = []
    package var removed: [StoredFile.ID] = []
    /// The catalogue counts the commit itself.
    package var watermarks: Watermarks
    /// Added to what there is: counters go on over restarts.
    package var counters: [String: Int64] = [:]

    package init(_ watermarks: Watermarks = Watermarks()) { self.watermarks = watermarks }
}
