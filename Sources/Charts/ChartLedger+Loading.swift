import Sketches

/// Starting from what is stored.
extension ChartLedger {
    /// Tells the ledger where its windows are stored. From now on all is kept until it is committed.
    package mutating func attach(_ shelf: any WindowShelf) { self.shelf = shelf }

    /// Goes on with the numbers of stored names when none was given a number yet and none is lost;
    /// else the stored ones are other numbers for the same names.
    package mutating func load(_ stored: StoredNameTable, numbering: UInt64) {
        if names.counts == NameCounts(services: 1, values: 1), stored.isWhole {
            names.restore(stored)
            self.numbering = numbering
        } else {
            foreignNumbers[numbering] = LaneNumbers(stored, in: &names)
        }
        updateNodes()
    }

    /// Counts what a block of the log holds; false when it cannot be one.
    package mutating func load(log bytes: [UInt8], numbering: UInt64) -> Bool {
        var reader = PackedReader(bytes)
        guard StoredNames(from: &reader) != nil else { return false }
        for _ in 0..<reader.count() {
            let ten = reader.signed()
            guard let family = ChartFamily(rawValue: reader.byte()), ten >= 0,
                ten <= Int64(UInt32.max)
            else { return false }
            let run = ChartRun(bytes: reader.bytes(reader.count()))
            guard reader.fault == nil else { return false }
            append(known(run, family, numbering: numbering), family, ten: ten)
        }
        return reader.isAtEnd && reader.fault == nil
    }

    /// A stored run in the numbers of this ledger; empty when it makes no sense.
    func known(_ run: ChartRun, _ family: ChartFamily, numbering: UInt64) -> ChartRun {
        if numbering == self.numbering {
            return isKnown(run, family) ? run : ChartRun(bytes: [])
        }
        guard let numbers = foreignNumbers[numbering] else { return ChartRun(bytes: []) }
        var merger = RunMerger()
        return merger.renumber(run, family, numbers)
    }

    /// Whether a run can be gone through, and all its subjects have names.
    private func isKnown(_ run: ChartRun, _ family: ChartFamily) -> Bool {
        var cursor = RunCursor(run)
        var last: UInt64?
        while !cursor.isAtEnd {
            let isAscending = last.map { $0 < cursor.subject } ?? true
            guard isAscending, names.hasNames(of: cursor.subject, family) else { return false }
            last = cursor.subject
            cursor.advance()
        }
        return !cursor.isBroken
    }
}

extension RunMerger {
    /// The same figures under other numbers. What gets one number is added up: of one minute rightly,
    /// and of more but for the fullest second.
    mutating func renumber(
        _ run: ChartRun, _ family: ChartFamily, _ numbers: LaneNumbers
    ) -> ChartRun {
        var records: [(subject: UInt64, record: Range<Int>)] = []
        var cursor = RunCursor(run)
        while !cursor.isAtEnd {
            if let subject = numbers.storedSubject(cursor.subject, of: family) {
                records.append((subject, cursor.record))
            }
            cursor.advance()
        }
        records.sort { ($0.subject, $0.record.lowerBound) < ($1.subject, $1.record.lowerBound) }
        for (index, record) in records.enumerated() {
            var figures = PackedReader(
                run.bytes, from: record.record.lowerBound, to: record.record.upperBound)
            _ = sum.add(packed: &figures)
            let next = index + 1 < records.count ? records[index + 1].subject : nil
            guard record.subject != next else { continue }
            sum.renumberValues { Int($0) < numbers.values.count ? numbers.values[Int($0)] : 0 }
            writer.append(sum, subject: record.subject)
            sum.removeAll()
        }
        return writer.finish()
    }
}
