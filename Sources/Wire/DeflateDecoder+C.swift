import CZlib

/// What stands around deflated data.
enum DeflateWrapper {
    case gzip
    case zlib
    case none

    /// Content coding `deflate` means the zlib wrapper (RFC 9110, 8.4.1.2), but some clients send
    /// bare deflated data. No encoder writes bare data that looks like a zlib header: by its low
    /// bits it would be a stored block, whose padding bits nobody sets.
    init(guessedFrom body: [UInt8], count: Int) {
        guard count >= 2 else {
            self = .zlib
            return
        }
        let isDeflate = body[0] & 0x0f == 8 && body[0] >> 4 <= 7
        let isChecked = (UInt16(body[0]) << 8 | UInt16(body[1])) % 31 == 0
        self = isDeflate && isChecked ? .zlib : .none
    }

    /// `windowBits` as `inflateReset2` wants it, for the full window of 32 KiB.
    fileprivate var windowBits: Int32 {
        switch self {
        case .gzip: 15 + 16
        case .zlib: 15
        case .none: -15
        }
    }
}

/// zlib's inflater, for all three wrappers. The check sums are tested by zlib.
@safe
struct DeflateDecoder: StreamDecoder, ~Copyable {
    // On the heap, because the library's state points back to it.
    private let stream: UnsafeMutablePointer<z_stream>
    private var wrapper = DeflateWrapper.gzip

    init() {
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        let status = unsafe inflateInit2_(
            stream, wrapper.windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        precondition(status == Z_OK, "zlib has no memory or another version")
    }

    deinit {
        unsafe inflateEnd(stream)
        unsafe stream.deallocate()
    }

    mutating func select(_ wrapper: DeflateWrapper) { self.wrapper = wrapper }

    var mayBeFollowed: Bool { wrapper == .gzip }

    mutating func restart() {
        let status = unsafe inflateReset2(stream, wrapper.windowBits)
        precondition(status == Z_OK, "zlib's state is broken")
    }

    mutating func step(
        from input: [UInt8], _ source: Range<Int>, to output: inout [UInt8], _ target: Range<Int>
    ) throws(WireError) -> InflationStep {
        let offered = UInt32(clamping: source.count)
        let room = UInt32(clamping: target.count)
        let status = unsafe input.withUnsafeBufferPointer { from in
            unsafe output.withUnsafeMutableBufferPointer { to in
                // zlib takes the input as writable, and does not write to it.
                unsafe stream.pointee.next_in = UnsafeMutablePointer(
                    mutating: from.baseAddress.map { unsafe $0 + source.lowerBound })
                unsafe stream.pointee.avail_in = offered
                unsafe stream.pointee.next_out = to.baseAddress.map {
                    unsafe $0 + target.lowerBound
                }
                unsafe stream.pointee.avail_out = room
                return unsafe CZlib.inflate(stream, Z_NO_FLUSH)
            }
        }
        let step = unsafe InflationStep(
            consumed: Int(offered - stream.pointee.avail_in),
            produced: Int(room - stream.pointee.avail_out), endsStream: status == Z_STREAM_END)
        try Self.check(status, at: source.lowerBound + step.consumed)
        return step
    }

    private static func check(_ status: Int32, at offset: Int) throws(WireError) {
        switch status {
        // A step without progress is Z_BUF_ERROR; the caller sees it by the counts.
        case Z_OK, Z_STREAM_END, Z_BUF_ERROR: return
        case Z_NEED_DICT: throw WireError(.invalid("a preset dictionary"), at: offset)
        case Z_MEM_ERROR: throw WireError(.outOfMemory, at: offset)
        default: throw WireError(.invalid("broken deflate data or check sum"), at: offset)
        }
    }
}
