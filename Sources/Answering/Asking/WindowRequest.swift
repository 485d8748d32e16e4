package import Charts

/// What the range of an answer is counted from.
package struct AnswerTimes: Sendable {
    /// The end of `last`: the time of day, or where files are read that of their newest span.
    package var now: Int64
    /// What is meant when nothing is asked for; nil is the last 15 minutes.
    package var whole: ChartWindow?
    /// Before this, only late spans can change what is told.
    package var completeUntil: Int64

    package init(now: Int64, whole: ChartWindow? = nil, completeUntil: Int64) {
        self.now = now
        self.whole = whole
        self.completeUntil = completeUntil
    }
}

/// The range of time that is asked for, and the steps in it, widened to whole windows.
struct WindowRequest: Equatable {
    let window: ChartWindow
    /// Seconds; nil for no steps.
    let step: Int64?
    /// Windows of ten seconds, because the step is shorter than a minute.
    let isLive: Bool

    static let parameters = ["last", "from", "to", "step"]

    private static let minute: Int64 = 60
    private static let live: Int64 = 10
    private static let lastNormally: Int64 = 900
    private static let stepsMax: Int64 = 10_000

    init(_ parameters: Parameters, _ times: AnswerTimes) throws(Problem) {
        step = try Self.step(parameters)
        isLive = step.map { $0 < Self.minute } ?? false
        let asked = try Self.asked(parameters, times)
        window = asked.widened(to: isLive ? Self.live : Self.minute)
        if let step, window.seconds / step > Self.stepsMax {
            throw .parameter(
                "step", "there would be over \(Self.stepsMax) of them",
                advice: "ask for longer steps, or a shorter range")
        }
    }

    private static func step(_ parameters: Parameters) throws(Problem) -> Int64? {
        guard let text = try parameters.value(of: "step") else { return nil }
        let advice = "write a whole number of minutes such as 1m, or of tens of seconds below one"
        guard let step = TimeText.length(text),
            step.isMultiple(of: step < minute ? live : minute)
        else { throw .parameter("step", "\(text) is no step", advice: advice) }
        return step
    }

    private static func asked(
        _ parameters: Parameters, _ times: AnswerTimes
    ) throws(Problem) -> ChartWindow {
        let last = try parameters.value(of: "last")
        let from = try parameters.value(of: "from")
        let to = try parameters.value(of: "to")
        if let last {
            guard from == nil, to == nil else {
                throw .parameter("last", "stands beside from or to", advice: "give one of both")
            }
            guard let length = TimeText.length(last) else {
                throw .parameter("last", "\(last) is no length", advice: "write one such as 15m")
            }
            return ChartWindow(from: times.now - length, to: times.now)
        }
        guard let from else {
            guard to == nil else {
                throw .parameter("to", "stands alone", advice: "give from too")
            }
            return times.whole ?? ChartWindow(from: times.now - lastNormally, to: times.now)
        }
        return try range(from: from, to: to, times)
    }

    private static func range(
        from: String, to: String?, _ times: AnswerTimes
    ) throws(Problem) -> ChartWindow {
        guard let start = WindowValue(from) else {
            throw .parameter("from", "\(from) is no time", advice: WindowValue.advice)
        }
        let window = start.window(now: times.now)
        guard let to else { return window }
        guard !start.hasEnd else {
            throw .parameter("to", "\(from) has an end already", advice: "leave it out")
        }
        guard let end = WindowValue(to), !end.hasEnd else {
            throw .parameter("to", "\(to) is no time", advice: WindowValue.advice)
        }
        let range = ChartWindow(from: window.from, to: end.end(now: times.now))
        guard range.seconds > 0 else {
            throw .parameter("to", "is not after from", advice: "swap them")
        }
        return range
    }
}

/// A range of time in one word: since a moment, since so long ago, a day, or a stretch behind a moment.
enum WindowValue: Equatable {
    /// Both seconds around it, or twice the same.
    case moment(ClosedRange<Int64>)
    /// `-1d`
    case ago(Int64)
    /// The whole day, in UTC.
    case yesterday
    /// `T/15m`
    case stretch(Int64, length: Int64)

    static let advice =
        "write RFC 3339 in UTC, epoch seconds, -1d for a day ago, yesterday, or T/15m for 15 "
        + "minutes from T"

    init?(_ text: String) {
        if text == "yesterday" {
            self = .yesterday
        } else if text.hasPrefix("-") {
            guard let length = TimeText.length(String(text.dropFirst())) else { return nil }
            self = .ago(length)
        } else if let moment = TimeText.moment(text) {
            self = .moment(moment)
        } else {
            let parts = text.split(separator: "/", omittingEmptySubsequences: false)
            guard parts.count == 2, let moment = TimeText.moment(String(parts[0])),
                let length = TimeText.length(String(parts[1]))
            else { return nil }
            self = .stretch(moment.lowerBound, length: length)
        }
    }

    /// Whether it says where it ends.
    var hasEnd: Bool {
        switch self {
        case .moment, .ago: false
        case .yesterday, .stretch: true
        }
    }

    func window(now: Int64) -> ChartWindow {
        switch self {
        case .moment(let moment): return ChartWindow(from: moment.lowerBound, to: now)
        case .ago(let length): return ChartWindow(from: now - length, to: now)
        case .yesterday:
            let today = now - now % 86_400
            return ChartWindow(from: today - 86_400, to: today)
        case .stretch(let start, let length):
            return ChartWindow(from: start, to: start + length)
        }
    }

    /// As the end of a range.
    func end(now: Int64) -> Int64 {
        if case .moment(let moment) = self { return moment.upperBound }
        return window(now: now).from
    }
}

extension ChartWindow {
    /// To whole windows of so many seconds, and at least one.
    fileprivate func widened(to seconds: Int64) -> ChartWindow {
        let start = max(0, from)
        let first = start - start % seconds
        let end = max(to, first + 1) + seconds - 1
        return ChartWindow(from: first, to: end - end % seconds)
    }
}
