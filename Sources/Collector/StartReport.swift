import Lanes
import Receiving
import Settings

/// What is printed at the start: what is used, where to send spans, where to look.
enum StartReport {
    static func write(_ settings: Settings, _ resources: Resources) {
        let listen = settings.listen
        var lines = ["portolan \(portolanVersion) (\(buildCommit))"]
        lines.append(
            row("memory", "\(mebibytes(resources.memoryBytes)) (\(resources.memorySource))"))
        let limit = min(settings.limits.requestBodyBytes, resources.bodyBytesMax)
        if limit < settings.limits.requestBodyBytes {
            lines.append(row("", "a request may have \(mebibytes(limit)), for lack of memory"))
        }
        lines.append(row("lanes", String(resources.lanes)))
        lines.append("send spans to")
        for door in [Door.otlpGRPC, .otlpHTTP] where listen[door.listener].isEnabled {
            let scheme = listen[door.listener].tls.isEnabled ? "https" : "http"
            let path = door == .otlpHTTP ? "/v1/traces" : ""
            let name = door == .otlpHTTP ? "OTLP/HTTP" : "OTLP/gRPC"
            for address in listen[door.listener].addresses {
                lines.append(
                    row(name, url(scheme, address, door, listen) + path, reach(door, listen)))
            }
        }
        if listen.web.isEnabled {
            lines.append("look at")
            let scheme = listen.web.tls.isEnabled ? "https" : "http"
            let base = url(scheme, listen.web.addresses.first ?? "127.0.0.1", .web, listen)
            lines.append(row("last spans", base + "/api/v1/recent", reach(.web, listen)))
            lines.append(row("health", base + "/readyz"))
            lines.append(row("metrics", base + "/metrics"))
        }
        writeStandardOutput(lines.joined(separator: "\n") + "\n")
    }

    private static func url(
        _ scheme: String, _ address: String, _ door: Door, _ listen: ListenSettings
    ) -> String {
        "\(scheme)://\(Opening.place(address, listen.port(of: door.listener)))"
    }

    /// Who can reach a listener, as far as its addresses tell.
    private static func reach(_ door: Door, _ listen: ListenSettings) -> String {
        let settings = listen[door.listener]
        let isLoopback = settings.addresses.allSatisfy { $0.hasPrefix("127.") || $0 == "::1" }
        if isLoopback { return "this machine only" }
        let guards = [
            settings.tls.isEnabled ? "TLS" : nil,
            settings.tls.clientCA != nil ? "client certificates" : nil,
            settings.token != nil ? "token" : nil,
        ].compactMap(\.self)
        return guards.isEmpty
            ? "WHOEVER REACHES THIS MACHINE" : "others with \(guards.joined(separator: " and "))"
    }

    private static func row(_ name: String, _ value: String, _ note: String = "") -> String {
        let padding = String(repeating: " ", count: max(1, 12 - name.utf8.count))
        return "  \(name)\(padding)\(value)" + (note.isEmpty ? "" : "   (\(note))")
    }

    private static func mebibytes(_ bytes: Int) -> String { "\(bytes >> 20) MiB" }
}
