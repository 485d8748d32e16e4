import CLinux
import Testing

@testable import Lanes

/// A folder of its own, gone with its owner.
struct ScratchFolder: ~Copyable {
    let path: String
    private var made: [String] = []

    init() throws {
        var template = Array("/tmp/portolan-XXXXXX".utf8CString)
        let isMade = unsafe mkdtemp(&template) != nil
        try #require(isMade)
        path = text(template)
    }

    mutating func makeFolder(_ name: String) {
        made.append("\(path)/\(name)")
        _ = unsafe mkdir("\(path)/\(name)", 0o700)
    }

    /// A file with one byte in it for each of its name.
    mutating func makeFile(_ name: String) throws {
        made.append("\(path)/\(name)")
        let raw = unsafe creat("\(path)/\(name)", 0o600)
        try #require(raw >= 0)
        let content = Array(name.utf8)
        #expect(try Descriptor(owning: raw).write(content, content.indices) == content.count)
    }

    /// Tells of what a test makes otherwise.
    mutating func holds(_ name: String) { made.append("\(path)/\(name)") }

    mutating func makeLink(_ name: String, to target: String) {
        made.append("\(path)/\(name)")
        _ = unsafe symlink(target, "\(path)/\(name)")
    }

    deinit {
        for path in made.reversed() + [path] where unsafe unlink(path) != 0 {
            _ = unsafe rmdir(path)
        }
    }
}
