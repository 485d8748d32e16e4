import Foundation

/// A text file of the project, by its path from the root.
struct TextFile: Sendable {
    let path: String
    let text: String

    var name: String { path.split(separator: "/").last.map(String.init) ?? path }

    /// The room of a file under `Sources`.
    var room: String { path.split(separator: "/").dropFirst().first.map(String.init) ?? "" }

    /// Whether it is where C is called.
    var isFaceOfC: Bool { name.hasSuffix("+C.swift") }

    var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }

    /// Where a regular expression is found, as `path:line: text`. By Foundation, which is quick
    /// enough to go through all files with it.
    func places(of pattern: String) -> [String] {
        var places: [String] = []
        var rest = text.startIndex..<text.endIndex
        while let found = text.range(of: pattern, options: .regularExpression, range: rest) {
            let line = text[..<found.lowerBound].utf8.count { $0 == UInt8(ascii: "\n") } + 1
            places.append("\(path):\(line): \(text[text.lineRange(for: found)])")
            rest = found.upperBound..<text.endIndex
        }
        return places
    }
}

/// The tree that these tests lie in.
enum Tree {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    /// Folders right below one.
    static func folders(in folder: String) throws -> [String] {
        let names = try FileManager.default.contentsOfDirectory(
            atPath: root.appending(path: folder).path)
        return names.filter { isFolder("\(folder)/\($0)") }.sorted()
    }

    /// All files below a folder that are text, by their endings; "" is a file without one.
    static func files(in folder: String, endings: Set<String>) throws -> [TextFile] {
        let paths = try FileManager.default.subpathsOfDirectory(
            atPath: root.appending(path: folder).path)
        return try paths.sorted().compactMap { path in
            let path = "\(folder)/\(path)"
            let ending = URL(filePath: path).pathExtension
            guard endings.contains(ending), !path.contains("/__pycache__"),
                !path.contains("/Corpus/"), !isFolder(path)
            else {
                return nil
            }
            return TextFile(path: path, text: try text(path))
        }
    }

    /// The Swift files of all rooms.
    static func sources() throws -> [TextFile] { try files(in: "Sources", endings: ["swift"]) }

    /// The same, with comments and texts blanked out.
    static func code() throws -> [TextFile] { try blanked.get() }

    private static let blanked = Result {
        try sources().map { TextFile(path: $0.path, text: codeOnly($0.text)) }
    }

    private static func isFolder(_ path: String) -> Bool {
        let values = try? root.appending(path: path).resourceValues(forKeys: [.isDirectoryKey])
        return values?.isDirectory ?? false
    }
}
