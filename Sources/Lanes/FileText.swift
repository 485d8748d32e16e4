import CLinux

/// A call to the system that failed: which, on what, and why.
package struct LaneIOError: Error, Equatable, Sendable, CustomStringConvertible {
    package let call: String
    package let path: String
    package let reason: String

    package var description: String { "\(call) \(path): \(reason)" }
}

/// The largest file that is read whole unless said otherwise; settings and secrets are far smaller.
package let fileBytesMax = 1 << 20

/// The whole content of a file of at most so many bytes.
package func readFileBytes(
    _ path: String, bytesMax: Int = fileBytesMax
) throws(LaneIOError) -> [UInt8] {
    let file: Descriptor
    do {
        file = Descriptor(owning: try retrying { unsafe clinux_open_to_read(path) })
    } catch {
        throw LaneIOError(call: "open", path: path, reason: "\(error)")
    }
    // One byte more than is allowed tells a file of just that size from a larger one.
    var content = [UInt8](repeating: 0, count: min(bytesMax, fileBytesMax) + 1)
    var count = 0
    while count <= bytesMax {
        if count == content.count {
            let more = min(count, bytesMax + 1 - count)
            content.append(contentsOf: repeatElement(0, count: more))
        }
        let read: Int
        do {
            read = try file.read(into: &content, at: count, most: content.count - count)
        } catch {
            throw LaneIOError(call: "read", path: path, reason: "\(error)")
        }
        if read == 0 { return Array(content[..<count]) }
        count += read
    }
    throw LaneIOError(call: "read", path: path, reason: "is larger than \(bytesMax) bytes")
}

/// The whole content of a text file of at most so many bytes.
package func readFileText(
    _ path: String, bytesMax: Int = fileBytesMax
) throws(LaneIOError) -> String {
    let bytes = try readFileBytes(path, bytesMax: bytesMax)
    guard let text = String(validating: bytes, as: UTF8.self) else {
        throw LaneIOError(call: "read", path: path, reason: "is not UTF-8 text")
    }
    return text
}

package func writeStandardOutput(_ text: String) { write(text, to: STDOUT_FILENO) }

package func writeStandardError(_ text: String) { write(text, to: STDERR_FILENO) }

/// What cannot be written is dropped: there is nobody left to tell.
private func write(_ text: String, to file: Int32) {
    let bytes = Array(text.utf8)
    var rest = bytes[...]
    while !rest.isEmpty {
        let written = try? retrying { () -> Int in
            unsafe rest.withUnsafeBytes { unsafe CLinux.write(file, $0.baseAddress, $0.count) }
        }
        guard let written, written > 0 else { return }
        rest = rest.dropFirst(written)
    }
}

/// The variables that the process was started with; text that is not UTF-8 is left out.
package func environment() -> [String: String] {
    var variables: [String: String] = [:]
    guard var next = unsafe clinux_environment() else { return variables }
    while let entry = unsafe next.pointee {
        if let text = unsafe String(validatingCString: entry),
            let equals = text.firstIndex(of: "=")
        {
            variables[String(text[..<equals])] = String(text[text.index(after: equals)...])
        }
        unsafe next += 1
    }
    return variables
}

package func endProcess(_ code: Int32) -> Never { exit(code) }
