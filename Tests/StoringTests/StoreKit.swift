import Foundation
import Lanes
import MadeCalls
import Testing

@testable import Storing

/// A folder of its own, gone with its owner.
struct ScratchFolder: ~Copyable {
    let path: String
    let folder: DataDirectory

    init() throws {
        path = NSTemporaryDirectory() + "portolan-store-\(UInt64.random(in: 0 ... .max))"
        folder = try DataDirectory(making: path)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func bytes(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(filePath: "\(path)/\(name)")))
    }

    func write(_ bytes: [UInt8], to name: String) throws {
        try Data(bytes).write(to: URL(filePath: "\(path)/\(name)"))
    }

    /// Names with their contents, to see what was touched.
    func content() throws -> [String: [UInt8]] {
        var content: [String: [UInt8]] = [:]
        for name in try FileManager.default.subpathsOfDirectory(atPath: path) {
            var isFolder: ObjCBool = false
            _ = unsafe FileManager.default.fileExists(
                atPath: "\(path)/\(name)", isDirectory: &isFolder)
            if !isFolder.boolValue { content[name] = try bytes(name) }
        }
        return content
    }

    /// All of it under another path, as a crash at this moment would leave it.
    func copy() throws -> ScratchFolder {
        let copy = try ScratchFolder()
        for (name, bytes) in try content() {
            let target = URL(filePath: "\(copy.path)/\(name)")
            try FileManager.default.createDirectory(
                at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(bytes).write(to: target)
        }
        return copy
    }
}
