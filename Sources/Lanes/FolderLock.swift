import CLinux

/// Holds a folder for this process, by a lock on a file in it. The kernel lets go of the lock when
/// the process ends, however it ends; the file stays.
package struct FolderLock: ~Copyable, Sendable {
    package enum Failure: Error, Equatable, Sendable {
        /// Somebody else has the folder: what that one wrote about itself.
        case held(by: String)
        case fault(FileFault)
    }

    private let file: Descriptor

    package init(_ path: String) throws(Failure) {
        do throws(FileFault) {
            file = try Self.locked(path)
        } catch {
            guard error.code == .again else { throw .fault(error) }
            throw .held(by: Self.holder(path))
        }
    }

    private static func locked(_ path: String) throws(FileFault) -> Descriptor {
        let file = Descriptor(
            owning: try calling("open", path) {
                unsafe clinux_open_data(path, O_RDWR | O_CREAT)
            })
        try calling("lock", path) { clinux_lock(file.raw) }
        try calling("truncate", path) { ftruncate(file.raw, 0) }
        let text = Array("process \(getpid())\n".utf8)
        try calling("write", path) {
            unsafe text.withUnsafeBytes { unsafe pwrite(file.raw, $0.baseAddress, $0.count, 0) }
        }
        return file
    }

    private static func holder(_ path: String) -> String {
        let text = (try? readFileText(path, bytesMax: 64)) ?? ""
        return text.isEmpty ? "another process" : String(text.prefix { $0 != "\n" })
    }
}
