import Testing

@testable import Settings

@Suite struct `The option table` {
    @Test(arguments: OptionTable.options.indices)
    func `has defaults that pass their own limits`(index: Int) throws {
        let option = OptionTable.options[index]
        guard let written = option.written(Settings.defaults) else { return }
        var settings = Settings.defaults
        try option.set(&settings, written)
        #expect(settings == Settings.defaults)
    }
}
