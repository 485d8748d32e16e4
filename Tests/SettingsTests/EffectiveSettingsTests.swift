import Testing

@testable import Settings

@Suite struct `Settings in force` {
    @Test func `are shown with where each came from`() throws {
        let effective = try EffectiveSettings(
            reading: sources(
                "log:\n  level: debug\nlisten.web.token: hush",
                environment: ["PORTOLAN_DATA": "a b"], set: ["listen.insecure=otlp,web"]))
        let lines = effective.yaml.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(
            lines.prefix(11) == [
                "data: \"a b\" # PORTOLAN_DATA", "memory: auto", "lanes: auto", "listen:",
                "  otlp_grpc:", "    enabled: true", "    address: [127.0.0.1, \"::1\"]",
                "    port: 4317", "    tls:", "      # certificate is not set",
                "      # key is not set",
            ])
        #expect(lines.contains("    token: \"(set, not shown)\" # portolan.yaml:3"))
        #expect(lines.contains("  insecure: [otlp, web] # --set listen.insecure"))
        #expect(lines.suffix(3) == ["  level: debug # portolan.yaml:2", "  format: text", ""])
    }

    @Test func `tell which are given, and where`() throws {
        let effective = try EffectiveSettings(
            reading: sources("listen.web.token: hush", set: ["lanes=2"]))
        #expect(
            effective.given == [
                "lanes: 2 (--set lanes)",
                "listen.web.token: \"(set, not shown)\" (portolan.yaml:1)",
            ])
    }

    @Test func `read back as they are, but for secrets`() throws {
        let withoutSecrets = everyOption.filter { !$0.key.hasSuffix(".token") }
        let effective = try EffectiveSettings(
            reading: sources(set: withoutSecrets.map { "\($0.key)=\($0.value)" }))
        #expect(try Settings.load(sources(effective.yaml)) == effective.settings)
        let defaults = try EffectiveSettings(reading: sources())
        #expect(try Settings.load(sources(defaults.yaml)) == .defaults)
    }
}

@Suite struct `A quantity` {
    @Test(arguments: [
        ("0", 0), ("1", 1), ("1B", 1), ("2kB", 2000), ("2KB", 2000), ("2KiB", 2048),
        ("3MB", 3_000_000), ("3MiB", 3 << 20), ("4GiB", 4 << 30), ("1TiB", 1 << 40),
        ("9223372036854775807", Int.max),
    ])
    func `of bytes has binary or decimal units`(text: String, bytes: Int) {
        #expect(byteCount(fromText: text) == bytes)
        #expect(byteCount(fromText: sizeText(bytes)) == bytes)
    }

    @Test(arguments: ["0", "0s", "0ms"])
    func `of no time is zero in any unit`(text: String) {
        #expect(millisecondCount(fromText: text) == 0)
    }

    @Test(arguments: [
        ("1ms", 1), ("500ms", 500), ("20s", 20_000), ("5m", 300_000), ("2h", 7_200_000),
    ])
    func `of time has a unit`(text: String, value: Int) {
        #expect(millisecondCount(fromText: text) == value)
        #expect(durationText(value) == text)
    }

    @Test(arguments: [
        "", "MiB", "-1", "+1", "1.5GiB", "1 MiB", "1mib", "1Mi", "0x10", "1_000", "١MiB",
        "9223372036854775808", "9007199254740992KiB", "99999999999999999999TiB", "1MiBx",
    ])
    func `is refused when it is not just digits and a unit, or past all bounds`(text: String) {
        #expect(byteCount(fromText: text) == nil)
    }

    @Test(arguments: [
        "", "1", "20", "s", "1.5s", "1 s", "1d", "1m30s", "-1s", "9223372036854775807h",
    ])
    func `is no time without a known unit`(text: String) {
        #expect(millisecondCount(fromText: text) == nil)
    }
}

@Suite struct `The nearest name` {
    @Test(arguments: [
        ("memroy", "memory"), ("memry", "memory"), ("limits.requst_body", "limits.request_body"),
        ("limit", "limits"), ("level", "log.level"), ("listen.web.prot", "listen.web.port"),
        ("listen.otlp.port", nil), ("limits.x", nil), ("web", "listen.web"), ("zebra", nil),
        ("", nil),
        (String(repeating: "memory", count: 100), nil),
    ])
    func `is the one that was meant, or none`(written: String, meant: String?) {
        #expect(OptionTable.nearestKey(to: written) == meant)
    }

    @Test(arguments: [("", "", 0), ("", "abc", 3), ("abc", "acb", 1), ("kitten", "sitting", 3)])
    func `is by the number of slips`(left: String, right: String, distance: Int) {
        #expect(editDistance(left, right) == distance)
        #expect(editDistance(right, left) == distance)
    }
}
