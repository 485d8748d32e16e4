/// Makes a tree of events. Invariant: `open` holds the collections that have begun and not ended,
/// the outermost first; `root` is set once, when the outermost ends.
struct YAMLTreeBuilder {
    private(set) var root: YAMLNode?
    private var open: [OpenCollection] = []
    private var nodes = 0
    private var documents = 0

    mutating func take(_ event: YAMLEvent) throws(YAMLError) {
        try refuseWhatIsNotRead(event)
        switch event.kind {
        case .documentStart:
            documents += 1
            guard documents == 1 else {
                throw YAMLError("a second document is not read", at: event.place)
            }
        case .scalar(let text, let isPlain):
            try add(.scalar(text, isPlain: isPlain), at: event.place)
        case .sequenceStart: try start(isMapping: false, at: event.place)
        case .mappingStart: try start(isMapping: true, at: event.place)
        case .sequenceEnd, .mappingEnd:
            guard let ended = open.popLast() else { return }
            try attach(ended.node)
        case .alias, .end, .other: break
        }
    }

    private func refuseWhatIsNotRead(_ event: YAMLEvent) throws(YAMLError) {
        guard event.kind != .alias else {
            throw YAMLError("aliases (*name) are not read", at: event.place)
        }
        guard !event.hasAnchor else {
            throw YAMLError("anchors (&name) are not read", at: event.place)
        }
        guard !event.hasTag else { throw YAMLError("tags (!name) are not read", at: event.place) }
    }

    private mutating func start(isMapping: Bool, at place: YAMLPlace) throws(YAMLError) {
        try count(at: place)
        guard open.count < YAMLDocument.depthMax else {
            throw YAMLError("more than \(YAMLDocument.depthMax) levels are not read", at: place)
        }
        guard open.last?.wantsKey != true else {
            throw YAMLError("a key must be a text, not a list or a mapping", at: place)
        }
        open.append(OpenCollection(isMapping: isMapping, place: place))
    }

    private mutating func add(_ content: YAMLNode.Content, at place: YAMLPlace) throws(YAMLError) {
        try count(at: place)
        try attach(YAMLNode(content: content, place: place))
    }

    private mutating func count(at place: YAMLPlace) throws(YAMLError) {
        nodes += 1
        guard nodes <= YAMLDocument.nodesMax else {
            throw YAMLError("more than \(YAMLDocument.nodesMax) values are not read", at: place)
        }
    }

    /// Gives a finished node to the collection that it stands in.
    private mutating func attach(_ node: YAMLNode) throws(YAMLError) {
        guard !open.isEmpty else {
            root = node
            return
        }
        try open[open.count - 1].take(node)
    }
}

/// A collection whose end is not read yet: a sequence fills `items`, a mapping the rest.
private struct OpenCollection {
    let isMapping: Bool
    let place: YAMLPlace
    private var items: [YAMLNode] = []
    private var entries: [YAMLEntry] = []
    /// The line of every key so far.
    private var keyLines: [String: Int] = [:]
    /// The key whose value comes next.
    private var key: (text: String, place: YAMLPlace)?

    init(isMapping: Bool, place: YAMLPlace) {
        self.isMapping = isMapping
        self.place = place
    }

    var wantsKey: Bool { isMapping && key == nil }

    var node: YAMLNode {
        YAMLNode(content: isMapping ? .mapping(entries) : .sequence(items), place: place)
    }

    mutating func take(_ node: YAMLNode) throws(YAMLError) {
        guard isMapping else {
            items.append(node)
            return
        }
        if let (text, place) = key {
            entries.append(YAMLEntry(key: text, keyPlace: place, value: node))
            key = nil
        } else if case .scalar(let text, _) = node.content {
            try takeKey(text, at: node.place)
        }
    }

    private mutating func takeKey(_ text: String, at place: YAMLPlace) throws(YAMLError) {
        if let line = keyLines.updateValue(place.line, forKey: text) {
            throw YAMLError(
                "the key \(shortYAMLScalar(text)) already stands in line \(line)", at: place)
        }
        key = (text, place)
    }
}
