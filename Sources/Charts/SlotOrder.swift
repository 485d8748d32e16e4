/// The slots of a delta in the ledger's order: by family, ten seconds and the ledger's subject.
struct SlotOrder {
    struct Item {
        let family: ChartFamily
        let ten: Int64
        let subject: UInt64
        let slot: Int
    }

    private let items: [Item]

    init(_ delta: borrowing ChartDelta, numbers: LaneNumbers) {
        var items: [Item] = []
        items.reserveCapacity(delta.figures.count)
        for slot in delta.figures.indices {
            let figures = delta.figures[slot]
            items.append(
                Item(
                    family: figures.family, ten: Int64(figures.ten),
                    subject: numbers.subject(figures.subject, of: figures.family), slot: slot))
        }
        items.sort { $0.precedes($1) }
        self.items = items
    }

    /// Stretches of one family and ten seconds.
    var windows: [ArraySlice<Item>] {
        var windows: [ArraySlice<Item>] = []
        var start = 0
        for end in 1...max(1, items.count) where end <= items.count {
            if end < items.count, items[end].isWindow(of: items[start]) { continue }
            windows.append(items[start..<end])
            start = end
        }
        return windows
    }
}

extension SlotOrder.Item {
    fileprivate func isWindow(of other: SlotOrder.Item) -> Bool {
        ten == other.ten && family == other.family
    }

    fileprivate func precedes(_ other: SlotOrder.Item) -> Bool {
        if family != other.family { return family.rawValue < other.family.rawValue }
        return ten != other.ten ? ten < other.ten : subject < other.subject
    }
}

extension FigureSum {
    /// Adds what a lane counted; values of dimensions are numbered anew.
    mutating func add(slot: Int, of delta: borrowing ChartDelta, values: [UInt32]) {
        scalars.add(delta.figures[slot].scalars)
        let first = Int(delta.figures[slot].ten % 6) * 10
        for second in 0..<10 {
            let busy = delta.figures[slot].busy[second]
            if busy != 0 { addBusy(busy, second: first + second) }
        }
        delta.counts.forEach(slot: slot) { code, value in
            guard code >= CountCode.firstValue else { return add(value, code: code) }
            let number = values[CountCode.number(code)]
            let dimension = CountCode.dimension(code)
            add(value, code: CountCode.value(number, ofDimension: dimension))
        }
    }
}
