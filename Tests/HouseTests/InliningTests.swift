import Testing

/// Across rooms, `@inlinable` takes effect only when the type is `@usableFromInline` too; without it
/// the member is called instead, and nothing warns.
@Suite struct `An inlinable member of a package type` {
    @Test func `belongs to a type that is usable from inline`() throws {
        let declarations = try Tree.code().flatMap { Self.declarations(in: $0.text) }
        let types = declarations.filter { $0.isType && $0.keyword != "extension" }
        let names = Set(types.map(\.name))
        let usable = Set(types.filter { $0.isUsableFromInline }.map(\.name))
        let inlinable = declarations.filter { !$0.isType && $0.isInlinable && $0.isPackage }
        #expect(inlinable.count > 20)
        // Members of the language's own types need nothing.
        let faults = inlinable.filter { names.contains($0.owner) && !usable.contains($0.owner) }
        #expect(faults.map { "\($0.owner).\($0.name)" } == [])
    }

    @Test func `is told from others`() {
        let found = Self.declarations(
            in:
                "@usableFromInline\npackage struct A { @inlinable package func b() { } }\nextension A "
                + "{ struct C { @inlinable package var d: Int { 1 } } }")
        #expect(found.map(\.name) == ["A", "b", "A", "A.C", "d"])
        #expect(found.map(\.owner) == ["", "A", "", "A", "A.C"])
        #expect(found.map(\.isInlinable) == [false, true, false, false, true])
    }

    private struct Declaration {
        let keyword: String
        /// A type's with those around it.
        let name: String
        let owner: String
        let isInlinable: Bool
        let isUsableFromInline: Bool
        let isPackage: Bool

        var isType: Bool { ["struct", "class", "enum", "extension"].contains(keyword) }
    }

    private static func declarations(in code: String) -> [Declaration] {
        let pattern =
            /(?<before>(?:(?:@\w+(?:\([^)]*\))?|package|private|public|internal|fileprivate|final|static|mutating)(?:\([a-z]+\))?\s+)*)\b(?<word>struct|class|enum|extension|func|var|init|subscript)\b\s*(?<name>[\w.]*)/
        var found: [Declaration] = []
        var owners: [(name: String, depth: Int)] = []
        var depth = 0
        var at = code.startIndex
        for match in code.matches(of: pattern) {
            for character in code[at..<match.range.lowerBound] {
                if character == "{" { depth += 1 }
                if character == "}" { depth -= 1 }
            }
            at = match.range.lowerBound
            while let last = owners.last, last.depth >= depth { owners.removeLast() }
            let owner = owners.last?.name ?? ""
            let word = String(match.output.word)
            let isType = ["struct", "class", "enum", "extension"].contains(word)
            let name = (isType && !owner.isEmpty ? owner + "." : "") + match.output.name
            found.append(
                Declaration(
                    keyword: word, name: name, owner: owner,
                    isInlinable: match.output.before.contains("@inlinable"),
                    isUsableFromInline: match.output.before.contains("@usableFromInline"),
                    isPackage: match.output.before.contains("package")))
            if isType { owners.append((name, depth)) }
        }
        return found
    }
}
