import Sketches

/// What a lane has counted since it last handed over: figures by subject and ten seconds.
///
/// Owned by a lane, and swapped against an emptied one through `ChartParcel`. Counting allocates
/// nothing once the tables have their size. All sums wrap, so that a call that is added with the
/// sign -1 takes out what it put in, in whichever delta.
package struct ChartDelta: ~Copyable, Sendable {
    private var slots = PairTable()
    private(set) var figures: [SlotFigures] = []
    private(set) var counts = CountTable()

    package init() {}

    package var isEmpty: Bool { figures.isEmpty }

    /// What the tables take: a lane that cannot hand over has to bound it.
    package var bytes: Int {
        slots.bytes + counts.bytes + figures.capacity * MemoryLayout<SlotFigures>.stride
    }

    /// Keeps the storage for the next calls.
    package mutating func removeAll() {
        slots.removeAll()
        figures.removeAll(keepingCapacity: true)
        counts.removeAll()
    }

    /// The sign is 1, or -1 for a call that was counted before and is not true any more.
    package mutating func add(_ call: borrowing EdgeCall, sign: Int64) {
        let weight = call.weight &* sign
        let slot = slot(.edge, UInt64(call.edge), ten: Self.ten(of: call.endNanoseconds))
        figures[slot].scalars.add(call, sign: sign)
        counts.add(weight, slot: UInt32(slot), code: CountCode.facet(Facet(call)))
        bucket(call.serverNanoseconds, .server, weight: weight, slot: slot)
        bucket(call.clientNanoseconds, .client, weight: weight, slot: slot)
        bucket(call.gapNanoseconds, .gap, weight: weight, slot: slot)
        bucket(call.queueAgeNanoseconds, .queueAge, weight: weight, slot: slot)
        addBusy(
            from: call.startNanoseconds, to: call.endNanoseconds, weight: call.weight, sign: sign,
            slot: slot)
    }

    package mutating func add(_ call: borrowing OwnCall, sign: Int64) {
        let weight = call.weight &* sign
        let ten = Self.ten(of: call.endNanoseconds)
        let slot = slot(.operation, UInt64(call.operation), ten: ten)
        figures[slot].scalars.add(call, sign: sign)
        counts.add(weight, slot: UInt32(slot), code: CountCode.facet(Facet(call)))
        bucket(call.durationNanoseconds, .server, weight: weight, slot: slot)
        bucket(call.queueAgeNanoseconds, .queueAge, weight: weight, slot: slot)
        for index in 0..<OwnCall.dimensionsMax where call.dimensions[index] != OwnCall.none {
            let code = CountCode.value(call.dimensions[index], ofDimension: index)
            counts.add(weight, slot: UInt32(slot), code: code)
        }
        addBusy(
            from: call.startNanoseconds, to: call.endNanoseconds, weight: call.weight, sign: sign,
            slot: slot)
    }

    package mutating func add(_ share: borrowing CriticalShare, sign: Int64) {
        let spans = share.spans &* sign
        let subject = UInt64(share.entryOperation) << 32 | UInt64(share.edge)
        // Kept by the minute: nobody looks at these live.
        let minute = Self.ten(of: share.endNanoseconds) / 6
        let slot = slot(.critical, subject, ten: minute * 6)
        figures[slot].scalars.add(share, sign: sign)
        counts.add(share.weight &* spans, slot: UInt32(slot), code: CountCode.firstFacet)
    }

    @inline(__always)
    private mutating func bucket(
        _ nanoseconds: Int64, _ view: LatencyView, weight: Int64, slot: Int
    ) {
        guard nanoseconds >= 0 else { return }
        let bucket = LatencyScale.bucket(ofNanoseconds: UInt64(nanoseconds))
        counts.add(weight, slot: UInt32(slot), code: CountCode.bucket(bucket, of: view))
    }

    private mutating func slot(_ family: ChartFamily, _ subject: UInt64, ten: UInt32) -> Int {
        let place = UInt64(family.rawValue) << 32 | UInt64(ten)
        let new = UInt32(truncatingIfNeeded: figures.count)
        let slot = Int(slots.number(high: subject, low: place, orNew: new))
        if slot == figures.count {
            figures.append(SlotFigures(family, subject: subject, ten: ten))
            counts.addSlot()
        }
        return slot
    }

    /// In a window is what ended in it.
    private static func ten(of nanoseconds: UInt64) -> UInt32 {
        UInt32(truncatingIfNeeded: nanoseconds / 10_000_000_000)
    }
}

extension ChartDelta {
    /// How far back a long call keeps its subject busy, seen from its end.
    private static var longestBusy: UInt64 { 600_000_000_000 }
    private static var second: UInt64 { 1_000_000_000 }

    /// Spreads a call over the seconds in which it ran.
    private mutating func addBusy(
        from start: UInt64, to end: UInt64, weight: Int64, sign: Int64, slot: Int
    ) {
        guard start < end else { return }
        let start = max(start, end - min(end, Self.longestBusy))
        let (family, subject) = (figures[slot].family, figures[slot].subject)
        var slot = slot
        var pieceEnd = end
        while pieceEnd > start {
            let second = (pieceEnd &- 1) / Self.second
            let pieceStart = max(start, second &* Self.second)
            let ten = UInt32(truncatingIfNeeded: second / 10)
            if figures[slot].ten != ten { slot = self.slot(family, subject, ten: ten) }
            let busy = BusyTime.rounded(nanoseconds: pieceEnd &- pieceStart, weight: weight)
            figures[slot].busy[Int(second % 10)] &+= busy &* sign
            pieceEnd = pieceStart
        }
    }
}
