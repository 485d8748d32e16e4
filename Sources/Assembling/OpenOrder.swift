/// The traces that hold spans which are not counted, in the order in which they were opened: tells
/// from which record of the journal on such spans may come.
///
/// A trace is put in with the table's position at that time, which only grows: whatever is in it
/// came later.
struct OpenOrder {
    private struct Item {
        let entry: UInt32
        let floor: UInt64
    }

    private var items: [Item] = []
    private var first = 0

    mutating func append(_ entry: UInt32, floor: UInt64) {
        items.append(Item(entry: entry, floor: floor))
    }

    /// The lowest floor of those that are still open.
    mutating func lowest(isOpen: (UInt32, UInt64) -> Bool) -> UInt64? {
        while first < items.count, !isOpen(items[first].entry, items[first].floor) { first += 1 }
        if first > items.count / 2 {
            items.removeFirst(first)
            first = 0
        }
        return first < items.count ? items[first].floor : nil
    }

    var bytes: Int { items.capacity * MemoryLayout<Item>.stride }
}
