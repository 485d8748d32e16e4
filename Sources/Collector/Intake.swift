import Decoding
import Journaling
import Lanes
import Receiving
import Settings
import Spans
import Wire

/// Answers OTLP for one lane: decides which requests come in, decodes them and hands them to the
/// journal, which has them answered.
final class Intake: RequestHandler {
    var settings: ServingSettings
    private let stage: LaneStage
    private let journal: JournalQueue
    private let counters: IntakeCounters
    private let memory: BodyMemory
    private let refusals: RefusalLog
    private var inflater = Inflater()

    init(
        settings: ServingSettings, stage: LaneStage, journal: JournalQueue,
        counters: IntakeCounters, memory: BodyMemory, log: Log
    ) {
        self.settings = settings
        self.stage = stage
        self.journal = journal
        self.counters = counters
        self.memory = memory
        refusals = RefusalLog(log: log)
        journal.refusing = { [unowned self] in answer(refusing: $0, $1, at: $2) }
    }

    func admit(_ head: RequestHead, at door: Door) -> Refusal? {
        let call = OTLPCall(head, at: door)
        if call != .health && call != .healthWatch && call != .preflight,
            !settings.isAuthorized(head.authorization, at: door)
        {
            return Refusal(
                .unauthenticated,
                "no valid token; send 'authorization: Bearer TOKEN' with the token of "
                    + "listen.\(door.name).token")
        }
        return call.refusal(head, at: door, settings)
    }

    /// Those that need no token may not fill the memory.
    func bodyBytesMax(_ head: RequestHead, at door: Door) -> Int {
        switch OTLPCall(head, at: door) {
        case .health, .healthWatch, .preflight: Self.openBodyBytesMax
        default: Int.max
        }
    }

    private static let openBodyBytesMax = 1 << 10

    func answer(_ request: inout Request) -> Answer? {
        let head = request.head
        switch OTLPCall(head, at: request.door) {
        case .traces:
            do throws(Refusal) {
                return try takeTraces(&request)
            } catch {
                return answer(refusing: error, head, at: request.door)
            }
        case .other(let signal):
            counters.add(1, to: .discarded(signal))
            return withCORS(OTLPAnswer.success([], head), head, at: request.door)
        case .health: return health(request)
        case .healthWatch: return healthWatch(request)
        case .preflight: return preflight(request)
        case .unknown:
            // Not admitted, so that it does not come here.
            return answer(
                refusing: Refusal(.notFound, "nothing is here"), head, at: request.door)
        }
    }

    func answer(refusing refusal: Refusal, _ head: RequestHead, at door: Door) -> Answer {
        refusals.note(refusal, at: door, nowMilliseconds: Clock.monotonicMilliseconds())
        return withCORS(OTLPAnswer.refused(refusal, head), head, at: door)
    }

    // MARK: - Traces

    /// Nil when the answer comes with the journal's receipt.
    private func takeTraces(_ request: inout Request) throws(Refusal) -> Answer? {
        let isJSON = !request.head.isCall && request.head.mediaType == "application/json"
        let format = isJSON ? IntakeCounters.Format.json : .protobuf
        let received = Clock.wallNanoseconds()
        let compressed = try inflate(&request)
        var batch = SpanBatch()
        batch.table = stage.emptyTable()
        batch.receivedNanoseconds = received
        try decode(&request, isJSON: isJSON, into: &batch)

        let refused = batch.table.refusals
        count(batch.table, format)
        let success = success(refused, request)
        guard !batch.table.records.isEmpty else {
            stage.recycle(batch)
            return success
        }
        let original = compressed ?? original(&request, isJSON: isJSON, batch)
        let record = JournalRecord(
            body: original.body, count: original.count, form: isJSON ? .otlpJSON : .otlpProtobuf,
            encoding: BodyEncoding(original.encoding), receivedNanoseconds: received,
            decoderVersion: OTLPTraceDecoder.version,
            refused: RefusedOrdinals(refused.ordinals.joined()))
        let accepted = AcceptedRequest(
            batch: batch, isBodyApart: isJSON || compressed != nil, format: format,
            head: request.head, door: request.door, ticket: request.ticket,
            charges: [request.charge, compressed?.charge].compactMap(\.self), success: success)
        try journal.take(accepted, record)
        return nil
    }

    /// The body as it came.
    private struct Original {
        let body: [UInt8]
        let count: Int
        let encoding: ContentEncoding
        var charge: Charge?
    }

    /// Of a request that was not compressed.
    private func original(
        _ request: inout Request, isJSON: Bool, _ batch: borrowing SpanBatch
    ) -> Original {
        guard isJSON else {
            return Original(body: batch.body, count: batch.bodyCount, encoding: .identity)
        }
        defer { request.body = [] }
        return Original(body: request.body, count: request.bodyCount, encoding: .identity)
    }

    private func success(_ refused: SpanRefusals, _ request: Request) -> Answer {
        let message = encodeExportResponse(rejectedSpans: refused.count, message: refused.message)
        return withCORS(OTLPAnswer.success(message, request.head), request.head, at: request.door)
    }

    private func count(_ table: borrowing SpanTable, _ format: IntakeCounters.Format) {
        counters.add(table.records.count + table.refusals.count, to: .received(format))
        counters.add(table.spans(with: .endBeforeStart), to: .endBeforeStart)
        counters.add(table.spans(with: .noEnd), to: .noEnd)
        count(table.refusals)
    }

