import CZstd

/// The largest window that a decoder gives to its frames, which is what it may cost us.
enum ZstdWindow: Int32 {
    /// The most that the content coding may ask for (RFC 9659).
    case ofRequests = 23
    /// What the zstd program takes unless told otherwise.
    case ofFiles = 27

    fileprivate var error: StaticText {
        switch self {
        case .ofRequests: "a zstd window over 8 MiB"
        case .ofFiles: "a zstd window over 128 MiB"
        }
    }
}

/// Zstandard's streaming decoder.
@safe
struct ZstdDecoder: StreamDecoder, ~Copyable {
    private let window: ZstdWindow
    private let context: OpaquePointer
    private var isAtFrameStart = true

    init(window: ZstdWindow = .ofRequests) {
        guard let context = unsafe ZSTD_createDCtx() else {
            preconditionFailure("zstd has no memory")
        }
        let status = unsafe ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, window.rawValue)
        precondition(ZSTD_isError(status) == 0, "zstd refuses the window limit")
        unsafe self.context = context
        self.window = window
    }

    deinit { unsafe ZSTD_freeDCtx(context) }

    var mayBeFollowed: Bool { true }

    mutating func restart() {
        let status = unsafe ZSTD_DCtx_reset(context, ZSTD_reset_session_only)
        precondition(ZSTD_isError(status) == 0, "zstd's state is broken")
        isAtFrameStart = true
    }

    mutating func step(
        from input: [UInt8], _ source: Range<Int>, to output: inout [UInt8], _ target: Range<Int>
    ) throws(WireError) -> InflationStep {
        if isAtFrameStart {
            try checkWindow(ZstdFrameHeader(input[source]), at: source.lowerBound)
            isAtFrameStart = false
        }
        var from = unsafe ZSTD_inBuffer(src: nil, size: source.count, pos: 0)
        var to = unsafe ZSTD_outBuffer(dst: nil, size: target.count, pos: 0)
        let status = unsafe input.withUnsafeBufferPointer { bytes in
            unsafe output.withUnsafeMutableBufferPointer { room in
                unsafe from.src = bytes.baseAddress.map {
                    unsafe UnsafeRawPointer($0 + source.lowerBound)
                }
                unsafe to.dst = room.baseAddress.map {
                    unsafe UnsafeMutableRawPointer($0 + target.lowerBound)
                }
                return unsafe ZSTD_decompressStream(context, &to, &from)
            }
        }
        let consumed = unsafe from.pos
        try check(status, at: source.lowerBound + consumed)
        return unsafe InflationStep(consumed: consumed, produced: to.pos, endsStream: status == 0)
    }

    private func checkWindow(
        _ header: ZstdFrameHeader?, at offset: Int
    ) throws(WireError) {
        guard let header, header.windowSize > 1 << UInt64(window.rawValue) else { return }
        throw WireError(.limit(window.error), at: offset)
    }

    private func check(_ status: Int, at offset: Int) throws(WireError) {
        guard ZSTD_isError(status) != 0 else { return }
        switch ZSTD_getErrorCode(status) {
        case ZSTD_error_frameParameter_windowTooLarge:
            throw WireError(.limit(window.error), at: offset)
        case ZSTD_error_memory_allocation:
            throw WireError(.outOfMemory, at: offset)
        case ZSTD_error_srcSize_wrong:
            throw WireError(.truncated, at: offset)
        default:
            throw WireError(.invalid("broken zstd data or check sum"), at: offset)
        }
    }
}
