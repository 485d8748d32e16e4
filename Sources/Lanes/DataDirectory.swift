import CLinux

/// A folder of the data directory. What is made, renamed or removed in it survives a power loss
/// only after `sync`.
package struct DataDirectory: Sendable {
    package let path: String

    /// Makes the folder where there is none; the one around it must be there.
    package init(making path: String) throws(FileFault) {
        self.path = path
        do throws(FileFault) {
            try calling("make", path) { unsafe mkdir(path, 0o700) }
        } catch  where error.code == .fileExists {
            // Made by a run that may have ended before the next line.
        }
        try Self.sync(path + "/..")
    }

    package func file(_ name: String) -> String { "\(path)/\(name)" }

    /// Names of all that is in it, in order.
    package func names() throws(FileFault) -> [String] {
        do throws(Errno) {
            return try Lanes.names(inFolder: path).filter { $0 != "." && $0 != ".." }.sorted()
        } catch {
            throw FileFault("list", path, error)
        }
    }

    /// Takes the place of what has the other name.
    package func rename(_ name: String, to other: String) throws(FileFault) {
        try calling("rename", file(name)) {
            unsafe CLinux.rename(file(name), file(other))
        }
    }

    package func remove(_ name: String) throws(FileFault) {
        try calling("remove", file(name)) { unsafe unlink(file(name)) }
    }

    package func sync() throws(FileFault) { try Self.sync(path) }

    private static func sync(_ path: String) throws(FileFault) {
        let folder = Descriptor(
            owning: try calling("open", path) { unsafe clinux_open_folder(path) })
        try calling("sync", path) { fsync(folder.raw) }
    }
}
