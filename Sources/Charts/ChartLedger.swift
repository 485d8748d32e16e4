/// All that was counted, by minute, from all lanes; the answers for any range of time.
///
/// Owned by one thread. Windows are kept as packed runs, at most `ChartLimits.ledgerBytes` of them.
/// With a shelf, all of it gets stored: what is over in pieces, and what is not every second, see
/// `ChartLedger+Storing`; what memory has no room for is read again when it is asked for. Without
/// one the oldest minute goes when there is no room, and what still comes for it is not counted.
/// Since all sums are exact, an answer does not depend on the order in which parcels came, nor on
/// what was put together when.
package struct ChartLedger: ~Copyable {
    package internal(set) var names: ChartNames
    package private(set) var counters = LedgerCounters()
    package private(set) var quality = QualityTally()
    private(set) var nodes = NodeTable()
    private(set) var lanes: [LaneNumbers]
    /// By ten minutes since 1970.
    private(set) var blocks: [Int64: ChartBlock] = [:]
    /// Those that have a live minute or are not folded as they should be.
    private var openBlocks: Set<Int64> = []
    /// What the windows take.
    package private(set) var bytes = 0
    /// Minutes before it were dropped.
    private var firstMinute: Int64 = .min
    private var nowSeconds: Int64 = .min
    var merger = RunMerger()
    /// Where windows are that are not in memory; nil when nothing is stored.
    package internal(set) var shelf: (any WindowShelf)?
    /// What is not stored yet in any way.
    var uncommitted = Uncommitted()
    /// How long the names are that the log of windows has.
    var storedNames = NameCounts()
    /// Who gave the names their numbers, so that numbers are not taken for those of others.
    package internal(set) var numbering = UInt64.random(in: 1 ... .max)
    /// The ledger's numbers by those that stored windows of other numberings have.
    var foreignNumbers: [UInt64: LaneNumbers] = [:]

    package init(limits: ChartLimits, lanes: Int) {
        names = ChartNames(limits: limits)
        self.lanes = Array(repeating: LaneNumbers(), count: lanes)
    }

    /// Empties the parcel.
    package mutating func take(_ parcel: inout ChartParcel, fromLane lane: Int) {
        lanes[lane].append(parcel.names, to: &names)
        updateNodes()
        let order = SlotOrder(parcel.delta, numbers: lanes[lane])
        for window in order.windows { take(window, of: parcel.delta, fromLane: lane) }
        let numbers = lanes[lane]
        quality.take(
            parcel.quality, service: { numbers.services[Int($0)] },
            value: { numbers.values[Int($0)] })
        parcel.removeAll()
        dropToLimit()
    }

    mutating func updateNodes() {
        if names.services.count != nodes.count { nodes = NodeTable(names.services) }
    }

    /// Puts together what is over, by the time of day: the ten seconds of minutes that are not live
    /// any more, and one block a call.
    package mutating func tick(nowSeconds now: Int64) {
        nowSeconds = max(nowSeconds, now)
        for number in openBlocks.sorted() where close(number) { break }
        dropToLimit()
    }

    /// From the first window to the last; nil when there is none.
    package var extent: ChartWindow? {
        let minutes = blocks.flatMap { number, block in
            (0..<ChartBlock.minutes).filter { !block.isEmpty(minute: $0) }
                .map { number * Int64(ChartBlock.minutes) + Int64($0) }
        }
        let stored = shelf?.extent
        guard let first = minutes.min(), let last = minutes.max() else { return stored }
        return ChartWindow(
            from: min(first * 60, stored?.from ?? .max), to: max((last + 1) * 60, stored?.to ?? 0))
    }

    /// Ten seconds from here on are kept apart.
    var liveFrom: Int64 {
        let seconds = names.limits.liveSeconds
        guard seconds > 0 else { return .max }
        guard nowSeconds > .min else { return .min }
        return (nowSeconds - seconds) / 60 * 60
    }
}

extension ChartLedger {
    private mutating func take(
        _ window: ArraySlice<SlotOrder.Item>, of delta: borrowing ChartDelta, fromLane lane: Int
    ) {
        guard let first = window.first else { return }
        guard first.ten / 6 >= firstMinute else {
            return counters.figuresTooOld += window.count
        }
        let run = write(window, of: delta, fromLane: lane) { $0 }
        count(run, first.family, ten: first.ten)
        // A service's figures are those of its operations together.
        guard first.family == .operation else { return }
        let services = write(window, of: delta, fromLane: lane) { $0 >> 32 }
        count(services, .service, ten: first.ten)
    }

