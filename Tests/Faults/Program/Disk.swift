/// What is on a disk that may lose power at any moment: what was synced, and what was written since
/// and may be there in part or not at all.
struct Disk {
    private var files: [UInt32: File] = [:]
    /// Names that are safe, with the folder in front.
    private var names: [String: UInt32] = [:]
    private var nameChanges: [NameChange] = []

    struct File {
        var safe: [UInt8] = []
        var changes: [Change] = []
    }

    struct Change {
        /// Nil for a change of the length.
        let content: [UInt8]?
        let offset: Int
        /// After a sync that failed the kernel takes pages for clean: no later sync writes them.
        var isForgotten = false
    }

    struct NameChange {
        let removed: String?
        let added: (name: String, file: UInt32)?

        var folders: [String] { [removed, added?.name].compactMap { $0 }.map(folder(of:)) }
    }

    mutating func take(_ event: FaultLog.Event) {
        if event.isFailed {
            guard event.kind == .sync, let file = files[event.file] else { return }
            for index in file.changes.indices {
                files[event.file]?.changes[index].isForgotten = true
            }
            return
        }
        switch event.kind {
        case .open:
            guard event.isMade else { return }
            files[event.file] = File()
            nameChanges.append(NameChange(removed: nil, added: (event.path, event.file)))
        case .write:
            files[event.file]?.changes.append(Change(content: event.content, offset: event.offset))
        case .truncate:
            files[event.file]?.changes.append(Change(content: nil, offset: event.offset))
        case .sync: files[event.file]?.sync()
        case .rename:
            nameChanges.append(
                NameChange(removed: event.path, added: (event.other, event.file)))
        case .remove: nameChanges.append(NameChange(removed: event.path, added: nil))
        case .syncFolder:
            for change in nameChanges where change.folders.contains(event.path) {
                Self.apply(change, to: &names)
            }
            nameChanges.removeAll { $0.folders.contains(event.path) }
        case .reserve: break
        }
    }

    private static func apply(_ change: NameChange, to names: inout [String: UInt32]) {
        if let removed = change.removed { names[removed] = nil }
        if let added = change.added { names[added.name] = added.file }
    }

    // MARK: - After the power is back

    /// One of the many things that may be found, by name.
    func afterPowerLoss(using random: inout some RandomNumberGenerator) -> [String: [UInt8]] {
        var names = names
        // Most file systems keep the order of names, few promise it.
        let keepsOrder = Int.random(in: 0..<4, using: &random) > 0
        let kept = Int.random(in: 0...nameChanges.count, using: &random)
        for (index, change) in nameChanges.enumerated()
        where keepsOrder ? index < kept : Bool.random(using: &random) {
            Self.apply(change, to: &names)
        }
        let old = files.values.map(\.safe).filter { !$0.isEmpty }.randomElement(using: &random)
        return names.mapValues { file in
            files[file]?.afterPowerLoss(stale: old ?? [], using: &random) ?? []
        }
    }
}

private func folder(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
}

extension Disk.File {
    mutating func sync() {
        let written = changes.filter { !$0.isForgotten }
        for change in written { change.apply(to: &safe) }
        // What was forgotten and then written over is written with it.
        changes.removeAll { old in !old.isForgotten || written.contains { $0.covers(old) } }
    }

    /// Sectors reach the disk in any order; the length may come before what fills it, which is then
    /// zeros, or what was there before.
    func afterPowerLoss(
        stale: [UInt8], using random: inout some RandomNumberGenerator
    ) -> [UInt8] {
        var bytes = safe
        let part: Double = [0, 1, 0.5, 0.9, 0.1].randomElement(using: &random) ?? 0
        let sector = [512, 4_096, 1 << 30].randomElement(using: &random) ?? 512
        let growsFirst = Bool.random(using: &random)
        let fillsWithStale = Int.random(in: 0..<5, using: &random) == 0
        for change in changes {
            guard let content = change.content else {
                if Double.random(in: 0..<1, using: &random) < part { change.apply(to: &bytes) }
                continue
            }
            let end = change.offset + content.count
            if growsFirst && end > bytes.count {
                let from = bytes.count
                bytes += [UInt8](repeating: 0, count: end - from)
                if fillsWithStale && stale.count > from {
                    let count = min(stale.count, end) - from
                    bytes.replaceSubrange(from..<from + count, with: stale[from..<from + count])
                }
            }
            var at = change.offset
            while at < end {
                let next = min(end, (at / sector + 1) * sector)
                if Double.random(in: 0..<1, using: &random) < part {
                    let piece = content[at - change.offset..<next - change.offset]
                    Disk.put(piece, at: at, into: &bytes)
                }
                at = next
            }
        }
        return bytes
    }
}

extension Disk.Change {
    func covers(_ old: Self) -> Bool {
        guard let content else { return offset <= old.offset }
        let oldEnd = old.offset + (old.content?.count ?? 0)
        return old.content != nil && offset <= old.offset && oldEnd <= offset + content.count
    }

    func apply(to bytes: inout [UInt8]) {
        if let content {
            Disk.put(content[...], at: offset, into: &bytes)
        } else if offset < bytes.count {
            bytes.removeLast(bytes.count - offset)
        } else {
            bytes += [UInt8](repeating: 0, count: offset - bytes.count)
        }
    }
}

extension Disk {
    static func put(
        _ piece: ArraySlice<UInt8>, at offset: Int, into bytes: inout [UInt8]
    ) {
        let end = offset + piece.count
        if end > bytes.count { bytes += [UInt8](repeating: 0, count: end - bytes.count) }
        bytes.replaceSubrange(offset..<end, with: piece)
    }
}
