package import Spans

/// The traces of one lane: open ones until they settle, settled ones for as long as they can be
/// amended, and after that only that they were there.
///
/// Owned by the lane's thread. What it holds is bounded by `limits.memoryBytesMax`: when that is
/// reached, the trace that settled first is forgotten, and when none has settled, the one that is
/// due first settles early.
/// Invariant: an entry that is in the index is in the wheel, among the settled, or in both (being
/// amended); one that was forgotten while in the wheel is freed when the wheel gives it back.
package struct TraceTable: ~Copyable {
    package let limits: AssemblyLimits
    package private(set) var tally = AssemblyTally()
    var spans = Paged(empty: Node(span: SpanSkeleton(), next: Self.none))
    var entries = Paged(empty: Entry())
    private var index = TraceIndex()
    private var wheel = SettleWheel()
    private var settled = SettledQueue()
    private var forgotten: ForgottenTraces
    private var lag = ArrivalLag()
    private var nowMilliseconds = 0
    private var openOrder = OpenOrder()
    /// All spans of this lane in the records of the journal up to here were taken, and so were the
    /// messages that records of other lanes tell of. Only grows. A trace does not settle before this
    /// has reached its last span, so that what is counted is all that there was up to a record.
    package var position: UInt64 = 0
    /// Whether a trace is due that waits for the position.
    package private(set) var isHeldBack = false
    private let hash: TraceHash
    // One trace at a time is laid out here.
    private var work: [SpanSkeleton] = []
    private var workIndex: SpanIndex
    private var isCopy: [Bool] = []

    static var none: UInt32 { .max }

    package init(limits: AssemblyLimits, using random: inout some RandomNumberGenerator) {
        self.limits = limits
        hash = TraceHash(using: &random)
        workIndex = SpanIndex(using: &random)
        forgotten = ForgottenTraces(bytesMax: limits.memoryBytesMax / 16)
    }

    struct Node {
        var span: SpanSkeleton
        var next: UInt32
    }

    struct Entry {
        var trace = TraceID(high: 0, low: 0)
        var lastMilliseconds = 0
        /// When the first span came, or the first after it settled; and when it settled first. Tenths
        /// of a second are enough, and take half of the room.
        private var openedTenths: UInt32 = 0
        private var settledTenths: UInt32 = 0
        /// The position when it was opened, and the last record that it has a span of.
        var floor: UInt64 = 0
        var lastSequence: UInt64 = 0
        var firstSpan = TraceTable.none
        var spanCount: UInt32 = 0
        var nextDue = TraceTable.none
        var nextSettled = TraceTable.none
        /// How many of the spans the figures hold: those that stand last.
        var countedSpans: UInt32 = 0
        var isInWheel = false
        /// Whether it has spans that are not counted.
        var isOpen = false
        var isSettled = false
        var isForgotten = false

        var openedMilliseconds: Int {
            get { Int(openedTenths) * 100 }
            set { openedTenths = UInt32(clamping: newValue / 100) }
        }

        var settledMilliseconds: Int {
            get { Int(settledTenths) * 100 }
            set { settledTenths = UInt32(clamping: newValue / 100) }
        }
    }

    /// Open and settled traces that are held, and the memory that they take.
    package var traceCount: Int { entries.count }
    package var spanCount: Int { spans.count }
    package var bytes: Int { bytesOfTraces + forgotten.bytes }
    private var bytesOfTraces: Int {
        spans.bytes + entries.bytes + index.bytes + openOrder.bytes
    }
    package var quietMilliseconds: Int {
        lag.quietMilliseconds(in: limits.quietMilliseconds...limits.quietMaxMilliseconds)
    }

    // MARK: - In

    /// Takes a span of a trace that this lane owns.
    package mutating func take(
        _ span: SpanSkeleton, of trace: TraceID, sequence: UInt64 = 0, nowMilliseconds now: Int,
        into counter: inout some TraceCounter & ~Copyable
    ) {
        nowMilliseconds = max(nowMilliseconds, now)
        makeRoom(into: &counter)
        let key = hash.hash(trace)
        guard let number = find(trace, key) ?? open(trace, key) else {
            tally.late += 1
            return
        }
        guard entries[number].spanCount < limits.spansPerTraceMax else {
            tally.overTraceLimit += 1
            return
        }
        let node = spans.add(Node(span: span, next: entries[number].firstSpan))
        let now = nowMilliseconds
        let pause = entries.update(number) { entry in
            let pause = now - entry.lastMilliseconds
            entry.firstSpan = node
            entry.spanCount += 1
            entry.lastMilliseconds = now
            entry.lastSequence = max(entry.lastSequence, sequence)
            if !entry.isInWheel { entry.openedMilliseconds = now }
            return pause
        }
        if pause > 0 { lag.note(pauseMilliseconds: pause) }
        if !entries[number].isInWheel { push(number, due: now + quietMilliseconds) }
        guard !entries[number].isOpen else { return }
        let floor = position
        entries.update(number) { entry in
            entry.floor = floor
            entry.isOpen = true
        }
        openOrder.open(at: floor)
    }

    /// All records up to this one are in what was counted, as far as this lane goes.
    package var countedThrough: UInt64 { openOrder.lowest ?? position }

    /// Whether spans of a trace are held.
    package func has(_ trace: TraceID) -> Bool { find(trace, hash.hash(trace)) != nil }

    /// Counts a span as one that came after its trace was forgotten.
    package mutating func noteLate() { tally.late += 1 }

    /// Takes the spans of a trace, of which there are none, that is settled and was counted before.
    package mutating func restore(
        _ trace: TraceID, _ counted: [SpanSkeleton], nowMilliseconds now: Int,
        into counter: inout some TraceCounter & ~Copyable
    ) {
        nowMilliseconds = max(nowMilliseconds, now)
        guard let number = open(trace, hash.hash(trace)) else { return }
        for span in counted {
            makeRoom(into: &counter)
            let node = spans.add(Node(span: span, next: entries[number].firstSpan))
            entries.update(number) { entry in
                entry.firstSpan = node
                entry.spanCount += 1
            }
        }
        // It was counted without copies, wherever these were kept.
        gather(number)
        if workIndex.hasRepeatedIDs { _ = dropCopies(number) }
        noteSettled(number)
    }

    private func find(_ trace: TraceID, _ key: UInt64) -> UInt32? {
        index.find(key) { entries[$0].trace == trace }
    }

    /// Nil for a trace that was forgotten.
    private mutating func open(_ trace: TraceID, _ key: UInt64) -> UInt32? {
        guard !forgotten.contains(key) else { return nil }
        var entry = Entry()
        entry.trace = trace
        entry.lastMilliseconds = nowMilliseconds
        let number = entries.add(entry)
        index.add(key, number)
        return number
    }

    private mutating func push(_ number: UInt32, due: Int) {
        let next = wheel.push(number, dueMilliseconds: due)
        entries.update(number) { entry in
            entry.nextDue = next
            entry.isInWheel = true
        }
    }

    // MARK: - Time

    /// Settles what is due and forgets what is too old to be amended.
    package mutating func tick(
        nowMilliseconds now: Int, into counter: inout some TraceCounter & ~Copyable
    ) {
        nowMilliseconds = max(nowMilliseconds, now)
        isHeldBack = false
        while let list = wheel.popDue(nowMilliseconds: nowMilliseconds) {
            eachPopped(list) { table, number in table.look(at: number, into: &counter) }
        }
        while let number = settled.first,
            entries[number].settledMilliseconds + limits.lateMilliseconds <= nowMilliseconds
        {
            forgetFirst(into: &counter)
        }
        lag.tick(nowMilliseconds: nowMilliseconds)
    }

    /// Settles all that is open: nothing more will come.
    package mutating func close(into counter: inout some TraceCounter & ~Copyable) {
        while let list = wheel.popEarliest() {
            eachPopped(list) { table, number in table.settle(number, into: &counter) }
        }
    }

    private mutating func eachPopped(
        _ list: UInt32, _ use: (inout TraceTable, UInt32) -> Void
    ) {
        var next = list
        while next != Self.none {
            let number = next
            wheel.popped()
            let isForgotten = entries.update(number) { entry in
                next = entry.nextDue
                entry.isInWheel = false
                return entry.isForgotten
            }
            if isForgotten { entries.remove(number) } else { use(&self, number) }
        }
    }

    /// One that is due: settles it, or waits on.
    private mutating func look(at number: UInt32, into counter: inout some TraceCounter & ~Copyable)
    {
        let entry = entries[number]
        let oldest = entry.openedMilliseconds + limits.ageMaxMilliseconds
        let quiet = min(entry.lastMilliseconds + quietMilliseconds, oldest)
        guard quiet <= nowMilliseconds else {
            push(number, due: quiet)
            return
        }
        guard entry.lastSequence <= position else {
            isHeldBack = true
            push(number, due: nowMilliseconds + Self.heldBackMilliseconds)
            return
        }
        let last = min(entry.lastMilliseconds + limits.quietMaxMilliseconds, oldest)
        gather(number)
        if !entry.isSettled, !isComplete {
            guard last <= nowMilliseconds else {
                push(number, due: last)
                return
            }
            tally.settledIncomplete += 1
        }
        settleGathered(number, into: &counter)
    }

    private static let heldBackMilliseconds = 50

    // MARK: - Settling

    /// Lays the spans of a trace out in `work`, all but the first few, and indexes them.
    private mutating func gather(_ number: UInt32, butFirst skipped: UInt32 = 0) {
        work.removeAll(keepingCapacity: true)
        var next = entries[number].firstSpan
        for _ in 0..<skipped where next != Self.none { next = spans[next].next }
        while next != Self.none {
            let node = spans[next]
            work.append(node.span)
            next = node.next
        }
        workIndex.fill(work)
    }

    /// Whether the root has ended and no span names a parent that is absent.
    private var isComplete: Bool {
        var hasRoot = false
        for span in work where !span.isLinked {
            if span.parent == 0 {
                if span.flags.contains(.noEnd) { return false }
                hasRoot = true
            } else if workIndex.first(of: span.parent, in: work) == nil {
                return false
            }
        }
        return hasRoot
    }

    private mutating func settle(
        _ number: UInt32, into counter: inout some TraceCounter & ~Copyable
    ) {
        gather(number)
        settleGathered(number, into: &counter)
    }

    /// Counts the trace that lies in `work`; what was counted of it before is taken back first.
    private mutating func settleGathered(
        _ number: UInt32, into counter: inout some TraceCounter & ~Copyable
    ) {
        let entry = entries[number]
        if entry.isSettled {
            gather(number, butFirst: entry.spanCount - entry.countedSpans)
            counter.count(entry.trace, work, workIndex, sign: -1)
            gather(number)
            tally.amended += 1
        } else {
            tally.settled += 1
            lag.noteTrace()
        }
        if workIndex.hasRepeatedIDs, dropCopies(number) { gather(number) }
        counter.count(entry.trace, work, workIndex, sign: 1)
        counter.settled(
            entry.trace, work, through: max(position, entry.lastSequence),
            isAmended: entry.isSettled)
        noteSettled(number)
    }

    private mutating func noteSettled(_ number: UInt32) {
        let now = nowMilliseconds
        if entries[number].isOpen { openOrder.close(openedAt: entries[number].floor) }
        let wasSettled = entries.update(number) { entry in
            let wasSettled = entry.isSettled
            entry.isOpen = false
            entry.countedSpans = entry.spanCount
            if !wasSettled { entry.settledMilliseconds = now }
            entry.isSettled = true
            return wasSettled
        }
        guard !wasSettled else { return }
        if let last = settled.last { entries.update(last) { $0.nextSettled = number } }
        settled.append(number)
    }

    /// Keeps one of the copies of each span; says whether there were any.
    private mutating func dropCopies(_ number: UInt32) -> Bool {
        markCopies()
        var dropped = 0
        var before = Self.none
        var next = entries[number].firstSpan
        for position in work.indices {
            let node = next
            next = spans[node].next
            guard isCopy[position] else {
                before = node
                continue
            }
            if before == Self.none {
                entries.update(number) { $0.firstSpan = next }
            } else {
                spans.update(before) { $0.next = next }
            }
            spans.remove(node)
            dropped += 1
        }
        guard dropped > 0 else { return false }
        entries.update(number) { $0.spanCount -= UInt32(dropped) }
        tally.copies += dropped
        return true
    }

    /// Marks all spans of `work` that another one counts in the place of. Client and server reports
    /// of one id are two spans.
    private mutating func markCopies() {
        isCopy.removeAll(keepingCapacity: true)
        isCopy.append(contentsOf: repeatElement(false, count: work.count))
        for position in work.indices where workIndex.isFirst(position, in: work) {
            var best: (incoming: Int?, other: Int?)
            var next: Int? = position
            while let candidate = next {
                if work[candidate].isIncoming {
                    best.incoming = better(best.incoming, candidate)
                } else {
                    best.other = better(best.other, candidate)
                }
                next = workIndex.next(after: candidate)
            }
        }
    }

    /// Marks one of two copies. Which one of two that are alike in all that matters is no matter.
    private mutating func better(_ best: Int?, _ other: Int) -> Int {
        guard let best else { return other }
        let isBetter = work[other].counts(before: work[best])
        isCopy[isBetter ? best : other] = true
        return isBetter ? other : best
    }

    // MARK: - Forgetting

    /// Frees memory until one more span of a new trace fits.
    private mutating func makeRoom(into counter: inout some TraceCounter & ~Copyable) {
        while case let more = spans.bytesOfNext + entries.bytesOfNext + index.bytesOfNext, more > 0,
            bytesOfTraces + more + forgotten.bytesMax > limits.memoryBytesMax
        {
            if settled.first == nil, !settleEarliest(into: &counter) { return }
            if settled.first != nil {
                tally.forgottenEarly += 1
                forgetFirst(into: &counter)
            }
        }
    }

    /// Settles a list of those that are due first; false when none is open.
    private mutating func settleEarliest(into counter: inout some TraceCounter & ~Copyable) -> Bool
    {
        guard let list = wheel.popEarliest() else { return false }
        eachPopped(list) { table, number in
            table.tally.settledEarly += 1
            table.settle(number, into: &counter)
        }
        return true
    }

    /// Forgets the trace that settled first; what came for it since is counted before.
    private mutating func forgetFirst(into counter: inout some TraceCounter & ~Copyable) {
        guard let number = settled.first else { return }
        if entries[number].isInWheel { settle(number, into: &counter) }
        settled.removeFirst(next: entries[number].nextSettled)
        let key = hash.hash(entries[number].trace)
        forgotten.insert(key)
        index.remove(key, number)
        var next = entries[number].firstSpan
        while next != Self.none {
            let node = next
            next = spans[node].next
            spans.remove(node)
        }
        if entries[number].isInWheel {
            entries.update(number) { $0.isForgotten = true }
        } else {
            entries.remove(number)
        }
    }
}

