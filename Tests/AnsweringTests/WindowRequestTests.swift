import Charts
import Testing

@testable import Answering

@Suite struct `A window that is asked for` {
    private func request(
        _ text: String, whole: ChartWindow? = nil
    ) throws(Problem) -> WindowRequest {
        let parameters = try Parameters(
            QueryString(parsing: text), of: "/x", known: WindowRequest.parameters)
        // Seven seconds past ten.
        return try WindowRequest(
            parameters,
            AnswerTimes(now: tenOClock + 7, whole: whole, completeUntil: tenOClock))
    }

    /// Seconds from ten o'clock.
    @Test(
        arguments: [
            ("", -900, 60), ("last=15m", -900, 60), ("last=90s", -120, 60), ("last=1s", 0, 60),
            ("last=2h", -7_200, 60), ("last=1d", -86_400, 60), ("last=1w", -604_800, 60),
            ("from=2026-11-21T09:58:01Z", -120, 60),
            ("from=2026-11-21T09:58:01Z&to=2026-11-21T09:59:00Z", -120, -60),
            ("from=2026-11-21T09:58:01Z&to=2026-11-21T09:59:00.000Z", -120, -60),
            ("from=2026-11-21T09:58:01Z&to=2026-11-21T09:59:00.001Z", -120, 0),
            ("from=2026-11-21T11:58:00%2B02:00&to=2026-11-21t08:59:00-01:00", -120, -60),
            ("from=2026-11-21T11:58:00+02:00", -120, 60),
            ("from=\(tenOClock - 300)&to=\(tenOClock - 61).5", -300, -60),
            ("from=-1h", -3_600, 60), ("from=-1h&to=-30m", -3_600, -1_740),
            ("from=yesterday", -122_400, -36_000),
            ("from=2026-11-21T09:00:30Z/15m", -3_600, -2_640), ("from=\(tenOClock)/1m", 0, 60),
        ] as [(String, Int64, Int64)])
    func `is widened to whole minutes`(text: String, from: Int64, to: Int64) throws {
        let window = try request(text).window
        #expect(window == ChartWindow(from: tenOClock + from, to: tenOClock + to))
    }

    @Test func `is all there is of files, and goes back from its end`() throws {
        let whole = ChartWindow(from: tenOClock - 600, to: tenOClock)
        #expect(try request("", whole: whole).window == whole)
    }

    @Test func `has steps of whole minutes, or of tens of seconds where these are kept`() throws {
        let minutes = try request("last=1h&step=5m")
        #expect(minutes.step == 300 && !minutes.isLive)
        let tens = try request("last=1m&step=20s")
        #expect(tens.step == 20 && tens.isLive)
        #expect(tens.window == ChartWindow(from: tenOClock - 60, to: tenOClock + 10))
    }

    @Test(arguments: [
        ("last=15", "last: 15 is no length; write one such as 15m"),
        ("last=0m", "last: 0m is no length; write one such as 15m"),
        ("last=9999999999999999999w", "last: 9999999999999999999w is no length; "),
        ("last=15m&from=-1h", "last: stands beside from or to; give one of both"),
        ("to=-1h", "to: stands alone; give from too"),
        ("from=soon", "from: soon is no time; write RFC 3339"),
        ("from=2026-02-29T00:00:00Z", "from: 2026-02-29T00:00:00Z is no time; "),
        ("from=1795255200000", "from: 1795255200000 is no time; "),
        ("from=-5", "from: -5 is no time; "), ("from=/15m", "from: /15m is no time; "),
        ("from=-1h&to=", "to:  is no time; "), ("from=-1h&to=-2h", "to: is not after from; "),
        ("from=yesterday&to=-1h", "to: yesterday has an end already; leave it out"),
        ("from=-1h&to=yesterday", "to: yesterday is no time; "),
        ("step=90s", "step: 90s is no step; "), ("step=1", "step: 1 is no step; "),
        ("step=15s", "step: 15s is no step; "),
        ("last=52w&step=1m", "step: there would be over 10000 of them; ask for longer steps"),
    ])
    func `is refused with what to write`(text: String, start: String) {
        let problem = #expect(throws: Problem.self) { try request(text) }
        #expect(problem?.status == 400)
        #expect(problem?.detail.hasPrefix(start) == true, "\(problem?.detail ?? "")")
    }
}
