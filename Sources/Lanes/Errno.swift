import CLinux

/// An error number of the kernel; unknown ones survive.
package struct Errno: RawRepresentable, Error, Equatable, Sendable {
    package let rawValue: Int32

    package init(rawValue: Int32) { self.rawValue = rawValue }

    /// That of the last call on this thread.
    static var last: Errno { Errno(rawValue: clinux_errno()) }

    package static let interrupted = Errno(rawValue: EINTR)
    package static let again = Errno(rawValue: EAGAIN)
    package static let addressInUse = Errno(rawValue: EADDRINUSE)
    package static let noSuchFile = Errno(rawValue: ENOENT)
    package static let inputOutput = Errno(rawValue: EIO)
    package static let fileExists = Errno(rawValue: EEXIST)
    package static let noMemory = Errno(rawValue: ENOMEM)
    package static let noSpace = Errno(rawValue: ENOSPC)
    package static let notEmpty = Errno(rawValue: ENOTEMPTY)
    package static let overQuota = Errno(rawValue: EDQUOT)
    package static let notSupported = Errno(rawValue: EOPNOTSUPP)
    package static let noDescriptors = Errno(rawValue: EMFILE)
    package static let noSystemDescriptors = Errno(rawValue: ENFILE)
}

extension Errno: CustomStringConvertible {
    package var description: String { unsafe String(cString: strerror(rawValue)) }
}

/// The text in a C buffer, up to its zero.
func text(_ characters: [CChar]) -> String {
    String(decoding: characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

/// Calls again while a signal interrupts; -1 becomes the error number.
@inline(__always)
func retrying<Count: FixedWidthInteger & SignedInteger>(
    _ call: () -> Count
) throws(Errno) -> Count {
    while true {
        let result = call()
        if result >= 0 { return result }
        let code = Errno.last
        if code != .interrupted { throw code }
    }
}
