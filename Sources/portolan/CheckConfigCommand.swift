import Settings

extension Command {
    /// Judges a file as `serve --config FILE` would here, with this environment.
    static let checkConfig = Command(
        name: "check-config", operands: "FILE", operandCount: 1...1,
        sentence: "Tells whether a settings file is right, and every wrong key in it.",
        example: "portolan check-config portolan.yaml", flags: [],
        run: { arguments, surroundings throws(UsageError) in
            let path = arguments.operands[0]
            let sources = SettingsSources(
                filePath: path, environment: surroundings.environment,
                readFile: surroundings.readFile)
            do {
                _ = try Settings.load(sources)
            } catch {
                surroundings.complain("\(error)\n")
                return ExitCode.wrongUsage
            }
            surroundings.say("\(path): settings are right\n")
            return ExitCode.done
        })
}
