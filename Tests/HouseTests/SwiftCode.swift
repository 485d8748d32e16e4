/// Swift source with comments, texts and quoted names blanked out, line for line, so that a search
/// finds only code. Code inside a text's `\(…)` stays.
func codeOnly(_ source: String) -> String {
    var blanking = Blanking(source)
    return blanking.run()
}

private struct Blanking {
    private enum Inside {
        case code
        /// Of a `\(`; it ends with its own parenthesis.
        case interpolation(depth: Int)
        /// A raw text knows no escapes.
        case text(end: StaticString, isRaw: Bool)
        case lineComment
        case blockComment
        case name
    }

    private let source: [UInt8]
    private var at = 0
    private var out: [UInt8] = []
    private var open: [Inside] = [.code]

    init(_ source: String) { self.source = Array(source.utf8) }

    mutating func run() -> String {
        while at < source.count { step() }
        return String(decoding: out, as: UTF8.self)
    }

    private mutating func step() {
        switch open.last ?? .code {
        case .code: stepInCode(depth: nil)
        case .interpolation(let depth): stepInCode(depth: depth)
        case .text(let end, let isRaw): stepInText(end, isRaw: isRaw)
        case .lineComment: starts("\n") ? leave(1, keep: true) : blank(1)
        case .blockComment: starts("*/") ? leave(2) : blank(1)
        case .name: starts("`") ? leave(1) : blank(1)
        }
    }

    private mutating func stepInCode(depth: Int?) {
        if starts("//") { return enter(.lineComment, 2) }
        if starts("/*") { return enter(.blockComment, 2) }
        if starts("\"\"\"") { return enter(.text(end: "\"\"\"", isRaw: false), 3) }
        if starts("#\"") { return enter(.text(end: "\"#", isRaw: true), 2) }
        if starts("\"") { return enter(.text(end: "\"", isRaw: false), 1) }
        if starts("`") { return enter(.name, 1) }
        if let depth {
            if starts(")") && depth == 0 { return leave(1, keep: true) }
            let change = starts("(") ? 1 : starts(")") ? -1 : 0
            open[open.count - 1] = .interpolation(depth: depth + change)
        }
        keep()
    }

    private mutating func stepInText(_ end: StaticString, isRaw: Bool) {
        if starts(end) { return leave(end.utf8CodeUnitCount) }
        if starts("\\(") && !isRaw {
            blank(1)
            keep()
            open.append(.interpolation(depth: 0))
        } else {
            blank(starts("\\") && !isRaw ? 2 : 1)
        }
    }

    private func starts(_ text: StaticString) -> Bool {
        guard at + text.utf8CodeUnitCount <= source.count else { return false }
        for index in 0..<text.utf8CodeUnitCount
        where unsafe source[at + index] != text.utf8Start[index] { return false }
        return true
    }

    private mutating func keep() {
        out.append(source[at])
        at += 1
    }

    private mutating func blank(_ count: Int) {
        for byte in source[at..<min(at + count, source.count)] {
            out.append(byte == UInt8(ascii: "\n") ? byte : UInt8(ascii: " "))
        }
        at += count
    }

    private mutating func enter(_ inside: Inside, _ count: Int) {
        open.append(inside)
        blank(count)
    }

    private mutating func leave(_ count: Int, keep: Bool = false) {
        open.removeLast()
        keep ? self.keep() : blank(count)
    }
}

/// A function or initializer with a body.
struct FunctionLength {
    let name: String
    let line: Int
    let lines: Int
}

/// The functions in code that `codeOnly` made.
func functions(in code: String) -> [FunctionLength] {
    code.matches(of: /\b(?:func\s+(?<name>[^\s(<]+)|(?<kind>init|deinit|subscript))\b/)
        .compactMap { match in
            guard let body = body(in: code[match.range.upperBound...]) else { return nil }
            let name = match.output.name ?? match.output.kind ?? ""
            let before = code[..<match.range.lowerBound].count { $0 == "\n" }
            let inside = code[match.range.lowerBound..<body.upperBound].count { $0 == "\n" }
            return FunctionLength(name: String(name), line: before + 1, lines: inside + 1)
        }
}

/// From the brace that opens a function's body to the one that closes it; nil for a call or a
/// requirement, which have none.
private func body(in rest: Substring) -> Range<String.Index>? {
    var parentheses = 0
    var braces = 0
    var start: String.Index?
    for index in rest.indices {
        switch rest[index] {
        case "(" where start == nil: parentheses += 1
        case ")" where start == nil:
            parentheses -= 1
            if parentheses < 0 { return nil }
        case "{" where parentheses == 0:
            start = start ?? index
            braces += 1
        case "}" where parentheses == 0:
            braces -= 1
            guard let start, braces >= 0 else { return nil }
            if braces == 0 { return start..<rest.index(after: index) }
        case "\n" where start == nil && parentheses == 0:
            // A declaration goes on over a line break only with `{`, `where` or `throws`.
            let next = rest[index...].drop { $0.isWhitespace }
            guard next.starts(with: /\{|where\b|throws\b|->|async\b/) else { return nil }
        default: break
        }
    }
    return nil
}
