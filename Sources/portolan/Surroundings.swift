import Lanes
import Settings

/// What a command can reach outside of itself; tests hand in their own.
struct Surroundings: Sendable {
    let environment: [String: String]
    let readFile: @Sendable (String) throws(UnreadableFile) -> [UInt8]
    /// For what was asked for.
    let say: @Sendable (String) -> Void
    /// For errors.
    let complain: @Sendable (String) -> Void
    /// For a line that is written over while somebody waits; nil where nobody looks on.
    var progress: (@Sendable (String) -> Void)?

    static var ofProcess: Surroundings {
        Surroundings(
            environment: Lanes.environment(),
            readFile: { path throws(UnreadableFile) in
                do throws(LaneIOError) {
                    return try readFileBytes(path)
                } catch {
                    throw UnreadableFile(reason: error.reason)
                }
            },
            say: writeStandardOutput, complain: writeStandardError,
            progress: isStandardErrorTerminal() ? writeStandardError : nil)
    }
}
