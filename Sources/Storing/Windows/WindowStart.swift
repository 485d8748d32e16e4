import Charts
import Lanes

/// What is found of windows at the start.
struct WindowStart {
    private let folder: DataDirectory
    let log: StoredFile?
    private(set) var files: [WindowFile: StoredFile] = [:]
    private(set) var index = WindowIndex()
    private(set) var damages: [StoreDamage] = []
    /// Partitions that are not there.
    private(set) var missing: [WindowFile] = []
    /// Blocks of names in partitions, by numbering.
    private var names: [UInt64: [(file: WindowFile, block: LogBlock)]] = [:]
    /// Those that pieces have.
    private var numberings: Set<UInt64> = []

    init(folder: DataDirectory, log: StoredFile?, partitions: [StoredFile]) {
        self.folder = folder
        self.log = log
        for stored in partitions {
            if let file = WindowFile(name: stored.id.name) { files[file] = stored }
        }
    }

    /// Files that a commit was to bring, or to take away, and that the process did not come to.
    func removeStrangers() throws(FileFault) {
        for name in try folder.names() where name.hasSuffix(WindowFile.suffix) {
            let isOurs = WindowFile(name: name).map { files[$0] != nil } ?? (log?.id.name == name)
            if !isOurs { try folder.remove(name) }
        }
    }

    // MARK: - Partitions

    mutating func lookAtPartitions() {
        for (file, stored) in files.sorted(by: { $0.key.name < $1.key.name }) {
            guard var reader = reader(file.name, .windows, stored) else {
                missing.append(file)
                continue
            }
            while let block = reader.next() { take(block, of: file, &reader) }
            damages += reader.damages
        }
    }

    private mutating func take(
        _ block: LogBlock, of file: WindowFile, _ reader: inout LogReader
    ) {
        guard let tag = WindowTag(block.tags), tag.kind == .names || file.holds(tag.place) else {
            return reader.tell(block.offset, block.bytes, "a block that does not belong here")
        }
        switch tag.kind {
        case .names: names[tag.numbering, default: []].append((file, block))
        case .piece:
            numberings.insert(tag.numbering)
            index.add(WindowIndex.Entry(file: file, block: block, tag: tag))
        case .snapshot, .delta:
            reader.tell(block.offset, block.bytes, "a block that does not belong here")
        }
    }

    private mutating func reader(
        _ name: String, _ kind: LogKind, _ stored: StoredFile
    ) -> LogReader? {
        do throws(FileFault) {
            return try LogReader(name, in: folder, kind, committedBytes: stored.committedBytes)
        } catch {
            let what = error.code == .noSuchFile ? "is missing" : "\(error)"
            damages.append(
                StoreDamage(
                    file: folder.file(name), from: 0, bytes: stored.committedBytes, what: what))
            return nil
        }
    }

    // MARK: - Names

    /// The numbers of the log go on when all its names are there; what else has numbers of its own
    /// is translated.
    mutating func loadNames(into ledger: inout ChartLedger) {
        var tables: [UInt64: StoredNameTable] = [:]
        let isWhole = readLog { numbering, payload in
            tables[numbering, default: StoredNameTable()].add(payload)
        }
        if isWhole, tables.count == 1, let (numbering, table) = tables.first, table.isWhole {
            ledger.load(table, numbering: numbering)
            tables = [:]
            numberings.remove(numbering)
        }
        for numbering in numberings.union(tables.keys).sorted() {
            var table = tables[numbering] ?? StoredNameTable()
            addPartitionNames(of: numbering, to: &table)
            ledger.load(table, numbering: numbering)
        }
    }

    private mutating func addPartitionNames(
        of numbering: UInt64, to table: inout StoredNameTable
    ) {
        for (file, block) in names[numbering] ?? [] {
            guard let stored = files[file], var reader = reader(file.name, .windows, stored) else {
                continue
            }
            let payload = reader.payload(of: block)
            if let payload, !table.add(payload) {
                reader.tell(block.offset, block.bytes, "names that cannot be read")
            }
            for damage in reader.damages where !damages.contains(damage) {
                damages.append(damage)
            }
        }
    }

    // MARK: - The log

    mutating func loadLog(into ledger: inout ChartLedger) {
        _ = readLog { numbering, payload in ledger.load(log: payload, numbering: numbering) }
    }

    /// Whether all of it could be read; the function says so of each payload.
    private mutating func readLog(_ use: (UInt64, [UInt8]) -> Bool) -> Bool {
        guard let log, var reader = reader(log.id.name, .windowLog, log) else { return false }
        while let block = reader.next() {
            guard let payload = reader.payload(of: block) else { continue }
            guard let tag = WindowTag(block.tags), tag.kind == .snapshot || tag.kind == .delta,
                let read = WindowLogCoding.read(payload, commit: block.commit),
                use(tag.numbering, read.ledger)
            else {
                reader.tell(block.offset, block.bytes, "a block of the log without a meaning")
                continue
            }
        }
        let isWhole = reader.damages.isEmpty
        for damage in reader.damages where !damages.contains(damage) { damages.append(damage) }
        return isWhole
    }
}

extension WindowFile {
    fileprivate func holds(_ place: WindowPlace) -> Bool {
        self == WindowFile(place.grain, holding: place.start, number: number)
    }
}
