import Answering
import Collector
import Settings

/// One run of a command that shows charts: asks the source what the API would be asked, and prints
/// the answer.
struct ChartRun {
    private let list: ChartAnswers.List
    private let arguments: Arguments
    private let surroundings: Surroundings

    init(_ list: ChartAnswers.List, _ arguments: Arguments, _ surroundings: Surroundings) {
        self.list = list
        self.arguments = arguments
        self.surroundings = surroundings
    }

    func run() throws(UsageError) -> Int32 {
        let form = try form
        let source = try source
        let query = query
        return try withSettings(arguments, in: surroundings) { settings, _ in
            do throws(SourceFailure) {
                let outcome = try source.answer(
                    list, query, settings, progress: surroundings.progress)
                for remark in outcome.remarks { complain(remark) }
                return show(outcome.answer, as: form)
            } catch {
                return fail("\(error)")
            }
        }
    }

    private enum Form {
        case table, json, csv, reasons
    }

    private var form: Form {
        get throws(UsageError) {
            let forms: [(Form, String)] = [(.json, "json"), (.csv, "csv"), (.reasons, "why")]
            let asked = forms.filter { arguments.has($0.1) }
            guard asked.count <= 1 else {
                throw UsageError(
                    problem: "--\(asked[0].1) and --\(asked[1].1) exclude each other",
                    advice: "give one of them")
            }
            return asked.first?.0 ?? .table
        }
    }

    /// The flags by the names of the API's parameters.
    private var query: QueryString {
        var query = QueryString()
        for flag in arguments.flags {
            switch flag.name {
            case "last", "from", "to", "where", "brokers", "service":
                query.add(flag.name, flag.value)
            case "why":
                query.add("client", flag.values[0])
                query.add("server", flag.values[1])
            default: break
            }
        }
        return query
    }

    // MARK: - Sources

    private var source: ChartSource {
        get throws(UsageError) {
            let operands = arguments.operands
            let urls = operands.filter { $0.hasPrefix("http://") || $0.hasPrefix("https://") }
            let token = try token
            guard token == nil || !urls.isEmpty else {
                throw UsageError(
                    problem: "--token-file is for a URL", advice: "name the URL of a collector")
            }
            guard let url = urls.first else { return operands.isEmpty ? .here : .files(operands) }
            guard operands.count == 1 else {
                throw UsageError(
                    problem: "\(url) stands beside other sources", advice: "name one URL, or files")
            }
            return .url(url, token: token)
        }
    }

    private var token: Secret? {
        get throws(UsageError) {
            guard let path = arguments.value(of: "token-file") else { return nil }
            do throws(UnreadableFile) {
                let bytes = try surroundings.readFile(path)
                let text = String(decoding: bytes, as: UTF8.self)
                return Secret(text: String(text.prefix { !$0.isWhitespace }))
            } catch {
                throw UsageError(
                    problem: "--token-file \(path): \(error.reason)",
                    advice: "name a file that can be read")
            }
        }
    }

    // MARK: - Answers

    private func show(_ answer: WebAnswer, as form: Form) -> Int32 {
        guard answer.status == 200 else { return fail(answer) }
        do {
            switch form {
            case .json: surroundings.say(String(decoding: answer.body, as: UTF8.self))
            case .table: surroundings.say(try ChartTable(list, reading: answer.body).text)
            case .csv: surroundings.say(try ChartTable(list, reading: answer.body).csv)
            case .reasons:
                guard let text = try EdgeReasons(reading: answer.body).text else {
                    return fail("there is no such edge in this time; `portolan edges` lists them")
                }
                surroundings.say(text)
            }
            return ExitCode.done
        } catch {
            return fail("the answer cannot be read: \(error); ask a Portolan of this version")
        }
    }

    /// What was asked for wrongly is the caller's fault, everything else is not.
    private func fail(_ answer: WebAnswer) -> Int32 {
        let detail = answer.problemDetail ?? "the answer has status \(answer.status)"
        complain(detail)
        return [400, 409].contains(answer.status) ? ExitCode.wrongUsage : ExitCode.failed
    }

    private func fail(_ problem: String) -> Int32 {
        complain(problem)
        return ExitCode.failed
    }

    private func complain(_ problem: String) {
        surroundings.complain("portolan \(list.rawValue): \(problem.printable)\n")
    }
}
