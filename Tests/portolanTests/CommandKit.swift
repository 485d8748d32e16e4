import Settings
import Synchronization

@testable import portolan

/// What a command line printed and ended with.
struct Outcome: Equatable {
    var code: Int32
    var said = ""
    var complained = ""
}

/// Surroundings that collect what is printed, over files given as texts.
private final class Recorder: Sendable {
    let printed = Mutex((said: "", complained: ""))

    func surroundings(environment: [String: String], files: [String: String]) -> Surroundings {
        Surroundings(
            environment: environment,
            readFile: { path throws(UnreadableFile) in
                guard let content = files[path] else {
                    throw UnreadableFile(reason: "No such file or directory")
                }
                return Array(content.utf8)
            },
            say: { text in self.printed.withLock { $0.said += text } },
            complain: { text in self.printed.withLock { $0.complained += text } })
    }
}

func outcome(
    environment: [String: String] = [:], files: [String: String] = [:],
    _ run: (Surroundings) throws -> Int32
) rethrows -> Outcome {
    let recorder = Recorder()
    let code = try run(recorder.surroundings(environment: environment, files: files))
    let printed = recorder.printed.withLock { $0 }
    return Outcome(code: code, said: printed.said, complained: printed.complained)
}

func portolan(_ words: String..., files: [String: String] = [:]) -> Outcome {
    outcome(files: files) { Portolan.run(words, in: $0) }
}
