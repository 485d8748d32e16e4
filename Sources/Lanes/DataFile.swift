import CLinux

/// Owns a file of the data directory: made, appended to, read at any place, synced.
///
/// Every call goes on until all its bytes are through, over interrupts and short writes. After a
/// failed write or sync nobody knows what is on disk: the owner must not go on with the file.
/// Invariant: `end` is where the next append goes.
package struct DataFile: ~Copyable, Sendable {
    package enum Access: Sendable {
        case read
        /// Of a file that is there.
        case write
        /// Of a file that is there or not.
        case create
        /// Of a file that must not be there.
        case createNew

        fileprivate var flags: Int32 {
            switch self {
            case .read: O_RDONLY
            case .write: O_RDWR
            case .create: O_RDWR | O_CREAT
            case .createNew: O_RDWR | O_CREAT | O_EXCL
            }
        }
    }

    package let path: String
    package private(set) var end: Int
    private let file: Descriptor

    /// Links are not followed: what stands in the data directory is ours.
    package init(_ path: String, _ access: Access) throws(FileFault) {
        let file = Descriptor(
            owning: try calling("open", path) { unsafe clinux_open_data(path, access.flags) })
        end = try Self.bytes(of: file.raw, path)
        self.file = file
        self.path = path
    }

    /// How long the file is, also when another owner writes it.
    package borrowing func bytes() throws(FileFault) -> Int {
        try Self.bytes(of: file.raw, path)
    }

    private static func bytes(of raw: Int32, _ path: String) throws(FileFault) -> Int {
        var status = stat()
        try calling("look at", path) { unsafe fstat(raw, &status) }
        return Int(status.st_size)
    }

    // MARK: - Writing

    package mutating func append(_ bytes: [UInt8], _ range: Range<Int>) throws(FileFault) {
        try append(bytes, range, [], 0..<0)
    }

    package mutating func append(_ bytes: [UInt8]) throws(FileFault) {
        try append(bytes, bytes.indices)
    }

    /// Two stretches one behind the other, in one call: heads, and a body that needs no copy.
    package mutating func append(
        _ first: [UInt8], _ firstRange: Range<Int>, _ second: [UInt8], _ secondRange: Range<Int>
    ) throws(FileFault) {
        try write(first, firstRange, second, secondRange, at: end)
    }

    /// Over what is there, or behind it.
    package mutating func write(
        _ bytes: [UInt8], _ range: Range<Int>, at offset: Int
    ) throws(FileFault) {
        try write(bytes, range, [], 0..<0, at: offset)
    }

    private mutating func write(
        _ first: [UInt8], _ firstRange: Range<Int>, _ second: [UInt8], _ secondRange: Range<Int>,
        at offset: Int
    ) throws(FileFault) {
        precondition(firstRange.lowerBound >= 0 && firstRange.upperBound <= first.count)
        precondition(secondRange.lowerBound >= 0 && secondRange.upperBound <= second.count)
        var firstRest = firstRange
        var secondRest = secondRange
        var place = offset
        while !firstRest.isEmpty || !secondRest.isEmpty {
            let written = try calling("write", path) {
                unsafe first.withUnsafeBytes { first in
                    unsafe second.withUnsafeBytes { second in
                        let first = unsafe UnsafeRawBufferPointer(rebasing: first[firstRest])
                        let second = unsafe UnsafeRawBufferPointer(rebasing: second[secondRest])
                        return unsafe clinux_write_two(
                            file.raw, first.baseAddress, first.count, second.baseAddress,
                            second.count, off_t(place))
                    }
                }
            }
            // The kernel takes at least a byte, or says why not.
            guard written > 0 else { throw FileFault("write", path, .noSpace) }
            place += written
            let ofFirst = min(written, firstRest.count)
            firstRest = (firstRest.lowerBound + ofFirst)..<firstRest.upperBound
            secondRest = (secondRest.lowerBound + written - ofFirst)..<secondRest.upperBound
        }
        end = max(end, place)
    }

    /// Makes what was written survive a power loss (fdatasync), with the length if it changed.
    package borrowing func sync() throws(FileFault) {
        try calling("sync", path) { fdatasync(file.raw) }
    }

    package mutating func truncate(to bytes: Int) throws(FileFault) {
        try calling("truncate", path) { ftruncate(file.raw, off_t(bytes)) }
        end = bytes
    }

    /// Takes room on disk for a file of that many bytes, without making it longer: then appending
    /// needs none. Where the file system cannot, nothing happens.
    package borrowing func reserve(_ bytes: Int) throws(FileFault) {
        do throws(FileFault) {
            try calling("reserve room for", path) { clinux_reserve(file.raw, off_t(bytes)) }
        } catch  where error.code == .notSupported {
        }
    }

    // MARK: - Reading

    /// Fills a part of an array from a place in the file. Less only at the end of the file.
    package borrowing func read(
        into bytes: inout [UInt8], _ range: Range<Int>, at offset: Int
    ) throws(FileFault) -> Int {
        precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count && offset >= 0)
        var done = 0
        while done < range.count {
            let got = try calling("read", path) {
                unsafe bytes.withUnsafeMutableBytes { buffer in
                    let rest = unsafe UnsafeMutableRawBufferPointer(
                        rebasing: buffer[(range.lowerBound + done)..<range.upperBound])
                    return unsafe pread(
                        file.raw, rest.baseAddress, rest.count, off_t(offset + done))
                }
            }
            if got == 0 { break }
            done += got
        }
        return done
    }
}