    private func count(_ refused: SpanRefusals) {
        guard refused.count > 0 else { return }
        for reason in SpanRefusal.allCases {
            counters.add(refused[reason].count, to: .refused(reason))
        }
    }

    /// Puts the expanded body in the place of the compressed one, and returns that; nil when the body
    /// is not compressed.
    private func inflate(_ request: inout Request) throws(Refusal) -> Original? {
        guard !request.encoding.isEmpty, request.encoding != "identity" else { return nil }
        guard let encoding = ContentEncoding(name: request.encoding) else {
            throw Refusal(
                request.head.isCall ? .unimplemented : .unsupportedMediaType,
                "compression \(request.encoding) is not spoken here; gzip, zstd and deflate are")
        }
        // Charged step by step as it grows, beside the compressed body: lanes that expand at the same
        // time cannot all count on the same free bytes.
        let limit = settings.inflation
        let firstBytes = BufferPool.size(for: min(4 * request.bodyCount, limit.bytesMax))
        let charge = Charge(on: memory.budget)
        guard charge.grow(by: firstBytes) else { throw .outOfMemory }
        var expanded = memory.pool.take(atLeast: firstBytes)
        let count: Int
        do throws(WireError) {
            count = try inflater.inflate(
                encoding, request.body, count: request.bodyCount, into: &expanded, limit: limit,
                mayGrow: charge.grow(by:))
        } catch {
            memory.pool.give(expanded)
            switch error.kind {
            case .outOfMemory: throw .outOfMemory
            case .limit: throw Refusal(.tooLarge, "the \(request.encoding) body: \(error)")
            default: throw Refusal(.malformed, "the \(request.encoding) body: \(error)")
            }
        }
        swap(&expanded, &request.body)
        let compressed = Original(
            body: expanded, count: request.bodyCount, encoding: encoding, charge: request.charge)
        request.setBodyCount(count)
        request.charge = charge
        return compressed
    }

    private func grow(_ charge: inout Charge?, by bytes: Int) throws(Refusal) {
        let grown = charge ?? Charge(on: memory.budget)
        guard grown.grow(by: bytes) else { throw .outOfMemory }
        charge = grown
    }

    /// Moves the body into the batch and reads it there.
    private func decode(
        _ request: inout Request, isJSON: Bool, into batch: inout SpanBatch
    ) throws(Refusal) {
        do throws(WireError) {
            if isJSON {
                batch.body = try protobufFromJSON(
                    request.body, count: request.bodyCount, message: .exportTraceServiceRequest,
                    depthMax: Self.jsonDepthMax)
                batch.bodyCount = batch.body.count
            } else {
                swap(&batch.body, &request.body)
                batch.bodyCount = request.bodyCount
            }
            try settings.decoder.decode(
                batch.body, count: batch.bodyCount, into: &batch.table)
        } catch {
            if !isJSON { swap(&batch.body, &request.body) }
            throw Refusal(.malformed, "the request is not an ExportTraceServiceRequest: \(error)")
        }
        if isJSON { try grow(&request.charge, by: batch.body.count) }
    }

    /// Messages around a value, and three for each of the 64 levels that a value may have.
    static let jsonDepthMax = 8 + 3 * 64

    // MARK: - Health and browsers

    private func health(_ request: Request) -> Answer {
        guard isKnownService(request) else {
            return answer(
                refusing: Refusal(.unknownService, "no such service is here"), request.head,
                at: request.door)
        }
        return Self.health(.serving)
    }

    /// The call goes on until we leave, and says then that we do.
    private func healthWatch(_ request: Request) -> Answer {
        var answer = Self.health(isKnownService(request) ? .serving : .serviceUnknown)
        answer.farewell = encodeHealthResponse(status: ServingStatus.notServing.rawValue)
        return answer
    }

    /// The services that can be asked for: the collector as a whole, and the trace service.
    private func isKnownService(_ request: Request) -> Bool {
        let service = healthRequestService(request.body, count: request.bodyCount)
        return service == "" || service == OTLPCall.traceService
    }

    /// Of the health protocol.
    private enum ServingStatus: Int32 {
        case serving = 1
        case notServing = 2
        case serviceUnknown = 3
    }

    private static func health(_ status: ServingStatus) -> Answer {
        Answer(
            contentType: "application/grpc", body: encodeHealthResponse(status: status.rawValue))
    }

    private func preflight(_ request: Request) -> Answer {
        var answer = Answer(contentType: "", body: [])
        answer.status = 204
        answer.headers = [
            ("Access-Control-Allow-Methods", "POST"),
            ("Access-Control-Allow-Headers", request.head.corsHeaders),
            ("Access-Control-Max-Age", "7200"),
        ]
        return withCORS(answer, request.head, at: request.door)
    }

    private func withCORS(_ answer: Answer, _ head: RequestHead, at door: Door) -> Answer {
        guard let origin = head.origin, settings.allows(origin: origin, at: door) else {
            return answer
        }
        var answer = answer
        answer.headers += [("Access-Control-Allow-Origin", origin), ("Vary", "Origin")]
        return answer
    }
}
