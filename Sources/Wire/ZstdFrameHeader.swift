/// The start of a zstd frame (RFC 8878, 3.1.1.1), read for the window that it asks for. The
/// library looks at the window only where the content does not fit the room that it has, and
/// the same body should have the same answer whatever buffer it meets.
struct ZstdFrameHeader {
    let windowSize: UInt64

    /// Nil if the bytes are another kind of frame, or cut: the decoder says what to think of them.
    init?(_ bytes: ArraySlice<UInt8>) {
        var rest = bytes
        guard Self.take(4, from: &rest) == 0xfd2f_b528, let descriptor = Self.take(1, from: &rest)
        else { return nil }
        let isSingleSegment = descriptor & 0x20 != 0
        guard isSingleSegment else {
            guard let window = Self.take(1, from: &rest) else { return nil }
            let base: UInt64 = 1 << (10 + window >> 3)
            windowSize = base + base / 8 * (window & 7)
            return
        }
        let dictionaryBytes = [0, 1, 2, 4][Int(descriptor & 3)]
        let sizeBytes = [1, 2, 4, 8][Int(descriptor >> 6)]
        guard Self.take(dictionaryBytes, from: &rest) != nil,
            let size = Self.take(sizeBytes, from: &rest)
        else { return nil }
        // What two bytes hold starts where one byte ends.
        windowSize = sizeBytes == 2 ? size + 256 : size
    }

    private static func take(_ count: Int, from bytes: inout ArraySlice<UInt8>) -> UInt64? {
        guard bytes.count >= count else { return nil }
        defer { bytes.removeFirst(count) }
        return bytes.prefix(count).reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}
