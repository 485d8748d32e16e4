import Glibc
import Lanes

/// A folder of its own, gone with its owner.
struct ScratchFolder: ~Copyable {
    let directory: DataDirectory

    init() throws {
        let name = String(UInt64.random(in: .min ... .max), radix: 36)
        directory = try DataDirectory(making: "/tmp/portolan-journal-\(name)")
    }

    var path: String { directory.path }

    borrowing func bytes(_ name: String) throws -> [UInt8] {
        try readFileBytes(directory.file(name), bytesMax: 1 << 28)
    }

    borrowing func write(_ bytes: [UInt8], to name: String) throws {
        var file = try DataFile(directory.file(name), .create)
        try file.truncate(to: 0)
        try file.append(bytes)
    }

    borrowing func segments() throws -> [String] {
        try directory.names().filter { $0.hasSuffix(".pj") }
    }

    borrowing func clear() throws {
        for name in try directory.names() { try directory.remove(name) }
    }

    deinit {
        for name in (try? directory.names()) ?? [] { try? directory.remove(name) }
        _ = unsafe rmdir(directory.path)
    }
}
