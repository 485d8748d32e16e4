import CLinux

/// Owns a file descriptor; closed when the owner goes.
package struct Descriptor: ~Copyable, Sendable {
    package let raw: Int32

    package init(owning raw: Int32) { self.raw = raw }

    deinit { close(raw) }

    /// A descriptor that stands for nothing, to be given up when one is needed.
    package static func spare() -> Descriptor? {
        let raw = dup(STDERR_FILENO)
        return raw < 0 ? nil : Descriptor(owning: raw)
    }

    /// Reads into a part of an array; zero at the end of the stream.
    package borrowing func read(
        into bytes: inout [UInt8], at offset: Int, most: Int
    ) throws(Errno) -> Int {
        precondition(offset >= 0 && most >= 0 && offset + most <= bytes.count)
        return try unsafe bytes.withUnsafeMutableBufferPointer { buffer throws(Errno) -> Int in
            guard let start = buffer.baseAddress else { return 0 }
            return try retrying { () -> Int in unsafe CLinux.read(raw, start + offset, most) }
        }
    }

    /// Writes a part of an array to a socket or file; may write less.
    package borrowing func write(_ bytes: [UInt8], _ range: Range<Int>) throws(Errno) -> Int {
        precondition(range.upperBound <= bytes.count)
        return try unsafe bytes.withUnsafeBufferPointer { buffer throws(Errno) -> Int in
            guard let start = buffer.baseAddress else { return 0 }
            return try retrying { () -> Int in
                unsafe CLinux.write(raw, start + range.lowerBound, range.count)
            }
        }
    }

    /// Ends the writing direction of a socket, so that the peer sees the end of the answer.
    package borrowing func shutdownWriting() { _ = shutdown(raw, Int32(SHUT_WR)) }

    /// Small answers go out at once.
    package borrowing func setNoDelay() {
        var one: Int32 = 1
        _ = unsafe setsockopt(
            raw, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
    }
}
