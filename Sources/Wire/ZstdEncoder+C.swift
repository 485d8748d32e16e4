import CZstd

/// Makes Zstandard frames, each of a stretch of bytes; its state is kept from frame to frame, so
/// that the tables of the library are allocated once.
@safe
package struct ZstdEncoder: ~Copyable {
    private let context: OpaquePointer

    /// The higher the level, the smaller and slower; below zero faster still. Levels that the
    /// library does not have become its nearest.
    package init(level: Int) {
        guard let context = unsafe ZSTD_createCCtx() else {
            preconditionFailure("zstd has no memory")
        }
        let level = min(max(Int32(clamping: level), ZSTD_minCLevel()), ZSTD_maxCLevel())
        let status = unsafe ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level)
        precondition(ZSTD_isError(status) == 0, "zstd refuses the level")
        unsafe self.context = context
    }

    deinit { unsafe ZSTD_freeCCtx(context) }

    /// Writes one frame of a stretch over the start of an array that counts as room and grows
    /// where it has to; returns how long the frame is.
    package mutating func compress(
        _ bytes: [UInt8], _ range: Range<Int>, into room: inout [UInt8]
    ) -> Int {
        precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count)
        let bound = ZSTD_compressBound(range.count)
        if room.count < bound { room += repeatElement(0, count: bound - room.count) }
        let count = unsafe bytes.withUnsafeBytes { source in
            unsafe room.withUnsafeMutableBytes { target in
                let source = unsafe UnsafeRawBufferPointer(rebasing: source[range])
                return unsafe ZSTD_compress2(
                    context, target.baseAddress, target.count, source.baseAddress, source.count)
            }
        }
        // With room for the worst case only memory can be missing.
        precondition(ZSTD_isError(count) == 0, "zstd has no memory")
        return count
    }
}
