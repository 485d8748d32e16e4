import Receiving
import Sending
import Settings

/// Who is at an address of the web listener.
enum Resident {
    case nobody
    case portolan(MetricsReading)
    /// A Portolan that does not answer us, and why.
    case locked(String)
    /// Another program, and what it did.
    case stranger(String)
}

/// Asks the listeners that the settings describe, as their clients do: with their token, and with
/// TLS where they have it.
final class Visitor {
    private let listen: ListenSettings
    private static let answerMilliseconds = 5_000

    init(_ listen: ListenSettings) { self.listen = listen }

    /// Where a listener is to be found; addresses that stand for all are asked on loopback.
    func addresses(of door: Door) -> [String] {
        let listener = listen[door.listener]
        guard listener.isEnabled else { return [] }
        return listener.addresses.map { address in
            switch address {
            case "0.0.0.0": "127.0.0.1"
            case "::": "::1"
            default: address
            }
        }
    }

    func place(_ door: Door, _ address: String) -> String {
        Opening.place(address, listen.port(of: door.listener))
    }

    /// Whether a listener wants a certificate of its clients; there is none to show.
    func needsCertificate(_ door: Door) -> Bool { listen[door.listener].tls.clientCA != nil }

    func get(
        _ path: String, of door: Door, at address: String, answerBytesMax: Int = 4 << 20
    ) throws(SendingError) -> HTTPResponse {
        var request = request(.get, path, door, address)
        request.answerBytesMax = answerBytesMax
        return try send(request)
    }

    func post(
        _ body: [UInt8], as contentType: String, to path: String, of door: Door, at address: String
    ) throws(SendingError) -> HTTPResponse {
        var request = request(.post, path, door, address)
        request.headers.append(("Content-Type", contentType))
        request.body = body
        if door == .otlpGRPC {
            request.speaksHTTP2 = true
            request.headers.append(("TE", "trailers"))
        }
        return try send(request)
    }

    /// A client for each request: one that kept its connection would say less of the port.
    private func send(_ request: HTTPRequest) throws(SendingError) -> HTTPResponse {
        var client = try HTTPClient()
        return try client.send(request)
    }

    private func request(
        _ method: HTTPRequest.Method, _ path: String, _ door: Door, _ address: String
    ) -> HTTPRequest {
        let listener = listen[door.listener]
        let place = place(door, address)
        let port = listen.port(of: door.listener)
        var request = HTTPRequest(method, "http://\(place)\(path)")
        request.totalMilliseconds = Self.answerMilliseconds
        if let certificate = listener.tls.certificate {
            // The listener's own certificate is the one to trust: only its owner has the key.
            request.authorityFile = certificate
            let name = Certificate(path: certificate)?.name?.replacing("*", with: "portolan")
            request.url = "https://\(name.map { "\($0):\(port)" } ?? place)\(path)"
            request.address = address
            request.headers.append(("Host", place))
        }
        if let token = listener.token {
            request.headers.append(("Authorization", "Bearer \(token.text)"))
        }
        return request
    }

    // MARK: - The web listener

    /// Who is at each address of the web listener.
    func residentsOfWeb() -> [(address: String, resident: Resident)] {
        addresses(of: .web).map { ($0, residentOfWeb(at: $0)) }
    }

    private func residentOfWeb(at address: String) -> Resident {
        do throws(SendingError) {
            return resident(try get("/metrics", of: .web, at: address))
        } catch {
            switch error.kind {
            case .refused: return .nobody
            case .untrusted: return .locked(error.reason)
            default:
                return needsCertificate(.web)
                    ? .locked("it wants a client certificate") : .stranger(error.reason)
            }
        }
    }

    /// How many spans the collector has taken since its start.
    func acceptedSpans(at address: String) -> Int? {
        (try? get("/metrics", of: .web, at: address)).map {
            MetricsReading($0.text).total("portolan_spans_accepted_total")
        }
    }

    private func resident(_ answer: HTTPResponse) -> Resident {
        let metrics = MetricsReading(answer.text)
        if answer.status == 200, !metrics.samples(of: "portolan_build_info").isEmpty {
            return .portolan(metrics)
        }
        // The words of our own refusals.
        if answer.status == 401 || answer.status == 403, answer.text.contains("listen.web.") {
            return .locked("it answers \(answer.status)")
        }
        return .stranger("it answers GET /metrics with status \(answer.status)")
    }
}

extension HTTPResponse {
    fileprivate var text: String { String(decoding: body, as: UTF8.self) }
}
