/// A call on a file or folder of ours that failed: which, on what, and why.
package struct FileFault: Error, Equatable, Sendable, CustomStringConvertible {
    package let call: String
    package let path: String
    package let code: Errno

    package init(_ call: String, _ path: String, _ code: Errno) {
        self.call = call
        self.path = path
        self.code = code
    }

    package var description: String { "\(call) \(path): \(code)" }
}

/// Makes a call on a file of ours, again while a signal interrupts.
@discardableResult
func calling<Count: FixedWidthInteger & SignedInteger>(
    _ name: String, _ path: String, _ call: () -> Count
) throws(FileFault) -> Count {
    do throws(Errno) {
        return try retrying(call)
    } catch {
        throw FileFault(name, path, error)
    }
}

/// A stretch of a file of ours that cannot be what was written. It is set aside: all else is served.
package struct StoreDamage: Equatable, Sendable, CustomStringConvertible {
    package let file: String
    package let from: Int
    /// Zero where what is missing has no place in the file.
    package let bytes: Int
    package let what: String

    package init(file: String, from: Int, bytes: Int, what: String) {
        self.file = file
        self.from = from
        self.bytes = bytes
        self.what = what
    }

    package var description: String { "\(file), \(bytes) bytes at offset \(from): \(what)" }
}
