/// What there is of one family in a block, from memory or from the shelf.
struct BlockRuns {
    /// Folded, and what came after that; empty where the minutes are asked for.
    var base = ChartRun(bytes: [])
    var amendments: [ChartRun] = []
    /// Of each minute. Beside what is folded only where seconds may be asked for.
    var minutes: [[ChartRun]] = []
    /// Whether it was read for this query.
    var isRead = false

    var bytes: Int {
        (amendments + minutes.joined()).reduce(base.bytes.count) { $0 + $1.bytes.count }
    }
}

extension ChartLedger {
    /// All of a block added up, with its seconds where these are needed to find the fullest; nil
    /// when it is not folded.
    func foldedBlock(
        _ number: Int64, _ family: ChartFamily, sharesSubjects: Bool
    ) -> BlockRuns? {
        if let block = blocks[number], block.isWhole {
            guard block.isFolded else { return nil }
            let folded = block.folded[Int(family.rawValue)]
            var runs = BlockRuns(base: folded.base, amendments: folded.amendments.runs)
            if sharesSubjects || !runs.amendments.isEmpty { runs.minutes = minutes(block, family) }
            return runs
        }
        return foldedFromShelf(number, family, sharesSubjects: sharesSubjects)
    }

    private func foldedFromShelf(
        _ number: Int64, _ family: ChartFamily, sharesSubjects: Bool
    ) -> BlockRuns? {
        let pieces = pieces(number)
        guard !pieces.isEmpty else { return nil }
        var runs = BlockRuns(isRead: true)
        let section = WindowGrain.block.folded(family)
        for piece in pieces {
            let read = read(piece, section..<(section + 1), family)
            if piece.isAmendment { runs.amendments += read } else { runs.base = read[0] }
        }
        let unstored = unstoredMinutes(number, family)
        var merger = RunMerger()
        runs.amendments += unstored.joined().map { merger.foldAmendment($0) }
        runs.amendments.removeAll(where: \.isEmpty)
        if sharesSubjects || !runs.amendments.isEmpty {
            runs.minutes = storedMinutes(pieces, family)
            for (minute, more) in unstored.enumerated() { runs.minutes[minute] += more }
        }
        return runs
    }

    /// Of each minute of a block all that there is.
    func minutes(_ number: Int64, _ family: ChartFamily) -> BlockRuns {
        if let block = blocks[number], block.isWhole {
            return BlockRuns(minutes: minutes(block, family))
        }
        let pieces = pieces(number)
        var runs = BlockRuns(minutes: storedMinutes(pieces, family), isRead: !pieces.isEmpty)
        for (minute, more) in unstoredMinutes(number, family).enumerated() {
            runs.minutes[minute] += more
        }
        return runs
    }

    func unstoredMinutes(_ number: Int64, _ family: ChartFamily) -> [[ChartRun]] {
        guard let block = blocks[number] else { return [] }
        return (0..<ChartBlock.minutes).map { block[family, $0].unstored }
    }

    private func minutes(_ block: ChartBlock, _ family: ChartFamily) -> [[ChartRun]] {
        (0..<ChartBlock.minutes).map { block[family, $0].runs }
    }

    private func pieces(_ number: Int64) -> [StoredPiece] {
        shelf?.pieces(WindowPlace(.block, start: number * ChartBlock.seconds)) ?? []
    }
}
