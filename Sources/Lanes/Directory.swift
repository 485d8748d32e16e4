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
package func freeBytes(at path: String) -> Int? {
    var space = statvfs()
    guard unsafe statvfs(path, &space) == 0 else { return nil }
    let (bytes, isTooMany) = space.f_bavail.multipliedReportingOverflow(by: space.f_frsize)
    return isTooMany ? Int.max : Int(clamping: bytes)
}
