package import Charts
import Wire

/// The lists of the API that are made from the charts: edges, services, operations.
package struct ChartAnswers: Sendable {
    private let times: AnswerTimes
    private let dimensions: [String]

    /// `dimensions` as in the settings.
    package init(_ times: AnswerTimes, dimensions: [String]) {
        self.times = times
        self.dimensions = dimensions
    }

    /// What can be asked for.
    package enum List: String, CaseIterable, Sendable {
        case edges, services, operations

        package var path: String { "/api/v1/\(rawValue)" }

        fileprivate var parameters: [String] {
            let common = WindowRequest.parameters + ["where"] + Page.parameters
            return switch self {
            case .edges: common + ["brokers", "client", "server"]
            case .services: common
            case .operations: common + ["service"]
            }
        }
    }

    package func answer(
        _ list: List, _ query: String, from ledger: borrowing ChartLedger
    ) -> WebAnswer {
        do throws(Problem) {
            let parameters = try Parameters(
                QueryString(parsing: query), of: list.path, known: list.parameters)
            let page = try Page(parameters)
            let asked = try question(parameters, page)
            let body =
                switch list {
                case .edges: try edges(asked, parameters, page, ledger)
                case .services: try services(asked, page, ledger)
                case .operations: try operations(asked, parameters, page, ledger)
                }
            return .json(body)
        } catch {
            return .problem(error)
        }
    }

    private func question(
        _ parameters: Parameters, _ page: Page
    ) throws(Problem) -> ChartQuery {
        let request = try WindowRequest(parameters, times)
        var query = ChartQuery(window: page.cursor?.window ?? request.window)
        query.step = request.step
        query.isLive = request.isLive
        query.conditions = try parameters.conditions(dimensions: dimensions)
        return query
    }

    // MARK: - Lists

    private func edges(
        _ query: ChartQuery, _ parameters: Parameters, _ page: Page,
        _ ledger: borrowing ChartLedger
    ) throws(Problem) -> [UInt8] {
        var query = query
        query.brokers = try parameters.word(of: "brokers", default: Brokers.node)
        var answer = ledger.edges(query)
        let client = try parameters.service("client", among: answer.rows.lazy.map(\.client.key))
        let server = try parameters.service("server", among: answer.rows.lazy.map(\.server.key))
        answer.rows.removeAll { edge in
            client.map { $0 != edge.client.key } ?? false
                || server.map { $0 != edge.server.key } ?? false
        }
        return try body(.edges, answer, query, page, \.place) { $0.edge($1, steps: answer.steps) }
    }

    private func services(
        _ query: ChartQuery, _ page: Page, _ ledger: borrowing ChartLedger
    ) throws(Problem) -> [UInt8] {
        let answer = ledger.services(query)
        return try body(.services, answer, query, page, \.place) {
            $0.service($1, steps: answer.steps, dimensions: dimensions)
        }
    }

    private func operations(
        _ query: ChartQuery, _ parameters: Parameters, _ page: Page,
        _ ledger: borrowing ChartLedger
    ) throws(Problem) -> [UInt8] {
        var service: ServiceKey?
        if try parameters.value(of: "service") != nil {
            var whole = query
            whole.step = nil
            let known = ledger.services(whole).rows.lazy.map(\.service.key)
            service = try parameters.service("service", among: known)
        }
        let answer = ledger.operations(query, of: service)
        return try body(.operations, answer, query, page, \.place) {
            $0.operation($1, steps: answer.steps)
        }
    }

    private func body<Summary>(
        _ list: List, _ answer: ChartAnswer<Summary>, _ query: ChartQuery, _ page: Page,
        _ place: (Summary) -> RowPlace, write: (inout JSONWriter, Summary) -> Void
    ) throws(Problem) -> [UInt8] {
        guard !answer.isTooLarge else {
            throw Problem(
                status: 400, title: "too much is asked for",
                detail: "step: so many steps of so many \(list.rawValue) are too much for one "
                    + "answer; ask for longer steps, a shorter window, or fewer services by where")
        }
        let (rows, next) = page.rows(of: answer.rows, place: place)
        var json = JSONWriter()
        json.beginObject()
        json.window(answer.window, as: "window")
        json.field("complete_until", TimeText.rfc3339(times.completeUntil))
        if let step = query.step { json.field("step_seconds", step) }
        json.key(list.rawValue)
        json.beginArray()
        for row in rows { write(&json, row) }
        json.endArray()
        if let next {
            json.field("next_cursor", PageCursor(window: query.window, place: next).text)
        }
        json.endObject()
        json.endLine()
        return json.bytes
    }
}
