/// Whole numbers in files of ours: the lowest byte first.
extension [UInt8] {
    package mutating func append<Number: FixedWidthInteger>(littleEndian number: Number) {
        unsafe Swift.withUnsafeBytes(of: number.littleEndian) { unsafe append(contentsOf: $0) }
    }

    package mutating func put<Number: FixedWidthInteger>(
        littleEndian number: Number, at offset: Int
    ) {
        precondition(offset >= 0 && offset + MemoryLayout<Number>.size <= count)
        unsafe withUnsafeMutableBytes {
            unsafe $0.storeBytes(of: number.littleEndian, toByteOffset: offset, as: Number.self)
        }
    }

    /// The bytes must be there: whoever reads has looked at the count.
    package func number<Number: FixedWidthInteger & BitwiseCopyable>(
        _ type: Number.Type = Number.self, at offset: Int
    ) -> Number {
        precondition(offset >= 0 && offset + MemoryLayout<Number>.size <= count)
        return unsafe withUnsafeBytes {
            unsafe Number(
                littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: Number.self))
        }
    }
}