    /// Adds up neighbours that have a subject in common, as the function tells it.
    private mutating func write(
        _ items: ArraySlice<SlotOrder.Item>, of delta: borrowing ChartDelta, fromLane lane: Int,
        subject: (UInt64) -> UInt64
    ) -> ChartRun {
        var rest = items
        while let first = rest.first {
            while let item = rest.first, subject(item.subject) == subject(first.subject) {
                merger.sum.add(slot: item.slot, of: delta, values: lanes[lane].values)
                rest.removeFirst()
            }
            merger.writer.append(merger.sum, subject: subject(first.subject))
            merger.sum.removeAll()
        }
        return merger.writer.finish()
    }

    private mutating func count(_ run: ChartRun, _ family: ChartFamily, ten: Int64) {
        append(run, family, ten: ten)
        if shelf != nil { uncommitted.append(run, family, ten: ten, merger: &merger) }
    }

    mutating func append(_ run: ChartRun, _ family: ChartFamily, ten: Int64) {
        let number = ten / 60
        let isLive = ten / 6 * 60 >= liveFrom
        changeBlock(number) { block, merger in
            block.append(run, family, ten: Int(ten % 60), isLive: isLive, merger: &merger)
        }
        openBlocks.insert(number)
    }

    /// False when there was not much to do.
    private mutating func close(_ number: Int64) -> Bool {
        let (first, liveFrom) = (number * ChartBlock.seconds, liveFrom)
        guard first < liveFrom else { return false }
        let isOver = first + ChartBlock.seconds <= liveFrom
        if isOver { openBlocks.remove(number) }
        return changeBlock(number) { block, merger in
            for minute in 0..<ChartBlock.minutes where first + Int64(minute) * 60 < liveFrom {
                block.close(minute: minute, merger: &merger)
            }
            return isOver && block.fold(merger: &merger)
        }
    }

    @discardableResult
    mutating func changeBlock<Result>(
        _ number: Int64, _ change: (inout ChartBlock, inout RunMerger) -> Result
    ) -> Result {
        bytes -= blocks[number]?.bytes ?? 0
        defer { bytes += blocks[number]?.bytes ?? 0 }
        if blocks[number] == nil { blocks[number] = ChartBlock(isWhole: !isStored(number)) }
        return change(&blocks[number, default: ChartBlock()], &merger)
    }

    /// Whether something of a block is stored.
    func isStored(_ number: Int64) -> Bool {
        let place = WindowPlace(.block, start: number * ChartBlock.seconds)
        return !(shelf?.pieces(place).isEmpty ?? true)
    }

    private mutating func dropToLimit() {
        guard bytes > names.limits.ledgerBytes else { return }
        if shelf != nil { return dropCopies() }
        while bytes > names.limits.ledgerBytes, let number = blocks.keys.min() {
            let oldest = changeBlock(number) { block, _ in
                let oldest = (0..<ChartBlock.minutes).first { !block.isEmpty(minute: $0) } ?? 0
                block.remove(minute: oldest)
                return Int64(oldest)
            }
            firstMinute = number * Int64(ChartBlock.minutes) + oldest + 1
            counters.minutesDropped += 1
            if blocks[number]?.isEmpty ?? true { remove(number) }
        }
    }

    /// Lets go of what is stored, the oldest first.
    private mutating func dropCopies() {
        for number in blocks.keys.sorted() where bytes > names.limits.ledgerBytes {
            guard isStored(number) else { continue }
            changeBlock(number) { block, _ in block.dropStored() }
            if blocks[number]?.isStored ?? true { remove(number) }
        }
    }

    mutating func remove(_ number: Int64) {
        bytes -= blocks.removeValue(forKey: number)?.bytes ?? 0
        openBlocks.remove(number)
    }
}

/// What the ledger did that somebody may want to know.
package struct LedgerCounters: Sendable {
    /// Minutes that the limit of memory cost.
    package var minutesDropped = 0
    /// Figures of ten seconds that came for minutes that were dropped already.
    package var figuresTooOld = 0
}
