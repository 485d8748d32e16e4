import Wire

/// Different texts, each kept once and numbered in the order in which they came.
struct TextPool {
    private(set) var bytes: [UInt8] = []
    private(set) var ranges: [Range<Int>] = []
    /// By hash; texts that share one stand at the next free number behind it.
    private var numbers: [UInt64: Int] = [:]
    private let key: UInt64

    init(using random: inout some RandomNumberGenerator) { key = random.next() }

    mutating func number(of text: [UInt8]) -> Int {
        var hash = ByteHash.hash(text, text.indices, key: key)
        while let number = numbers[hash] {
            let range = ranges[number]
            if range.count == text.count,
                ByteHash.areEqual(text, 0, bytes, range.lowerBound, count: text.count)
            {
                return number
            }
            hash &+= 1
        }
        numbers[hash] = ranges.count
        ranges.append(bytes.count..<bytes.count + text.count)
        bytes += text
        return ranges.count - 1
    }

    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        ranges.removeAll(keepingCapacity: true)
        numbers.removeAll(keepingCapacity: true)
    }
}
