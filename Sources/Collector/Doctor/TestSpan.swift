import Lanes
import Receiving
import Sending
import Wire

/// A span of a trace of its own, to see whether it comes through.
struct TestSpan {
    enum Fate {
        /// Among the last spans received.
        case found
        /// Not there any more, but the collector has counted spans since.
        case counted
        case lost
    }

    private let trace: [UInt8]
    private let id: [UInt8]
    private let endNanoseconds: UInt64

    private static let lookMilliseconds = 2_000
    private static let lookEveryMilliseconds = 20
    /// The last spans of all lanes, as JSON, which is some four times as large.
    private static let recentBytesMax = 256 << 20

    init() {
        trace = (0..<16).map { _ in UInt8.random(in: 1...255) }
        id = (0..<8).map { _ in UInt8.random(in: 1...255) }
        endNanoseconds = Clock.wallNanoseconds()
    }

    func send(
        to door: Door, at address: String, by visitor: Visitor
    ) throws(SendingError) -> HTTPResponse {
        guard door == .otlpGRPC else {
            return try visitor.post(
                message, as: "application/x-protobuf", to: "/v1/traces", of: door, at: address)
        }
        let count = UInt8(message.count)
        return try visitor.post(
            [0, 0, 0, 0, count] + message, as: "application/grpc+proto",
            to: "/\(OTLPCall.traceService)/Export", of: door, at: address)
    }

    /// Why the span was not taken; nil when it was.
    static func refusal(_ answer: HTTPResponse, _ door: Door) -> String? {
        let isCall = door == .otlpGRPC
        if answer.status == 200, !isCall || answer.header("grpc-status") == "0" { return nil }
        let code = answer.header("grpc-status").map { ", grpc-status \($0)" } ?? ""
        let words = answer.header("grpc-message") ?? readable(answer.body)
        return "status \(answer.status)\(code)" + (words.isEmpty ? "" : " (\(words))")
    }

    /// The text in an answer, which is protobuf or whatever a stranger sends.
    private static func readable(_ body: [UInt8]) -> String {
        String(decoding: body.prefix(300).filter { (0x20...0x7e).contains($0) }, as: UTF8.self)
    }

    func lookFor(
        at web: String, acceptedBefore before: Int, by visitor: Visitor
    ) -> Fate {
        let text = Array(Hex.text(trace).utf8)
        let deadline = Clock.monotonicMilliseconds() + Self.lookMilliseconds
        repeat {
            let recent = try? visitor.get(
                "/api/v1/recent", of: .web, at: web, answerBytesMax: Self.recentBytesMax)
            if let recent, recent.body.holds(text) { return .found }
            Clock.sleep(milliseconds: Self.lookEveryMilliseconds)
        } while Clock.monotonicMilliseconds() < deadline
        return visitor.acceptedSpans(at: web) ?? 0 > before ? .counted : .lost
    }

    /// An ExportTraceServiceRequest of fewer than 128 bytes.
    var message: [UInt8] {
        var writer = ProtobufWriter()
        let resourceSpans = writer.open(field: 1)
        let resource = writer.open(field: 1)
        let attribute = writer.open(field: 1)
        text("service.name", field: 1, &writer)
        let value = writer.open(field: 2)
        text("portolan-doctor", field: 1, &writer)
        for part in [value, attribute, resource] { writer.close(part) }
        let scopeSpans = writer.open(field: 2)
        let span = writer.open(field: 2)
        bytes(trace, field: 1, &writer)
        bytes(id, field: 2, &writer)
        text("test span", field: 5, &writer)
        writer.tag(ProtobufTag(field: 6, .varint))
        writer.varint(1)
        writer.tag(ProtobufTag(field: 7, .fixed64))
        writer.fixed64(endNanoseconds &- 1_000_000)
        writer.tag(ProtobufTag(field: 8, .fixed64))
        writer.fixed64(endNanoseconds)
        for part in [span, scopeSpans, resourceSpans] { writer.close(part) }
        return writer.bytes
    }

    private func text(_ text: String, field: UInt32, _ writer: inout ProtobufWriter) {
        bytes(Array(text.utf8), field: field, &writer)
    }

    private func bytes(_ content: [UInt8], field: UInt32, _ writer: inout ProtobufWriter) {
        let part = writer.open(field: field)
        writer.raw(content)
        writer.close(part)
    }
}

extension [UInt8] {
    /// Whether a text stands in these bytes. The standard library's search takes a second for what
    /// a busy collector answers.
    func holds(_ text: [UInt8]) -> Bool {
        guard let first = text.first, text.count <= count else { return text.isEmpty }
        for start in 0...(count - text.count)
        where self[start] == first && self[start..<start + text.count].elementsEqual(text) {
            return true
        }
        return false
    }
}
