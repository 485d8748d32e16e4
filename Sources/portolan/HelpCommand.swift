import Settings

extension Command {
    static let help = Command(
        name: "help", operands: "[COMMAND|settings]", operandCount: 0...1,
        sentence: "Tells what the commands do, and what can be set.",
        example: "portolan help settings",
        flags: [
            // For docs/settings.md, which is made from what is printed.
            Flag(name: "markdown", value: nil, sentence: "", isHidden: true)
        ],
        run: { arguments, surroundings throws(UsageError) in
            surroundings.say(
                try helpText(on: arguments.operands.first, asPage: arguments.has("markdown")))
            return ExitCode.done
        })

    private static func helpText(on topic: String?, asPage: Bool) throws(UsageError) -> String {
        guard let topic else { return Portolan.overview }
        if topic == "settings" { return asPage ? Settings.page : Settings.helpText }
        guard let command = Portolan.commands.first(where: { $0.name == topic }) else {
            throw UsageError(
                "there is no help on \(topic)", meant: topic,
                of: Portolan.commands.map(\.name) + ["settings"], list: "portolan help")
        }
        return command.helpText
    }
}
