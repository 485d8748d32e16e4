import CCRC

/// The checksum of every block on disk: CRC32C, by the processor's instruction where it has one.
package enum CRC32C {
    /// Of a part of an array, behind bytes whose sum is known; 0 is that of nothing.
    package static func sum(
        _ bytes: [UInt8], _ range: Range<Int>, behind before: UInt32 = 0
    ) -> UInt32 {
        precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count)
        return unsafe bytes.withUnsafeBytes { buffer in
            guard let start = buffer.baseAddress else { return before }
            return unsafe ccrc_32c(before, start + range.lowerBound, range.count)
        }
    }
}
