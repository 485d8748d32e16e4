import Wire

extension SettingsReader {
    mutating func readFile(_ path: String) {
        let bytes: [UInt8]
        do {
            bytes = try sources.readFile(path)
        } catch {
            return refuse(
                .file(path, line: nil), "cannot be read: \(error.reason)",
                advice: "give a file that can be read")
        }
        do {
            let root = try YAMLDocument(parsing: bytes).root
            readTree(root, of: path)
        } catch {
            refuse(
                .file(path, line: error.place.line),
                "column \(error.place.column): \(error.problem)", advice: "correct the YAML")
        }
    }

    /// Walks the sections in the order of the file, with a list of what is still to be read.
    private mutating func readTree(_ root: YAMLNode, of path: String) {
        guard !root.isNull else { return }
        guard case .mapping(let entries) = root.content else {
            return refuse(
                .file(path, line: root.place.line), "this is no list of settings",
                advice: "write a setting a line, as `key: value`")
        }
        var waiting = entries.reversed().map { (key: $0.key, entry: $0) }
        var given: [String: SettingPlace] = [:]
        while let (key, entry) = waiting.popLast(), !errors.isFull {
            let place = SettingPlace.file(path, line: entry.keyPlace.line)
            if let meaning = OptionTable.keys[key] {
                guard isFirst(meaning, at: place, in: &given),
                    let written = written(entry.value, for: meaning, at: place)
                else { continue }
                assign(meaning, written, at: place)
            } else if OptionTable.sections.contains(key) {
                let children = children(of: entry.value, in: key, at: place)
                waiting += children.reversed().map { (key: "\(key).\($0.key)", entry: $0) }
            } else {
                refuseUnknown(key, at: place)
            }
        }
    }

    private mutating func refuseUnknown(_ key: String, at place: SettingPlace) {
        refuse(
            shortYAMLScalar(key), at: place, "there is no such setting",
            advice: advice(forMeant: OptionTable.nearestKey(to: key)))
    }

    func advice(forMeant name: String?) -> String {
        name.map { "did you mean \($0)?" } ?? "`portolan help settings` lists them"
    }

    /// A section whose lines are all commented out is null, and that is fine.
    private mutating func children(
        of node: YAMLNode, in section: String, at place: SettingPlace
    ) -> [YAMLEntry] {
        if case .mapping(let entries) = node.content { return entries }
        if !node.isNull {
            refuse(
                section, at: place, "this is a section, not a setting",
                advice: "write its settings below it, as `key: value`")
        }
        return []
    }

    /// An option may be given once in a source: as itself, or as a file, and by one spelling.
    mutating func isFirst(
        _ meaning: OptionTable.Meaning, at place: SettingPlace,
        in given: inout [String: SettingPlace]
    ) -> Bool {
        let key = meaning.option.key
        guard let other = given.updateValue(place, forKey: key) else { return true }
        refuse(key, at: place, "is already given (\(other))", advice: "keep one of the two")
        return false
    }

    /// The value of a node with its variables filled in; nil, and a note, when there is none.
    private mutating func written(
        _ node: YAMLNode, for meaning: OptionTable.Meaning, at place: SettingPlace
    ) -> Written? {
        do {
            guard case .sequence(let items) = node.content else {
                let text = try text(of: node)
                return meaning.option.isList ? .list([text]) : .text(text)
            }
            var texts: [String] = []
            for item in items { texts.append(try text(of: item)) }
            return .list(texts)
        } catch {
            reject(meaning, at: place, error.problem)
            return nil
        }
    }

    private mutating func text(of node: YAMLNode) throws(Refusal) -> String {
        guard !node.isNull, case .scalar(let text, _) = node.content else {
            throw Refusal(node.isNull ? "there is no value" : "this is not a single value")
        }
        return try fillVariables(in: text)
    }

    /// Replaces every `${env:NAME}`. An empty variable is as wrong as a missing one: a token that
    /// became empty by accident must not open a listener.
    private mutating func fillVariables(in text: String) throws(Refusal) -> String {
        var filled = ""
        var rest = text[...]
        while let start = rest.firstRange(of: "${") {
            filled += rest[..<start.lowerBound]
            let reference = rest[start.upperBound...]
            guard reference.hasPrefix("env:"), let end = reference.firstIndex(of: "}") else {
                throw Refusal("after ${ there must be env:NAME and }")
            }
            let name = String(reference[..<end].dropFirst("env:".count))
            mentionedVariables.insert(name)
            guard let value = sources.environment[name], !value.isEmpty else {
                throw Refusal("the variable \(shortYAMLScalar(name)) is not set or empty")
            }
            filled += value
            rest = reference[reference.index(after: end)...]
        }
        return filled + rest
    }
}
