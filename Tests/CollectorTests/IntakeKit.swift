import Lanes
import Settings
import Spans
import Testing
import Wire

@testable import Collector
@testable import Receiving

/// The intake of lane 0 with all that it needs, and no threads: what it sends to other lanes stays
/// in their rings.
struct IntakeKit {
    let lanes: [LaneHandle]
    let budget = MemoryBudget(limitBytes: 64 << 20)
    let hash: TraceHash
    let intake: Intake
    private let scratch: ScratchJournal
    private let queue: JournalQueue
    private let replies = Replies()

    init(lanes count: Int = 1, _ values: KeyValuePairs<String, String> = [:]) throws {
        let lanes = try (0..<count).map { _ in
            try LaneHandle(lanes: count, recentBytesMax: 1 << 20)
        }
        var random = SystemRandomNumberGenerator()
        let memory = BodyMemory(pool: BufferPool(), budget: budget)
        let log = Log()
        log.set(level: .error, json: false)
        self.lanes = lanes
        hash = TraceHash(using: &random)
        let traces = TraceSettings(
            try Settings.load(sources(values)), memoryBytes: 1 << 20, ledgerBytes: 1 << 20)
        scratch = try ScratchJournal(bells: lanes.map(\.bell))
        let stage = LaneStage(
            lane: 0, lanes: lanes, hash: hash, pool: memory.pool, keeperBell: lanes[0].bell,
            traces: LaneTraces(traces), journal: scratch.journal, replay: ReplayProgress())
        queue = JournalQueue(
            journal: scratch.journal, lane: 0,
            router: SpanRouter(lane: 0, lanes: lanes, hash: hash, stage: stage),
            counters: lanes[0].intake, pool: memory.pool)
        queue.replier = replies
        intake = Intake(
            settings: try serving(values), stage: stage, journal: queue,
            counters: lanes[0].intake, memory: memory, log: log)
    }

    /// Answers a request for which nothing is charged yet.
    func post(
        _ body: [UInt8], _ contentType: String = "application/x-protobuf", encoding: String = "",
        headers: KeyValuePairs<String, String> = [:], path: String = "/v1/traces",
        at door: Door = .otlpHTTP
    ) throws -> Answer {
        let head = try requestHead(path: path, contentType: contentType, headers: headers)
        var request = Request(
            door: door, head: head, body: body, bodyCount: body.count, charge: nil,
            encoding: encoding, ticket: Ticket(token: 0, serial: 0, stream: 0))
        if let answer = intake.answer(&request) { return answer }
        request.charge = nil
        while replies.answers.isEmpty {
            lanes[0].bell.park()
            if !queue.hasMail { lanes[0].bell.wait(milliseconds: -1) }
            queue.work(nowMilliseconds: 0)
        }
        return replies.answers.removeFirst()
    }

    func read(_ count: IntakeCounters.Count) -> Int { lanes[0].intake.read(count) }

    /// A trace that a lane owns.
    func trace(ofLane lane: Int) -> [UInt8] {
        while true {
            let id = TraceID(high: .random(in: 1...UInt64.max), low: .random(in: 1...UInt64.max))
            if hash.lane(of: id, lanes: lanes.count) == lane {
                return bigEndian(id.high) + bigEndian(id.low)
            }
        }
    }

    /// The spans that every lane keeps of those that came last.
    var keptSpans: Int {
        lanes.enumerated().reduce(0) { sum, lane in
            lane.element.recent.entries.reduce(sum) { sum, entry in
                sum + (entry.batch.read { $0.table.records(ofLane: lane.offset).count } ?? 0)
            }
        }
    }
}

/// What came as answers later than their requests were read.
private final class Replies: Replier {
    var answers: [Answer] = []

    func answer(_ ticket: Ticket, with answer: Answer) { answers.append(answer) }

    func sendAnswers() {}
}

func serving(_ values: KeyValuePairs<String, String> = [:]) throws -> ServingSettings {
    ServingSettings(try Settings.load(sources(values)), bodyBytesMax: 16 << 20)
}

func requestHead(
    method: String = "POST", path: String = "/v1/traces", contentType: String = "",
    headers: KeyValuePairs<String, String> = [:]
) throws -> RequestHead {
    let head = RequestHead()
    head.method = method
    head.setTarget(path)
    if !contentType.isEmpty { try head.take(name: "content-type", value: contentType) }
    for (name, value) in headers { try head.take(name: name, value: value) }
    return head
}

/// An ExportTraceServiceRequest with a span for each trace id.
func traceRequest(_ traces: [[UInt8]]) -> [UInt8] {
    var writer = ProtobufWriter()
    let resourceSpans = writer.open(field: 1)
    let scopeSpans = writer.open(field: 2)
    for trace in traces {
        let span = writer.open(field: 2)
        for (field, bytes) in [(UInt32(1), trace), (2, [0, 0, 0, 0, 0, 0, 0, 9])] {
            let part = writer.open(field: field)
            writer.raw(bytes)
            writer.close(part)
        }
        writer.tag(ProtobufTag(field: 7, .fixed64))
        writer.fixed64(1)
        writer.tag(ProtobufTag(field: 8, .fixed64))
        writer.fixed64(2)
        writer.close(span)
    }
    writer.close(scopeSpans)
    writer.close(resourceSpans)
    return writer.bytes
}

func text(_ answer: Answer) -> String { String(decoding: answer.body, as: UTF8.self) }

/// Content in the format of gzip (RFC 1952), stored as it is.
func gzipped(_ content: [UInt8]) -> [UInt8] {
    let count = UInt16(content.count)
    let stored = [1] + littleEndian(count) + littleEndian(~count) + content
    return [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255] + stored + littleEndian(crc32(content))
        + littleEndian(UInt32(content.count))
}

/// A zstd frame (RFC 8878) of blocks that each are one byte, 128 KiB times over.
func zstdBomb(blocks: Int) -> [UInt8] {
    let head: [UInt8] = [0x28, 0xb5, 0x2f, 0xfd, 0, 0x50]
    return (1...blocks).reduce(into: head) { frame, index in
        let header = UInt32(index == blocks ? 1 : 0) | 1 << 1 | (128 << 10) << 3
        frame += littleEndian(header).prefix(3) + [0]
    }
}

private func crc32(_ content: [UInt8]) -> UInt32 {
    ~content.reduce(~0) { crc, byte in
        (0..<8).reduce(crc ^ UInt32(byte)) { crc, _ in
            crc & 1 == 1 ? crc >> 1 ^ 0xedb8_8320 : crc >> 1
        }
    }
}

private func littleEndian(_ number: some FixedWidthInteger & UnsignedInteger) -> [UInt8] {
    stride(from: 0, to: number.bitWidth, by: 8).map { UInt8(truncatingIfNeeded: number >> $0) }
}

func bigEndian(_ number: UInt64) -> [UInt8] { littleEndian(number).reversed() }
