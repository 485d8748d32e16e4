import Answering
import Testing

@Suite struct `A page of metrics` {
    @Test func `escapes what would end a label or a line`() {
        var page = MetricsPage()
        page.family("portolan_x", .gauge, "one\ntwo")
        page.sample("portolan_x", ["name": "a\"} 1\nevil 2\\"], 3)
        #expect(
            page.text == "# HELP portolan_x one\\ntwo\n# TYPE portolan_x gauge\n"
                + "portolan_x{name=\"a\\\"} 1\\nevil 2\\\\\"} 3\n")
    }
}

@Suite struct `The names of a host` {
    @Test(arguments: ["localhost:4280", "127.0.0.1", "[::1]:4280", "LOCALHOST", "10.1.2.3:1"])
    func `are known for loopback and where we listen`(host: String) {
        #expect(HostCheck(addresses: ["10.1.2.3"]).allows(host: host))
    }

    @Test(arguments: ["evil.example", "127.0.0.1.evil.example", "", "localhost.evil:4280"])
    func `are not known for others`(host: String) {
        #expect(!HostCheck(addresses: []).allows(host: host))
    }

    @Test func `count in an origin too`() {
        let check = HostCheck(addresses: [])
        #expect(check.allows(origin: "http://localhost:4280"))
        #expect(!check.allows(origin: "http://evil.example"))
        #expect(!check.allows(origin: "null"))
    }
}
