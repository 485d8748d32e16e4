/// What is over goes to the shelf in pieces.
extension ChartLedger {
    /// Whether more is in memory than there is room for, all of it not stored.
    package var needsRoom: Bool { bytes > names.limits.ledgerBytes }

    /// Blocks that ended before a time and are not stored; the later of what is stored already only
    /// with `amendments`. None that has a live minute.
    package func blocksToStore(endingBefore end: Int64, amendments: Bool) -> [WindowPlace] {
        blocks.filter { number, block in
            let start = number * ChartBlock.seconds
            guard start + ChartBlock.seconds <= min(end, liveFrom), !block.isStored, !block.isLive
            else { return false }
            return amendments || !isStored(number)
        }
        .map { WindowPlace(.block, start: $0.key * ChartBlock.seconds) }
        .sorted { $0.start < $1.start }
    }

    /// What is not stored of a block, and how that amends the hour and the day that it is in, where
    /// those are stored.
    package mutating func pieces(of place: WindowPlace) -> [WindowPiece] {
        let number = place.start / ChartBlock.seconds
        guard let block = blocks[number] else { return [] }
        let isAmendment = isStored(number)
        let sections = block.sections(isAmendment: isAmendment, merger: &merger)
        var pieces = [WindowPiece(place, isAmendment: isAmendment, sections: sections)]
        for grain in [WindowGrain.hour, .day] {
            let around = WindowPlace(grain, start: grain.start(of: place.start))
            guard let shelf, !shelf.pieces(around).isEmpty else { continue }
            let folded = ChartFamily.allCases.map { family in
                let run = ChartRun(bytes: sections[WindowGrain.block.folded(family)])
                return merger.foldAmendment(run).bytes
            }
            pieces.append(WindowPiece(around, isAmendment: true, sections: folded))
        }
        return pieces
    }

    /// An hour of its blocks, or a day of its hours, as they are stored; nil for a block.
    package mutating func fold(_ place: WindowPlace) -> WindowPiece? {
        guard let finer = place.grain.finer else { return nil }
        let sections = ChartFamily.allCases.map { family in
            var parts: [ChartRun] = []
            for start in stride(from: place.start, to: place.end, by: Int(finer.seconds)) {
                parts += foldedRuns(WindowPlace(finer, start: start), family)
            }
            return merger.merge(parts).bytes
        }
        return WindowPiece(place, isAmendment: false, sections: sections)
    }

    /// All that is stored of a place, folded; of an amended block from its minutes, so that the
    /// fullest second is right.
    private mutating func foldedRuns(_ place: WindowPlace, _ family: ChartFamily) -> [ChartRun] {
        let pieces = shelf?.pieces(place) ?? []
        if place.grain == .block, pieces.count > 1 {
            return [merger.fold(storedMinutes(pieces, family))]
        }
        let section = place.grain.folded(family)
        return pieces.flatMap { read($0, section..<(section + 1), family) }
    }

    /// Of each minute of a block all that is stored.
    func storedMinutes(_ pieces: [StoredPiece], _ family: ChartFamily) -> [[ChartRun]] {
        var minutes: [[ChartRun]] = Array(repeating: [], count: ChartBlock.minutes)
        for piece in pieces {
            let runs = read(piece, WindowGrain.block.minutes(family), family)
            for (minute, run) in runs.enumerated() where !run.isEmpty {
                minutes[minute].append(run)
            }
        }
        return minutes
    }

    func read(
        _ piece: StoredPiece, _ sections: Range<Int>, _ family: ChartFamily
    ) -> [ChartRun] {
        let runs = shelf?.read(piece, sections: sections) ?? []
        return runs.map { known(ChartRun(bytes: $0), family, numbering: piece.numbering) }
    }

    /// The pieces of these blocks are in a commit.
    package mutating func markStored(_ places: [WindowPlace]) {
        for place in places {
            let number = place.start / ChartBlock.seconds
            guard blocks[number] != nil else { continue }
            changeBlock(number) { block, merger in block.markStored(merger: &merger) }
            if blocks[number]?.isEmpty ?? true { remove(number) }
        }
    }
}
