/// How many traces hold spans that are not counted, by the table's position when they were opened:
/// tells from which record of the journal on such spans may come.
///
/// Positions only grow, so that the floors ascend.
struct OpenOrder {
    private struct Floor {
        let position: UInt64
        var open: Int
    }

    private var floors: [Floor] = []
    private var first = 0

    mutating func open(at position: UInt64) {
        if floors.last?.position != position { floors.append(Floor(position: position, open: 0)) }
        floors[floors.count - 1].open += 1
    }

    mutating func close(openedAt position: UInt64) {
        var (low, high) = (first, floors.count)
        while low < high {
            let middle = (low + high) / 2
            if floors[middle].position < position { low = middle + 1 } else { high = middle }
        }
        floors[low].open -= 1
        while first < floors.count, floors[first].open == 0 { first += 1 }
        if first > floors.count / 2 {
            floors.removeFirst(first)
            first = 0
        }
    }

    /// Of the trace that is open for longest.
    var lowest: UInt64? { first < floors.count ? floors[first].position : nil }

    var bytes: Int { floors.capacity * MemoryLayout<Floor>.stride }
}
