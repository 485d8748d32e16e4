/// The tree of one YAML document, for files that people write.
///
/// A strict part of YAML: one document, keys that are texts and stand once, no anchors, aliases or
/// tags. Limits: `bytesMax` of input, `depthMax` levels, `nodesMax` nodes. Building keeps its own
/// stack, so that depth costs no stack of ours.
package struct YAMLDocument: Equatable, Sendable {
    package let root: YAMLNode

    package static let bytesMax = 1 << 20
    package static let depthMax = 32
    package static let nodesMax = 1 << 16

    /// An empty text is a document with one plain, empty scalar.
    package init(parsing bytes: [UInt8]) throws(YAMLError) {
        let start = YAMLPlace(line: 1, column: 1)
        guard bytes.count <= Self.bytesMax else {
            throw YAMLError("the file is larger than 1 MiB", at: start)
        }
        var events = try YAMLEvents(bytes)
        var builder = YAMLTreeBuilder()
        while true {
            let event = try events.next()
            if event.kind == .end { break }
            try builder.take(event)
        }
        root = builder.root ?? YAMLNode(content: .scalar("", isPlain: true), place: start)
    }
}

/// Where something stands; both count from one.
package struct YAMLPlace: Equatable, Sendable {
    package let line: Int
    package let column: Int
}

/// One value, with where it starts.
package struct YAMLNode: Equatable, Sendable {
    package enum Content: Equatable, Sendable {
        case scalar(String, isPlain: Bool)
        case sequence([YAMLNode])
        case mapping([YAMLEntry])
    }

    package let content: Content
    package let place: YAMLPlace

    /// Whether this is what YAML reads as nothing: no text, `~` or `null`, without quotes.
    package var isNull: Bool {
        guard case .scalar(let text, isPlain: true) = content else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(text)
    }
}

/// A key and its value; entries keep the order of the file.
package struct YAMLEntry: Equatable, Sendable {
    package let key: String
    package let keyPlace: YAMLPlace
    package let value: YAMLNode
}

/// What is wrong with a YAML text, and where.
package struct YAMLError: Error, Equatable, CustomStringConvertible {
    package let problem: String
    package let place: YAMLPlace

    init(_ problem: String, at place: YAMLPlace) {
        self.problem = problem
        self.place = place
    }

    package var description: String {
        "\(problem) at line \(place.line), column \(place.column)"
    }
}
