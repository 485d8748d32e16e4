import Testing

@testable import Collector

@Suite struct `A finding` {
    @Test func `is one line, with what to do`() {
        #expect(Finding.ok("lanes", "2").line == "ok       lanes: 2")
        #expect(
            Finding.wrong("port 1", "taken", advice: "stop it").line
                == "WRONG    port 1: taken; stop it")
        #expect(
            Finding.warning("port 1", "slow", advice: "wait").line
                == "warning  port 1: slow; wait")
    }

    @Test func `stays one line whatever a stranger answered`() {
        let finding = Finding.ok("port", "\u{1b}[31mred\r\nWRONG \u{202e}")
        #expect(finding.line == "ok       port: ?[31mred??WRONG ?")
    }

    @Test func `is an object of JSON`() {
        #expect(
            [Finding.warning("a", "b\n", advice: "c")].json
                == #"{"findings":[{"level":"warning","subject":"a","found":"b\n","advice":"c"}]}"#
                + "\n")
        #expect([Finding]().json == "{\"findings\":[]}\n")
    }
}
