/// Which partitions of traces, content and summaries, are too old or too many.
package struct TraceRetention: Sendable {
    private let keepSeconds: Int64
    private let bytesMax: Int

    package init(keepSeconds: Int64, bytesMax: Int) {
        self.keepSeconds = keepSeconds
        self.bytesMax = bytesMax
    }

    /// Whole partitions, the oldest first: what is past its age, and what is more than the bytes. The
    /// newest of each kind is still written, and stays.
    package func expired(_ files: [StoredFile], nowSeconds now: Int64) -> [StoredFile.ID] {
        let files = files.sorted { ($0.lastSecond, $0.id) < ($1.lastSecond, $1.id) }
        var newest: [StoredKind: StoredFile.ID] = [:]
        for file in files { newest[file.id.kind] = file.id }
        var bytes = files.reduce(0) { $0 + $1.committedBytes }
        var expired: [StoredFile.ID] = []
        for file in files where file.id != newest[file.id.kind] {
            guard bytes > bytesMax || file.lastSecond < now - keepSeconds else { continue }
            expired.append(file.id)
            bytes -= file.committedBytes
        }
        return expired
    }
}
