import Answering

/// The tables of what the charts hold.
extension Command {
    static let edges = chart(
        .edges, sentence: "Lists who calls whom, how often, how fast and with what failures.",
        example: "portolan edges --last 1h --where environment=prod",
        flags: [
            Flag(
                name: "brokers", value: "node|through",
                sentence: "Draws producer to broker to consumer, or producer to consumer."),
            Flag(
                name: "why", value: "CLIENT SERVER",
                sentence: "Tells how one edge came about, and where its names are from."),
        ])

    static let services = chart(
        .services, sentence: "Lists the services with what they answered, by their own spans.",
        example: "portolan services traces/ more.jsonl.gz --csv", flags: [])

    static let operations = chart(
        .operations, sentence: "Lists the operations of the services, or of one.",
        example: "portolan operations --service checkout --from 2026-11-21T10:00:00Z/15m",
        flags: [
            Flag(
                name: "service", value: "KEY",
                sentence: "Of this service only: its name, or environment/namespace/name.")
        ])

    private static func chart(
        _ list: ChartAnswers.List, sentence: String, example: String, flags: [Flag]
    ) -> Command {
        Command(
            name: list.rawValue, operands: "[SOURCE…]", operandCount: 0...Int.max,
            sentence: sentence + " SOURCE is nothing for the collector on this machine, a URL, or "
                + "files and folders of spans.",
            example: example, flags: windowFlags + flags + formFlags + sourceFlags
        ) { arguments, surroundings throws(UsageError) in
            try ChartRun(list, arguments, surroundings).run()
        }
    }

    private static let windowFlags = [
        Flag(
            name: "last", value: "TIME",
            sentence: "The last so many minutes or hours, such as 15m; of files, before their "
                + "newest span."),
        Flag(
            name: "from", value: "T",
            sentence: "Since then: RFC 3339, epoch seconds, -1d, yesterday, or T/15m."),
        Flag(name: "to", value: "T", sentence: "Until then."),
        Flag(
            name: "where", value: "KEY=VALUE",
            sentence: "Only those: service, environment, namespace, type, or a dimension of the "
                + "settings. Can be repeated.", canRepeat: true),
    ]

    private static let formFlags = [
        Flag(name: "json", value: nil, sentence: "Prints the answer of the API as it is."),
        Flag(name: "csv", value: nil, sentence: "Prints comma-separated values, with all columns."),
    ]

    /// Of the settings, those that tell where the collector is, and how files are read.
    private static let sourceFlags =
        settingsFlags.filter { ["config", "set", "port-offset"].contains($0.name) } + [
            Flag(
                name: "token-file", value: "FILE",
                sentence: "Shows the token in this file to the URL that is asked.")
        ]
}
