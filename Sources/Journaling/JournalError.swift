package import Lanes

/// Why the journal cannot be opened or read.
package struct JournalError: Error, Equatable, Sendable {
    package enum Kind: Equatable, Sendable {
        case file(FileFault)
        /// A segment that a later version of Portolan wrote.
        case newer(file: String, version: UInt8)
        case damaged(StoreDamage)
    }

    package let kind: Kind

    package init(_ kind: Kind) { self.kind = kind }

    /// Whether it is the file that is bad, and not the version or what the process may have.
    var isOfFile: Bool {
        guard case .file(let fault) = kind else { return false }
        return ![.noDescriptors, .noSystemDescriptors, .noMemory].contains(fault.code)
    }
}

extension JournalError: CustomStringConvertible {
    package var description: String {
        switch kind {
        case .file(let fault): "\(fault)"
        case .newer(let file, let version):
            "\(file) is of journal format \(version), this program reads up to "
                + "\(SegmentHead.version); start the version that wrote it"
        case .damaged(let damage): "\(damage)"
        }
    }
}

/// Runs what works on files, as the journal.
func asJournal<Result: ~Copyable>(
    _ work: () throws(FileFault) -> Result
) throws(JournalError) -> Result {
    do throws(FileFault) {
        return try work()
    } catch {
        throw JournalError(.file(error))
    }
}
