import CLinux

/// Why files cannot be made in a directory; nil when they can.
package func directoryFault(_ path: String) -> Errno? {
    // The dot tells a directory from a file.
    do throws(Errno) {
        _ = try retrying { unsafe access("\(path)/.", W_OK | X_OK) }
        return nil
    } catch {
        return error
    }
}

/// Bytes that may still be written to the file system that a path is on.
package func freeBytes(at path: String) -> Int? { fileSystem(at: path)?.free }

/// How large the file system is that a path is on.
package func diskBytes(at path: String) -> Int? { fileSystem(at: path)?.all }

private func fileSystem(at path: String) -> (free: Int, all: Int)? {
    var space = statvfs()
    guard unsafe statvfs(path, &space) == 0 else { return nil }
    func bytes(_ blocks: fsblkcnt_t) -> Int {
        let (bytes, isTooMany) = blocks.multipliedReportingOverflow(by: space.f_frsize)
        return isTooMany ? Int.max : Int(clamping: bytes)
    }
    return (bytes(space.f_bavail), bytes(space.f_blocks))
}

/// What stands at a path.
package enum PathKind: Sendable {
    case file
    case folder
    case link
    case other

    /// Links are followed, so that none is found.
    package init(_ path: String) throws(LaneIOError) {
        var status = stat()
        do throws(Errno) {
            _ = try retrying { unsafe stat(path, &status) }
        } catch {
            throw LaneIOError(call: "open", path: path, reason: "\(error)")
        }
        self.init(status)
    }

    init(_ status: stat) {
        switch Int32(bitPattern: status.st_mode) & S_IFMT {
        case S_IFREG: self = .file
        case S_IFDIR: self = .folder
        case S_IFLNK: self = .link
        default: self = .other
        }
    }

    /// Of a link, the link; nil when nothing is there any more.
    fileprivate init?(unfollowed path: String) {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else { return nil }
        self.init(status)
    }
}

/// What a folder holds, in the order of names: files, links to files, and folders. Links to
/// folders are left out, so that no way down is a circle; hidden ones and devices too.
package func folderContent(
    _ path: String
) throws(LaneIOError) -> (files: [String], folders: [String]) {
    var files: [String] = []
    var folders: [String] = []
    for name in try visibleNames(path) {
        let place = "\(path)/\(name)"
        switch PathKind(unfollowed: place) {
        case .file: files.append(name)
        case .folder: folders.append(name)
        case .link:
            if let kind = try? PathKind(place), kind == .file { files.append(name) }
        case .other, nil: break
        }
    }
    return (files, folders)
}

private func visibleNames(_ path: String) throws(LaneIOError) -> [String] {
    do throws(Errno) {
        return try names(inFolder: path).filter { !$0.hasPrefix(".") }.sorted()
    } catch {
        throw LaneIOError(call: "open", path: path, reason: "\(error)")
    }
}

/// All names in a folder, in no order, `.` and `..` among them.
func names(inFolder path: String) throws(Errno) -> [String] {
    guard let folder = unsafe opendir(path) else { throw .last }
    defer { unsafe closedir(folder) }
    var names: [String] = []
    while let entry = unsafe readdir(folder) {
        let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
            unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        names.append(name)
    }
    return names
}