/// Settled traces in the order in which they settled, as a list through their entries.
struct SettledQueue {
    private(set) var first: UInt32?
    private(set) var last: UInt32?

    mutating func append(_ number: UInt32) {
        if first == nil { first = number }
        last = number
    }

    mutating func removeFirst(next: UInt32) {
        if next == TraceTable.none {
            first = nil
            last = nil
        } else {
            first = next
        }
    }
}

/// Hashes of traces that were settled and forgotten, so that what comes for them later is not
/// counted a second time. The older half goes when the younger is full.
struct ForgottenTraces {
    private var young: Set<UInt64> = []
    private var old: Set<UInt64> = []
    private let countMax: Int

    /// A set takes up to three words for each of its members.
    private static let bytesEach = 24

    init(bytesMax: Int) { countMax = max(16, bytesMax / Self.bytesEach / 2) }

    var bytes: Int { (young.capacity + old.capacity) * Self.bytesEach }
    var bytesMax: Int { 2 * countMax * Self.bytesEach }

    func contains(_ hash: UInt64) -> Bool { young.contains(hash) || old.contains(hash) }

    mutating func insert(_ hash: UInt64) {
        if young.count >= countMax {
            swap(&young, &old)
            young.removeAll(keepingCapacity: true)
        }
        young.insert(hash)
    }
}
