/// Where the figures of a query are found: in memory, or stored by the block, the hour or the day.
extension ChartLedger {
    /// What a query may hold of what it reads before it adds that up.
    private static var readBytesMax: Int { 32 << 20 }

    /// Nil when the answer would be too large.
    func rows(
        _ plan: QueryPlan, _ family: ChartFamily, sharesSubjects: Bool,
        _ belonging: (UInt64) -> Sweep.Belonging
    ) -> [Sweep.Row]? {
        var sweep = Sweep(plan)
        var readBytesMax = Self.readBytesMax
        guard let extent else { return [] }
        var second = max(plan.window.from, WindowGrain.day.start(of: extent.from))
        let end = min(plan.window.to, WindowGrain.day.start(of: extent.to) + 2 * 86_400)
        while second < end {
            let place = place(at: second, plan)
            switch place.grain {
            case .block: add(place, family, plan, sharesSubjects: sharesSubjects, to: &sweep)
            case .hour, .day: addCoarse(place, family, to: &sweep)
            }
            second = place.end
            guard sweep.readBytes > readBytesMax else { continue }
            sweep.compact(belonging)
            // What is left is the answer itself.
            readBytesMax = max(readBytesMax, sweep.readBytes * 2)
        }
        return sweep.rows(belonging)
    }

    /// The stretch that a second of the query is taken from: the coarsest that a long query has
    /// room for, or the only one that is left.
    private func place(at second: Int64, _ plan: QueryPlan) -> WindowPlace {
        for grain in [WindowGrain.day, .hour] {
            let place = WindowPlace(grain, start: grain.start(of: second))
            guard isStored(place) else { continue }
            let isWanted =
                place.start == second && plan.isInOneStep(from: place.start, to: place.end)
                && plan.window.seconds >= 6 * grain.seconds
            if isWanted || !isStoredFiner(place) { return place }
        }
        return WindowPlace(.block, start: WindowGrain.block.start(of: second))
    }

    /// Of coarse stretches all is taken: `QueryPlan` has widened the query to them.
    private func addCoarse(
        _ place: WindowPlace, _ family: ChartFamily, to sweep: inout Sweep
    ) {
        let section = place.grain.folded(family)
        for piece in shelf?.pieces(place) ?? [] {
            sweep.addStored(read(piece, section..<(section + 1), family), start: place.start)
        }
        // What came late and is not stored yet.
        for number in (place.start / ChartBlock.seconds)..<(place.end / ChartBlock.seconds)
        where blocks[number] != nil {
            for minute in unstoredMinutes(number, family) {
                sweep.addWindow(minute, start: place.start, areRead: false)
            }
        }
    }

    private func add(
        _ place: WindowPlace, _ family: ChartFamily, _ plan: QueryPlan, sharesSubjects: Bool,
        to sweep: inout Sweep
    ) {
        let number = place.start / ChartBlock.seconds
        if plan.windowSeconds == 60, plan.isInOneStep(from: place.start, to: place.end),
            let folded = foldedBlock(number, family, sharesSubjects: sharesSubjects)
        {
            return sweep.addFolded(folded, start: place.start)
        }
        guard blocks[number] != nil || isStored(number) else { return }
        let from = max(place.start, plan.window.from)
        let to = min(place.end, plan.window.to)
        let block = plan.windowSeconds == 60 ? minutes(number, family) : nil
        for second in stride(from: from, to: to, by: Int(plan.windowSeconds)) {
            let minute = Int((second - place.start) / 60)
            if let block {
                sweep.addWindow(block.minutes[minute], start: second, areRead: block.isRead)
            } else if let tens = blocks[number]?[family, minute].tens, !tens.isEmpty {
                let runs = tens[Int(second % 60 / 10)].runs
                sweep.addWindow(runs, start: second, areRead: false)
            }
        }
    }

    // MARK: - What is left by age

    private func isStored(_ place: WindowPlace) -> Bool {
        !(shelf?.pieces(place).isEmpty ?? true)
    }

    private func isStoredFiner(_ place: WindowPlace) -> Bool {
        guard let finer = place.grain.finer else { return false }
        return stride(from: place.start, to: place.end, by: Int(finer.seconds)).contains {
            let inside = WindowPlace(finer, start: $0)
            return isStored(inside) || isStoredFiner(inside)
        }
    }

    /// The coarsest grain that some of a window is stored by and nothing finer: queries are widened
    /// to whole stretches of it. Seconds.
    func coarsest(in window: ChartWindow) -> Int64 {
        guard let stored = shelf?.extent else { return 60 }
        let from = max(window.from, stored.from)
        let to = min(window.to, stored.to)
        for grain in [WindowGrain.day, .hour] where from < to {
            let starts = stride(from: grain.start(of: from), to: to, by: Int(grain.seconds))
            let isOnly = starts.contains {
                let place = WindowPlace(grain, start: $0)
                return isStored(place) && !isStoredFiner(place)
            }
            if isOnly { return grain.seconds }
        }
        return 60
    }
}
