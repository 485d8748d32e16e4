/// Elements by number, in pages that never move: growing copies nothing, and what is given back is
/// used again.
struct Paged<Element> {
    private var pages: [[Element]] = []
    private var free: [UInt32] = []
    /// Numbers handed out for the first time so far.
    private var used = 0
    private let empty: Element

    init(empty: Element) { self.empty = empty }

    static var pageCount: Int { 4_096 }
    /// With a place for each of its elements among the free ones.
    static var pageBytes: Int {
        pageCount * (MemoryLayout<Element>.stride + MemoryLayout<UInt32>.stride)
    }

    /// The memory that is held, and what one more element would add to it.
    var bytes: Int { pages.count * Self.pageBytes }
    var bytesOfNext: Int {
        free.isEmpty && used == pages.count * Self.pageCount ? Self.pageBytes : 0
    }

    /// How many are in use.
    var count: Int { used - free.count }

    mutating func add(_ element: Element) -> UInt32 {
        if let number = free.popLast() {
            update(number) { $0 = element }
            return number
        }
        if used == pages.count * Self.pageCount {
            pages.append(Array(repeating: empty, count: Self.pageCount))
        }
        let number = UInt32(used)
        used += 1
        update(number) { $0 = element }
        return number
    }

    mutating func remove(_ number: UInt32) { free.append(number) }

    @inline(__always)
    subscript(number: UInt32) -> Element {
        pages[Int(number) / Self.pageCount][Int(number) % Self.pageCount]
    }

    @inline(__always)
    mutating func update<Result>(_ number: UInt32, _ change: (inout Element) -> Result) -> Result {
        change(&pages[Int(number) / Self.pageCount][Int(number) % Self.pageCount])
    }
}
