import CZstd

/// Expands single Zstandard frames that tell their size, as `ZstdEncoder` makes them; kept by its
/// owner from frame to frame.
@safe
package struct ZstdFrameDecoder: ~Copyable {
    private let context: OpaquePointer

    package init() {
        guard let context = unsafe ZSTD_createDCtx() else {
            preconditionFailure("zstd has no memory")
        }
        unsafe self.context = context
    }

    deinit { unsafe ZSTD_freeDCtx(context) }

    /// Expands the frame that a stretch is, if it expands to no more than a limit.
    package mutating func expand(
        _ bytes: [UInt8], _ range: Range<Int>, bytesMax: Int
    ) throws(WireError) -> [UInt8] {
        precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count)
        let expected = try Self.size(of: bytes, range)
        guard expected <= UInt64(bytesMax) else {
            throw WireError(.limit("a zstd frame that expands too far"), at: range.lowerBound)
        }
        var status = 0
        let content = unsafe [UInt8](unsafeUninitializedCapacity: Int(expected)) { room, count in
            status = unsafe bytes.withUnsafeBytes { source in
                let source = unsafe UnsafeRawBufferPointer(rebasing: source[range])
                return unsafe ZSTD_decompressDCtx(
                    context, room.baseAddress, Int(expected), source.baseAddress, source.count)
            }
            count = ZSTD_isError(status) == 0 ? status : 0
        }
        guard ZSTD_isError(status) == 0, status == Int(expected) else {
            throw WireError(.invalid("broken zstd data"), at: range.lowerBound)
        }
        return content
    }

    private static func size(
        of bytes: [UInt8], _ range: Range<Int>
    ) throws(WireError) -> UInt64 {
        let size = unsafe bytes.withUnsafeBytes { source in
            let source = unsafe UnsafeRawBufferPointer(rebasing: source[range])
            return unsafe ZSTD_getFrameContentSize(source.baseAddress, source.count)
        }
        // The library's marks for no frame and for no size are its two highest numbers.
        guard size < UInt64.max - 1 else {
            throw WireError(.invalid("no zstd frame that tells its size"), at: range.lowerBound)
        }
        return size
    }
}
