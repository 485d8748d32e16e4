package import Answering
import Lanes
import Receiving
import Sending
package import Settings

/// Where the charts that a command shows come from. All sources answer as the API does.
package enum ChartSource: Equatable, Sendable {
    /// The collector on this machine, where the settings say that it listens.
    case here
    case url(String, token: Secret?)
    case files([String])

    /// What a source answered, and what its user should know beside it.
    package struct Outcome: Sendable {
        package let answer: WebAnswer
        package var remarks: [String] = []
    }

    /// `progress` takes a line that is written over while files are read, and is nil where nobody
    /// looks on.
    package func answer(
        _ list: ChartAnswers.List, _ query: QueryString, _ settings: Settings,
        progress: ((String) -> Void)?
    ) throws(SourceFailure) -> Outcome {
        let target = query.parameters.isEmpty ? list.path : "\(list.path)?\(query.text)"
        switch self {
        case .here: return Outcome(answer: try Self.here(target, settings.listen))
        case .url(let url, let token):
            return Outcome(answer: try Self.ask(url, target, token: token))
        case .files(let paths):
            return try Self.read(paths, list, query, settings, progress)
        }
    }

    /// The figures of a hundred thousand edges.
    private static let answerBytesMax = 256 << 20
    private static let answerMilliseconds = 60_000

    // MARK: - Collectors

    private static func here(
        _ target: String, _ listen: ListenSettings
    ) throws(SourceFailure) -> WebAnswer {
        let visitor = Visitor(listen)
        let addresses = visitor.addresses(of: .web)
        for address in addresses {
            do throws(SendingError) {
                let response = try visitor.get(
                    target, of: .web, at: address, answerBytesMax: answerBytesMax)
                return WebAnswer(response)
            } catch  where error.kind == .refused {
                continue
            } catch {
                throw SourceFailure(
                    "\(error)", advice: "`portolan doctor` tells what is wrong there")
            }
        }
        let places = addresses.map { visitor.place(.web, $0) }.joined(separator: " or ")
        throw SourceFailure(
            addresses.isEmpty
                ? "the web listener is switched off in the settings"
                : "no collector answers at \(places)",
            advice: "start one with `portolan serve`, or name a URL, files or folders")
    }

    private static func ask(
        _ url: String, _ target: String, token: Secret?
    ) throws(SourceFailure) -> WebAnswer {
        let base = url.prefix { $0 != "?" && $0 != "#" }
        let trimmed = base.lastIndex { $0 != "/" }.map { base[...$0] } ?? base
        var request = HTTPRequest(.get, trimmed + target)
        request.totalMilliseconds = answerMilliseconds
        request.answerBytesMax = answerBytesMax
        if let token { request.headers.append(("Authorization", "Bearer \(token.text)")) }
        do throws(SendingError) {
            var client = try HTTPClient()
            return WebAnswer(try client.send(request))
        } catch {
            throw SourceFailure("\(error)", advice: "name the URL that its web listener has")
        }
    }

    // MARK: - Files

    private static func read(
        _ paths: [String], _ list: ChartAnswers.List, _ query: QueryString, _ settings: Settings,
        _ progress: ((String) -> Void)?
    ) throws(SourceFailure) -> Outcome {
        let charts = FileCharts(settings)
        var line = ReadingProgress(nowMilliseconds: Clock.monotonicMilliseconds())
        defer { progress?(line.farewell) }
        let totals: FileTotals
        do throws(UnreadableSpans) {
            totals = try charts.read(paths) { position in
                let now = Clock.monotonicMilliseconds()
                if let text = line.text(position, nowMilliseconds: now) { progress?(text) }
            }
        } catch {
            throw SourceFailure("\(error.place.printable): \(error.problem)", advice: error.advice)
        }
        return Outcome(answer: charts.answer(list, query.text), remarks: totals.remarks)
    }
}

/// Why a source does not answer, and what to do.
package struct SourceFailure: Error, Equatable, CustomStringConvertible {
    package let problem: String
    package let advice: String

    init(_ problem: String, advice: String) {
        self.problem = problem
        self.advice = advice
    }

    package var description: String { "\(problem); \(advice)" }
}

extension FileTotals {
    /// What does not stop the reading, and makes the figures smaller than somebody may think.
    fileprivate var remarks: [String] {
        var remarks: [String] = []
        if spans == 0 { remarks.append("no spans are in there") }
        if refused > 0 { remarks.append("\(refused) spans are not counted; \(firstRefusal)") }
        if passedOver > 0 {
            remarks.append("\(passedOver) files hold no spans in a form that is known here")
        }
        return remarks
    }
}

extension WebAnswer {
    fileprivate init(_ response: HTTPResponse) {
        self.init(contentType: response.header("content-type") ?? "", body: response.body)
        status = response.status
    }
}
