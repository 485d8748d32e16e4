import Answering
import Testing

@testable import Collector

@Suite struct `A page of metrics that is read` {
    @Test func `has the samples that were written`() {
        var page = MetricsPage()
        page.family("ports_total", .counter, "Ports\nseen.")
        let odd = "a \"b\" \\ \n}, c"
        page.sample("ports_total", ["name": odd, "kind": ""], 7)
        page.sample("ports_total", ["name": "Venice"], -2)
        page.sample("ships", [:], 3)
        let reading = MetricsReading(page.text)
        #expect(
            reading.samples == [
                .init(name: "ports_total", labels: ["name": odd, "kind": ""], value: 7),
                .init(name: "ports_total", labels: ["name": "Venice"], value: -2),
                .init(name: "ships", labels: [:], value: 3),
            ])
        #expect(reading.total("ports_total") == 5 && reading.total("none") == 0)
    }

    @Test(arguments: [
        "", "a", "a{", "a{b", "a{b=", "a{b=\"", "a{b=\"c", "a{b=\"c\\", "a{b=\"c\"", "a{b=\"c\"}",
        "a{b=\"c\"} ", "a{b=\"c\"} x", "a 1.5", " 1", "{} 1", "<html> 1 2", "a  1",
    ])
    func `passes over what is no sample`(line: String) {
        #expect(MetricsReading(line + "\nb 1").samples.map(\.name) == ["b"])
    }
}

@Suite struct `What clients got wrong` {
    private let page = MetricsReading(
        """
        r{listener="otlp_http",reason="malformed"} 3
        r{listener="otlp_http",reason="forbidden"} 0
        r{listener="web",reason="brand_new"} 1
        """)

    @Test func `is told by reason, with what to do`() {
        let findings = Checkup.refused("requests", page.samples(of: "r"), ["malformed": "look"])
        #expect(
            findings == [
                .warning(
                    "requests refused", "3 at otlp_http since the start, reason malformed",
                    advice: "look"),
                .warning(
                    "requests refused", "1 at web since the start, reason brand_new",
                    advice: "look into the collector's log"),
            ])
    }

    @Test func `is nothing, said once`() {
        #expect(
            Checkup.refused("spans", [], [:])
                == [.ok("spans refused", "none since the start")])
    }
}
