/// What SQLite says went wrong.
struct SQLiteFault: Error, Equatable, Sendable {
    /// A primary result code; unknown ones survive.
    struct Code: RawRepresentable, Equatable, Sendable {
        let rawValue: Int32

        static let busy = Code(rawValue: 5)
        static let readOnly = Code(rawValue: 8)
        static let inputOutput = Code(rawValue: 10)
        static let corrupt = Code(rawValue: 11)
        static let full = Code(rawValue: 13)
        static let cannotOpen = Code(rawValue: 14)
        static let notADatabase = Code(rawValue: 26)
    }

    let code: Code
    let message: String
    /// What it was asked to do.
    let statement: String

    /// Whether the database itself is broken, and not the disk or the machine below it.
    var isDamage: Bool {
        switch code {
        case .busy, .readOnly, .inputOutput, .full, .cannotOpen: false
        default: true
        }
    }
}

extension SQLiteFault: CustomStringConvertible {
    var description: String { "\(message) (SQLite \(code.rawValue)) at: \(statement)" }
}
