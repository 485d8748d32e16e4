package import Charts
package import Lanes

/// Windows on disk: a log of what is new, every second, and pieces of what is over, in partitions.
///
/// A log begins with a snapshot of all that is not in pieces, so that there is one log at a time:
/// when pieces are stored, or the log has grown, a new one takes its place in the same commit. The
/// thread that owns the ledger owns this too, and goes round `prepare`, the catalogue's commit, and
/// `committed` or `failed`.
/// Invariant: what the ledger holds is the sum of what was loaded and what was counted since; log
/// and pieces, up to what is committed, are all of it but what came since the last commit.
package final class WindowStore: WindowShelf {
    let folder: DataDirectory
    package var settings: WindowSettings
    /// Found at the start and since, each once.
    package private(set) var damages: [StoreDamage] = []
    private(set) var index = WindowIndex()
    /// Every file that is committed, by name.
    private(set) var files: [WindowFile: StoredFile] = [:]
    /// Nil until the next commit begins a new one.
    private var log: AppendLog?
    private var logFile: StoredFile?
    /// Of the log's snapshot: a log may grow to twice that before the next.
    private var snapshotBytes = 0
    private var round = Round()
    /// Files of which a write failed: nobody knows what is on disk behind what is committed.
    private var suspects: Set<WindowFile> = []
    /// Files of commits that failed. The catalogue may turn out to have them after a crash, so they
    /// stay until a later commit has come about.
    private var leftovers: [String] = []
    private var lastLogNumber: UInt64 = 0
    /// Files that the catalogue has and that are not there: the next commit takes them out of it.
    private var missing: [WindowFile] = []
    private var nextAmendmentSecond: Int64 = 0
    private var nextExpirySecond: Int64 = 0

    /// What a log may grow by, however small its snapshot.
    private static var deltaBytesMin: Int { 8 << 20 }
    /// Blocks stored by one commit, which holds up queries.
    private static var blocksOfRound: Int { 12 }

    /// What one commit does, until it is known whether it came about.
    private struct Round {
        var stored: [WindowPlace] = []
        var entries: [WindowIndex.Entry] = []
        var files: [WindowFile: StoredFile] = [:]
        var removed: [WindowFile] = []
        var logFile: StoredFile?
        /// Nil while the log goes on.
        var oldLog: StoredFile.ID?
        /// Names of files that were not there before.
        var created: [String] = []
        /// Whether all is written, and the catalogue may have been told.
        var isPrepared = false
        /// Names that each file has when this commit comes about.
        var names: [WindowFile: NameCounts] = [:]
    }

    /// Names of the ledger's numbering that each file is known to have.
    private var names: [WindowFile: NameCounts] = [:]

    init(folder: DataDirectory, settings: WindowSettings) {
        self.folder = folder
        self.settings = settings
    }

    func tell(_ more: [StoreDamage]) {
        for damage in more where !damages.contains(damage) { damages.append(damage) }
    }

    /// What windows take on disk.
    package var bytes: Int {
        files.values.reduce(logFile?.committedBytes ?? 0) { $0 + $1.committedBytes }
    }

    // MARK: - Committing

    /// Writes and syncs what the ledger has that is not stored, and says in the change what of it is
    /// to be committed.
    package func prepare(
        _ ledger: inout ChartLedger, commit: UInt64, nowSeconds now: Int64,
        into change: inout CatalogueChange
    ) throws(StoreError) {
        round = Round()
        expire(now)
        round.removed += missing
        let places = placesToStore(ledger, now)
        do throws(FileFault) {
            try store(places, &ledger, commit: commit)
            try fold(&ledger, without: places, commit: commit, now)
            if log == nil || !places.isEmpty || isLogLong {
                try beginLog(&ledger, without: places, commit, change.watermarks)
            } else {
                let payload = WindowLogCoding.payload(change.watermarks, ledger.delta())
                try append(payload, .delta, ledger.numbering, commit: commit)
            }
        } catch {
            throw StoreError(error)
        }
        change.files += round.files.values.sorted { $0.id < $1.id }
        if let logFile = round.logFile { change.files.append(logFile) }
        change.removed += round.removed.compactMap { files[$0]?.id }
        if let oldLog = round.oldLog { change.removed.append(oldLog) }
        round.isPrepared = true
    }

    /// The commit that was prepared came about.
    package func committed(_ ledger: inout ChartLedger) {
        for (file, stored) in round.files { files[file] = stored }
        names.merge(round.names) { $1 }
        for entry in round.entries { index.add(entry) }
        ledger.markStored(round.stored)
        ledger.markCommitted()
        logFile = round.logFile
        if let oldLog = round.oldLog { remove(oldLog.name) }
        for file in round.removed {
            files[file] = nil
            names[file] = nil
            remove(file.name)
        }
        index.remove(Set(round.removed))
        missing = []
        for name in leftovers { remove(name) }
        leftovers = []
        round = Round()
    }

    /// The commit that was prepared did not come about: the next one does it all again.
    ///
    /// A database that could not be synced may have the commit nevertheless, if the process ends
    /// now: so what was written stays as it is, and the next commit goes to other files.
    package func failed() {
        if round.isPrepared {
            log = nil
            suspects.formUnion(round.files.keys)
            leftovers += round.created
            while leftovers.count > Self.leftoversMax { remove(leftovers.removeFirst()) }
        } else {
            if round.oldLog != nil || logFile == nil { log = nil }
            if let bytes = logFile?.committedBytes {
                do throws(FileFault) { try log?.cut(to: bytes) } catch { log = nil }
            }
            for name in round.created { remove(name) }
        }
        round = Round()
    }

    private static var leftoversMax: Int { 8 }

    /// What is not removed now is removed at the next start.
    private func remove(_ name: String) { try? folder.remove(name) }

    // MARK: - The log

    private var isLogLong: Bool {
        let grown = (log?.bytes ?? 0) - snapshotBytes
        return grown > max(Self.deltaBytesMin, snapshotBytes)
    }

    private func beginLog(
        _ ledger: inout ChartLedger, without places: [WindowPlace], _ commit: UInt64,
        _ watermarks: Watermarks
    ) throws(FileFault) {
        lastLogNumber = max(lastLogNumber + 1, commit)
        let name = WindowLogFile.name(lastLogNumber)
        round.oldLog = logFile?.id
        round.created.append(name)
        round.logFile = StoredFile(.windowLog, name)
        log = try AppendLog(creating: name, in: folder, .windowLog)
        let snapshot = ledger.snapshot(without: Set(places))
        let payload = WindowLogCoding.payload(watermarks, snapshot)
        try append(payload, .snapshot, ledger.numbering, commit: commit)
        snapshotBytes = payload.count
        try folder.sync()
    }

    private func append(
        _ payload: [UInt8], _ kind: WindowTag.Kind, _ numbering: UInt64, commit: UInt64
    ) throws(FileFault) {
        var isWritten = false
        // A log of which a sync failed is never written again.
        defer { if !isWritten { log = nil } }
        try log?.append(
            payload, commit: commit, tags: WindowTag(kind, numbering: numbering).tags)
        try log?.sync()
        isWritten = true
        var file = round.logFile ?? logFile
        file?.committedBytes = log?.bytes ?? 0
        file?.rows += 1
        round.logFile = file
    }

    // MARK: - Pieces

    private func placesToStore(_ ledger: borrowing ChartLedger, _ now: Int64) -> [WindowPlace] {
        let amends = now >= nextAmendmentSecond || ledger.needsRoom
        if amends { nextAmendmentSecond = now + WindowGrain.hour.seconds }
        let end = ledger.needsRoom ? now : now - settings.finalSeconds
        let places = ledger.blocksToStore(endingBefore: end, amendments: amends)
        return Array(places.prefix(Self.blocksOfRound))
    }

    private func store(
        _ places: [WindowPlace], _ ledger: inout ChartLedger, commit: UInt64
    ) throws(FileFault) {
        var pieces: [WindowPiece] = []
        for place in places { pieces += ledger.pieces(of: place) }
        try write(pieces, ledger, commit: commit)
        round.stored = places
    }

    /// One hour or day a commit, when all of it is stored.
    private func fold(
        _ ledger: inout ChartLedger, without places: [WindowPlace], commit: UInt64, _ now: Int64
    ) throws(FileFault) {
        let next = index.unfolded.filter { place in
            place.end + settings.finalSeconds <= now
                && !places.contains { $0.start >= place.start && $0.start < place.end }
                && !index.unfolded.contains { $0.grain == place.grain.finer && place.holds($0) }
        }
        .min { ($0.start, $0.grain.rawValue) < ($1.start, $1.grain.rawValue) }
        guard let next, let piece = ledger.fold(next) else { return }
        try write([piece], ledger, commit: commit)
    }

    /// Appends pieces to the files of their partitions, and syncs those.
    private func write(
        _ pieces: [WindowPiece], _ ledger: borrowing ChartLedger, commit: UInt64
    ) throws(FileFault) {
        let byFile = Dictionary(grouping: pieces) { file(of: $0.place) }
        for (file, pieces) in byFile.sorted(by: { $0.key.name < $1.key.name }) {
            do throws(FileFault) {
                try write(pieces, to: file, ledger, commit: commit)
            } catch {
                if error.call == "sync" { suspects.insert(file) }
                throw error
            }
        }
    }

    private func write(
        _ pieces: [WindowPiece], to file: WindowFile, _ ledger: borrowing ChartLedger,
        commit: UInt64
    ) throws(FileFault) {
        var stored = round.files[file] ?? files[file] ?? StoredFile(.windows, file.name)
        var log = try open(file, stored)
        if names[file] != ledger.nameCounts {
            let more = ledger.storedNames(after: names[file] ?? .none)
            let tag = WindowTag(.names, numbering: ledger.numbering)
            try log.append(more, commit: commit, tags: tag.tags)
            round.names[file] = ledger.nameCounts
        }
        for piece in pieces {
            let tag = WindowTag(piece, numbering: ledger.numbering)
            let block = try log.append(PieceCoding.payload(piece), commit: commit, tags: tag.tags)
            round.entries.append(WindowIndex.Entry(file: file, block: block, tag: tag))
        }
        try log.sync()
        stored.committedBytes = log.bytes
        stored.firstSecond = file.start
        stored.lastSecond = file.end
        stored.rows += Int64(pieces.count)
        round.files[file] = stored
    }

    private func open(_ file: WindowFile, _ stored: StoredFile) throws(FileFault) -> AppendLog {
        guard stored.committedBytes > 0 else {
            round.created.append(file.name)
            let log = try AppendLog(creating: file.name, in: folder, .windows)
            try folder.sync()
            return log
        }
        return try AppendLog(
            opening: file.name, in: folder, .windows, committedBytes: stored.committedBytes)
    }

    /// The newest file of a partition that can be trusted.
    private func file(of place: WindowPlace) -> WindowFile {
        var number = 0
        while true {
            let file = WindowFile(place.grain, holding: place.start, number: number)
            if !suspects.contains(file) { return file }
            number += 1
        }
    }

    // MARK: - Retention

    private func expire(_ now: Int64) {
        guard now >= nextExpirySecond || bytes > settings.bytesMax else { return }
        nextExpirySecond = now + 60
        round.removed = WindowRetention(settings, now: now, unfolded: index.unfolded)
            .expired(files.mapValues(\.committedBytes), bytes: bytes)
    }

    // MARK: - Reading

    package var extent: ChartWindow? { index.extent }

    package func pieces(_ place: WindowPlace) -> [StoredPiece] { index.pieces(place) }

    package func read(_ piece: StoredPiece, sections: Range<Int>) -> [[UInt8]] {
        guard let entry = index[piece.id] else {
            return Array(repeating: [], count: sections.count)
        }
        var reader = PieceReader(entry, in: folder)
        let read = reader.read(sections)
        tell(reader.damages)
        return read
    }

    /// Takes over what was found at the start. The next commit begins a new log.
    func adopt(_ start: WindowStart) {
        logFile = start.log
        lastLogNumber = start.log.flatMap { WindowLogFile.number($0.id.name) } ?? 0
        files = start.files
        index = start.index
        missing = start.missing
        suspects.formUnion(missing)
    }
}

extension WindowPlace {
    fileprivate func holds(_ other: WindowPlace) -> Bool {
        other.start >= start && other.end <= end
    }
}
