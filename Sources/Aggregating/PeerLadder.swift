import Charts
import Spans

/// A name for whoever is at the other end of a span, and the rung of the ladder that gave it. The
/// text lies in the body.
struct PeerName {
    let text: BodyRange
    let rung: NamingRung
    var type: ServiceType
}

/// What a span's facts are about, as bits, so that most questions need no search.
struct FactSet {
    private var bits: UInt64 = 0

    init(_ record: SpanRecord, in table: borrowing SpanTable) {
        for index in record.facts.indices { bits |= 1 &<< UInt64(table.facts[index].key.rawValue) }
    }

    func has(_ key: FactKey) -> Bool { bits & 1 &<< UInt64(key.rawValue) != 0 }

    func hasAny(of keys: FactSet) -> Bool { bits & keys.bits != 0 }

    init(of keys: [FactKey]) { for key in keys { bits |= 1 &<< UInt64(key.rawValue) } }
}

/// The ladders: which attribute names the other end of a span, best first.
struct PeerLadder {
    let record: SpanRecord
    let facts: FactSet

    /// Whether a database or cache is called.
    var isStore: Bool { facts.has(.dbSystem) || facts.has(.dbNamespace) }

    /// The other end of a call; of a call that comes in, only when the span says its service.
    func peer(in table: borrowing SpanTable, isCache: Bool) -> PeerName? {
        let type: ServiceType = !isStore ? .external : isCache ? .cache : .database
        if let text = text(.peerName, in: table) {
            return PeerName(text: text, rung: .servicePeerName, type: type)
        }
        guard record.kind == .client || record.kind == .producer else { return nil }
        // The number of a database inside a cache server is no name.
        if isStore, !isCache, let text = text(.dbNamespace, in: table) {
            return PeerName(text: text, rung: .dbNamespace, type: type)
        }
        if let text = text(.serverAddress, in: table) ?? text(.netPeerName, in: table) {
            return PeerName(text: text, rung: .serverAddress, type: type)
        }
        if let text = text(.networkPeerAddress, in: table) {
            return PeerName(text: text, rung: .networkPeerAddress, type: type)
        }
        let last: (key: FactKey, rung: NamingRung) =
            isStore ? (.dbSystem, .dbSystem) : (.urlFull, .urlHost)
        return text(last.key, in: table).map { PeerName(text: $0, rung: last.rung, type: type) }
    }

    /// The queue or topic of a messaging span. The system alone names none.
    func broker(in table: borrowing SpanTable) -> BodyRange? {
        if let text = text(.messagingTemplate, in: table) ?? text(.messagingDestination, in: table)
        {
            return text
        }
        guard facts.has(.messagingSystem) else { return nil }
        return text(.serverAddress, in: table) ?? text(.netPeerName, in: table)
    }

    func text(_ key: FactKey, in table: borrowing SpanTable) -> BodyRange? {
        facts.has(key) ? table.fact(key, of: record)?.text : nil
    }

    /// A number that may have been sent as a text.
    func number(_ key: FactKey, in batch: borrowing SpanBatch) -> Int64? {
        guard facts.has(key) else { return nil }
        switch batch.table.fact(key, of: record) {
        case .integer(let number): return number
        case .double(let number): return Int64(exactly: number)
        case .text(let range): return Int64(bodyText(range, in: batch.body))
        case .boolean, nil: return nil
        }
    }
}

/// A stretch of a body as text.
func bodyText(_ range: BodyRange, in body: [UInt8]) -> String {
    String(decoding: body[Int(range.start)..<Int(range.end)], as: UTF8.self)
}

/// The host of a URL: between the scheme and the path, without user, port and brackets.
func hostOfURL(_ url: String) -> String? {
    guard let scheme = url.firstRange(of: "://") else { return nil }
    var rest = url[scheme.upperBound...].prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    if let at = rest.lastIndex(of: "@") { rest = rest[rest.index(after: at)...] }
    if rest.hasPrefix("[") {
        rest = rest.dropFirst().prefix { $0 != "]" }
    } else {
        rest = rest.prefix { $0 != ":" }
    }
    return rest.isEmpty ? nil : rest.lowercased()
}
