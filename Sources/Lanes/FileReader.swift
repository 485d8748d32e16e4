import CLinux

/// Reads a file, or whatever can be opened as one, from its start to its end, piece by piece.
package struct FileReader: ~Copyable {
    package let path: String
    /// How long the file is; nil for a pipe, or what else has no length.
    package let bytes: Int?
    private let file: Descriptor

    package init(_ path: String) throws(LaneIOError) {
        do throws(Errno) {
            file = Descriptor(owning: try retrying { unsafe clinux_open_to_read(path) })
        } catch {
            throw LaneIOError(call: "open", path: path, reason: "\(error)")
        }
        var status = stat()
        let isKnown = unsafe fstat(file.raw, &status) == 0
        bytes = isKnown && PathKind(status) == .file ? Int(status.st_size) : nil
        self.path = path
    }

    /// Fills the start of an array, as far as there are bytes; 0 at the end of the file.
    package borrowing func read(into chunk: inout [UInt8]) throws(LaneIOError) -> Int {
        do throws(Errno) {
            return try file.read(into: &chunk, at: 0, most: chunk.count)
        } catch {
            throw LaneIOError(call: "read", path: path, reason: "\(error)")
        }
    }
}

/// Whether errors go to a terminal, where people look on and a line can be written over.
package func isStandardErrorTerminal() -> Bool { isatty(STDERR_FILENO) == 1 }
