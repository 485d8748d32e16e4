import Testing

@Suite struct `The code of the rooms` {
    private static let unwrapping = #"[\w)\]}>?]!(?!=)"#

    @Test(arguments: [
        ("a!", true), ("a()!", true), ("a[0]!.b", true), ("try! f()", true), ("a as! B", true),
        ("var a: B!", true), ("a != b", false), ("!a", false), ("a && !b", false), ("a!=b", false),
        ("a?.b", false),
    ])
    func `is searched for traps by a rule that finds them`(code: String, isTrap: Bool) {
        let file = TextFile(path: "", text: code)
        #expect(file.places(of: Self.unwrapping).isEmpty != isTrap)
    }

    @Test func `never unwraps by force`() throws {
        let found = try Tree.code().flatMap { $0.places(of: Self.unwrapping) }
        #expect(found == [])
    }

    @Test func `is unsafe only where bytes and C are`() throws {
        let files = try Tree.code().filter {
            !["Wire", "Lanes"].contains($0.room) && !$0.isFaceOfC
        }
        #expect(files.flatMap { $0.places(of: #"\bunsafe\b"#) } == [])
    }

    @Test func `says why where the compiler does not check what threads share`() throws {
        var faults: [String] = []
        var count = 0
        for file in try Tree.sources() {
            let lines = file.lines
            for (index, line) in lines.enumerated() where line.contains("@unchecked Sendable") {
                count += 1
                let near = lines[max(0, index - 10)..<min(index + 3, lines.count)]
                    .filter { $0.contains("//") }
                let saysWhy = near.contains { $0.contains(/[Uu]nchecked|because/) }
                if !saysWhy || !(file.room == "Lanes" || file.isFaceOfC) {
                    faults.append("\(file.path):\(index + 1)")
                }
            }
        }
        #expect(count > 0)
        #expect(faults == [])
    }

    @Test func `is in files and functions of a readable length`() throws {
        for file in try Tree.code() {
            #expect(file.lines.count <= 500, "\(file.path) has \(file.lines.count) lines")
            for function in functions(in: file.text) {
                #expect(
                    function.lines <= 70,
                    "\(file.path):\(function.line): \(function.name) has \(function.lines) lines")
            }
        }
    }
}
