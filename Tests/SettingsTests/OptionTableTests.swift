import Testing

@testable import Settings

@Suite struct `The option table` {
    @Test(arguments: OptionTable.options.indices)
    func `has defaults that pass their own limits`(index: Int) throws {
        let option = OptionTable.options[index]
        guard let written = option.written(.defaults) else { return }
        var settings = Settings.defaults
        try option.set(&settings, written)
        #expect(settings == .defaults)
    }

    @Test func `has every key, variable and flag once`() {
        let keys = OptionTable.options.flatMap { [$0.key, $0.fileKey].compactMap { $0 } }
        #expect(Set(keys).count == keys.count)
        #expect(Set(keys.map(Option.variable(for:))).count == keys.count)
        #expect(Set(OptionTable.options.compactMap(\.flag)).count == Settings.flags.count)
        #expect(OptionTable.sections.isDisjoint(with: keys))
    }

    /// A field without a row would stay zero, which no limit may be.
    @Test func `has a row for every field`() {
        // Pages send over OTLP/HTTP alone; the two other listeners have no use for CORS.
        #expect(fieldCount(Settings.defaults) == OptionTable.options.count + 2)
    }

    @Test func `says what each option does in a sentence`() {
        for option in OptionTable.options {
            #expect(option.sentence.hasSuffix("."), "\(option.key)")
            #expect(!option.sentence.contains("|") && !option.expects.contains("|"))
        }
    }

    @Test(arguments: ["the file", "the environment", "--set"])
    func `sets every option from every source`(source: String) throws {
        let examples = OptionTable.options.compactMap { option in
            everyOption[option.key].map { (option, $0) }
        }
        try #require(examples.count == OptionTable.options.count)
        var given = sources()
        switch source {
        case "the file":
            let lines = examples.map { "\($0.key): \($0.isList ? "[\($1)]" : $1)\n" }
            given = sources(lines.joined())
        case "the environment":
            for (option, text) in examples {
                given.environment[Option.variable(for: option.key)] = text
            }
        default: given = sources(set: examples.map { "\($0.key)=\($1)" })
        }
        let settings = try Settings.load(given)
        #expect(settings == everythingSet)
        for option in OptionTable.options {
            #expect(!option.isSame(settings, .defaults), "\(option.key)")
        }
    }

    @Test func `tells which changes need a restart`() {
        let keys = everythingSet.changesNeedingRestart(from: .defaults)
        #expect(keys.prefix(4) == ["data", "memory", "lanes", "listen.otlp_grpc.enabled"])
        #expect(!keys.contains("limits.streams") && !keys.contains("log.level"))
        #expect(everythingSet.changesNeedingRestart(from: everythingSet).isEmpty)
    }
}

/// The fields of a settings struct and of those inside of it.
private func fieldCount(_ value: Any) -> Int {
    Mirror(reflecting: value).children.reduce(0) { count, child in
        let isStruct = "\(type(of: child.value))".hasSuffix("Settings")
        return count + (isStruct ? fieldCount(child.value) : 1)
    }
}
