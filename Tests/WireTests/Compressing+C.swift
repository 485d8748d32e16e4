import CZlib
import CZstd

/// Compresses for the tests, with the wrapper that `windowBits` asks for: 31 gzip, 15 zlib, -15 none.
func deflated(_ content: [UInt8], windowBits: Int32 = 31) -> [UInt8] {
    var stream = unsafe z_stream()
    var input = content
    var out = [UInt8](repeating: 0, count: content.count + 1024)
    unsafe deflateInit2_(
        &stream, 6, Z_DEFLATED, windowBits, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
        Int32(MemoryLayout<z_stream>.size))
    let status = unsafe input.withUnsafeMutableBufferPointer { from in
        unsafe out.withUnsafeMutableBufferPointer { to in
            unsafe stream.next_in = from.baseAddress
            unsafe stream.avail_in = UInt32(from.count)
            unsafe stream.next_out = to.baseAddress
            unsafe stream.avail_out = UInt32(to.count)
            return unsafe deflate(&stream, Z_FINISH)
        }
    }
    precondition(status == Z_STREAM_END)
    let count = unsafe Int(stream.total_out)
    unsafe deflateEnd(&stream)
    return Array(out.prefix(count))
}

/// One frame with a check sum; without a pledged size the window is as large as `windowLog` says.
func zstandard(_ content: [UInt8], windowLog: Int32 = 20) -> [UInt8] {
    guard let context = unsafe ZSTD_createCCtx() else { preconditionFailure("no memory") }
    defer { unsafe ZSTD_freeCCtx(context) }
    unsafe ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, windowLog)
    unsafe ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
    unsafe ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, 0)
    var out = [UInt8](repeating: 0, count: ZSTD_compressBound(content.count))
    var to = unsafe ZSTD_outBuffer(dst: nil, size: out.count, pos: 0)
    let status = unsafe content.withUnsafeBytes { bytes in
        unsafe out.withUnsafeMutableBytes { room in
            unsafe to.dst = room.baseAddress
            // Content and end come apart, so that the size is not known beforehand.
            var from = unsafe ZSTD_inBuffer(src: bytes.baseAddress, size: bytes.count, pos: 0)
            _ = unsafe ZSTD_compressStream2(context, &to, &from, ZSTD_e_continue)
            return unsafe ZSTD_compressStream2(context, &to, &from, ZSTD_e_end)
        }
    }
    precondition(status == 0)
    return unsafe Array(out.prefix(to.pos))
}
