/// Every option, declared once. The order is the order of help and documentation.
enum OptionTable {
    static let options: [Option] = top + listen + limits + journal + storage + counting + log

    private static let top: [Option] = [
        Option(
            "data", \.dataDirectory, .path, default: "./portolan-data", change: .restart,
            flag: "data", "The directory for everything that must outlive a restart."),
        Option(
            "memory", \.memoryBytes, .auto(or: .size(64.mebibytes...Int.max)), default: nil,
            change: .restart, flag: "memory",
            "The most memory to use; auto is half of the limit of the cgroup or the machine."),
        Option(
            "lanes", \.lanes, .auto(or: .integer(1...256)), default: nil, change: .restart,
            flag: "lanes", "Threads that take in spans; auto is the CPU quota or the affinity."),
    ]

    private static let listen: [Option] =
        listener(.otlpGRPC, port: 4317)
        + listener(.otlpHTTP, port: 4318) + [corsOrigins(.otlpHTTP)]
        + listener(.web, port: 4280) + [
            Option(
                "listen.other_signals", \.listen.otherSignals, .choice, default: .refuse,
                "What becomes of OTLP metrics and logs: refused, or taken and thrown away."),
            Option(
                "listen.port_offset", \.listen.portOffset, .integer(0...60000), default: 0,
                change: .restart, flag: "port-offset",
                "Added to every port, for a second collector on the same machine."),
            Option(
                "listen.insecure", \.listen.insecure, .list(of: .choice), default: [],
                change: .restart,
                flag: "insecure-listen",
                "Listeners that may be reached from other machines without TLS and a token."),
        ]

    private static func listener(_ name: ListenerName, port: Int) -> [Option] {
        let key = "listen.\(name.rawValue)"
        return [
            Option(
                "\(key).enabled", \.listen[name].isEnabled, .boolean, default: true,
                change: .restart, "Whether this listener is open."),
            Option(
                "\(key).address", \.listen[name].addresses, .list(of: .address),
                default: ["127.0.0.1", "::1"], change: .restart, "The addresses to listen on."),
            Option(
                "\(key).port", \.listen[name].basePort, .integer(1...65535), default: port,
                change: .restart, "The port, to which listen.port_offset is added."),
            Option(
                "\(key).tls.certificate", \.listen[name].tls.certificate, .optional(.path),
                default: nil, "A PEM file with the certificate chain; it turns TLS on."),
            Option(
                "\(key).tls.key", \.listen[name].tls.key, .optional(.path), default: nil,
                "A PEM file with the certificate's private key."),
            Option(
                "\(key).tls.client_ca", \.listen[name].tls.clientCA, .optional(.path), default: nil,
                "A PEM file with the authorities that a client's certificate must come from."),
            Option(
                "\(key).token", \.listen[name].token, .optional(.secret), default: nil,
                "Asked of every client, as `Authorization: Bearer TOKEN`."),
        ]
    }

    private static func corsOrigins(_ name: ListenerName) -> Option {
        Option(
            "listen.\(name.rawValue).cors_origins", \.listen[name].corsOrigins, .list(of: .origin),
            default: [], "Web pages that may send spans from a browser.")
    }
}
