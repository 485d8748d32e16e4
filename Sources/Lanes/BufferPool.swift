/// Byte arrays of one lane, kept for the next request: a fresh quarter of a megabyte costs more in
/// page faults than reading a request into it. An array's `count` is its capacity; how much of it
/// means something is the holder's affair. Sizes are powers of two.
package final class BufferPool {
    private var free: [[[UInt8]]]
    private var keptBytes = 0
    private let keepBytesMax: Int

    /// Smaller arrays are not worth keeping, larger ones are rare.
    private static let shiftMin = 12
    private static let shiftMax = 22

    package init(keepBytesMax: Int = 8 << 20) {
        self.keepBytesMax = keepBytesMax
        free = Array(repeating: [], count: Self.shiftMax + 1)
    }

    /// How large an array for that many bytes is.
    package static func size(for bytes: Int) -> Int {
        1 << max(shiftMin, Int.bitWidth - (max(bytes, 1) - 1).leadingZeroBitCount)
    }

    /// An array of at least that many bytes, with any content.
    package func take(atLeast bytes: Int) -> [UInt8] {
        let size = Self.size(for: bytes)
        let shift = size.trailingZeroBitCount
        if shift <= Self.shiftMax, let array = free[shift].popLast() {
            keptBytes -= size
            return array
        }
        return Array(repeating: 0, count: size)
    }

    package func give(_ array: consuming [UInt8]) {
        let shift = array.count.trailingZeroBitCount
        guard array.count == 1 << shift, (Self.shiftMin...Self.shiftMax).contains(shift),
            keptBytes + array.count <= keepBytesMax
        else { return }
        keptBytes += array.count
        free[shift].append(array)
    }
}
