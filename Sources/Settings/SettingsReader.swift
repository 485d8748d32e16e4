/// Reads all sources over the defaults, weakest first, and notes where each value came from and
/// everything that is wrong.
struct SettingsReader {
    let sources: SettingsSources
    private(set) var settings = Settings.defaults
    private(set) var places: [String: SettingPlace] = [:]
    private(set) var errors = SettingsErrors()
    /// Options with a refused value; what they are is not known, so no rule may judge them.
    private(set) var refused: Set<String> = []
    /// Variables that the file asks for by name: they need not be settings.
    var mentionedVariables: Set<String> = []

    init(_ sources: SettingsSources) { self.sources = sources }

    mutating func read() {
        if let path = sources.filePath { readFile(path) }
        readEnvironment()
        readAssignments()
        checkRules()
    }

    func place(of key: String) -> SettingPlace { places[key] ?? .standard }

    /// Notes what is wrong with an option. A variable or flag is named by its place already.
    mutating func refuse(
        _ key: String, at place: SettingPlace, _ problem: String, advice: String
    ) {
        switch place {
        case .variable, .flag: errors.append(place, problem, advice: advice)
        case .file, .standard: errors.append(place, "\(key): \(problem)", advice: advice)
        }
    }

    mutating func refuse(_ place: SettingPlace, _ problem: String, advice: String) {
        errors.append(place, problem, advice: advice)
    }

    /// Takes one value for one option.
    mutating func assign(
        _ meaning: OptionTable.Meaning, _ written: Written, at place: SettingPlace
    ) {
        let option = meaning.option
        do {
            try option.set(&settings, meaning.namesFile ? secret(inFile: written) : written)
            places[option.key] = place
        } catch {
            reject(meaning, at: place, error.problem)
        }
    }

    /// Notes that an option was given a value that cannot be.
    mutating func reject(
        _ meaning: OptionTable.Meaning, at place: SettingPlace, _ problem: String
    ) {
        let option = meaning.option
        refused.insert(option.key)
        refuse(
            meaning.namesFile ? option.fileKey ?? option.key : option.key, at: place, problem,
            advice: meaning.namesFile
                ? "give the path of a file with \(option.expects)" : "give \(option.expects)")
    }

    /// The content of a file, without the newline that editors put at the end.
    private func secret(inFile written: Written) throws(Refusal) -> Written {
        guard let path = written.text else { throw Refusal("a list cannot stand here") }
        let bytes: [UInt8]
        do {
            bytes = try sources.readFile(path)
        } catch {
            throw Refusal(path, "cannot be read: \(error.reason)")
        }
        var content = String(decoding: bytes, as: UTF8.self)
        if content.last?.isNewline == true { content.removeLast() }
        return .text(content)
    }
}

extension Option {
    /// A variable or flag has one text; for a list, commas part it.
    func written(fromText text: String) -> Written {
        guard isList else { return .text(text) }
        return .list(text.split(separator: ",").map { String($0.trimmingBlanks()) })
    }
}

extension Substring {
    func trimmingBlanks() -> Substring {
        let start = self.drop { $0 == " " }
        guard let last = start.lastIndex(where: { $0 != " " }) else { return start }
        return start[...last]
    }
}
