package import Lanes

/// Why the store cannot be opened or written.
package struct StoreError: Error, Equatable, Sendable {
    package enum Kind: Equatable, Sendable {
        /// Another process has the directory.
        case locked
        /// Written by a newer version of this program.
        case newer
        /// No room is left; it works again when there is.
        case full
        /// The disk, or what lies on it, does not do what it should.
        case failed
    }

    package let kind: Kind
    /// One line: what, where, and what to do.
    package let message: String

    package init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    package init(_ fault: FileFault) {
        let isFull = fault.code == .noSpace || fault.code == .overQuota
        self.init(isFull ? .full : .failed, "\(fault)")
    }

    init(_ fault: SQLiteFault, path: String) {
        self.init(fault.code == .full ? .full : .failed, "\(path): \(fault)")
    }
}

extension StoreError: CustomStringConvertible {
    package var description: String { message }
}
