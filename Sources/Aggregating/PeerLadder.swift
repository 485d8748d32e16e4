import Charts
import Spans

/// A name for whoever is at the other end of a span, and the rung of the ladder that gave it. The
/// text lies in the body.
struct PeerName {
    let text: BodyRange
    let rung: NamingRung
    var type: ServiceType
}

/// The ladders: which attribute names the other end, best first.
extension SpanTable {
    /// Whether a database or cache is called.
    func isStore(_ record: SpanRecord) -> Bool {
        fact(.dbSystem, of: record) != nil || fact(.dbNamespace, of: record) != nil
    }

    /// The other end of a call; of a call that comes in, only when the span says its service.
    func peer(of record: SpanRecord, isCache: Bool) -> PeerName? {
        let isStore = isStore(record)
        let type: ServiceType = !isStore ? .external : isCache ? .cache : .database
        if let text = text(.peerName, of: record) {
            return PeerName(text: text, rung: .servicePeerName, type: type)
        }
        guard record.kind == .client || record.kind == .producer else { return nil }
        // The number of a database inside a cache server is no name.
        if isStore, !isCache, let text = text(.dbNamespace, of: record) {
            return PeerName(text: text, rung: .dbNamespace, type: type)
        }
        if var address = address(of: record) {
            address.type = type
            return address
        }
        return isStore
            ? text(.dbSystem, of: record).map { PeerName(text: $0, rung: .dbSystem, type: type) }
            : text(.urlFull, of: record).map { PeerName(text: $0, rung: .urlHost, type: type) }
    }

    private func address(of record: SpanRecord) -> PeerName? {
        if let text = text(.serverAddress, of: record) ?? text(.netPeerName, of: record) {
            return PeerName(text: text, rung: .serverAddress, type: .external)
        }
        return text(.networkPeerAddress, of: record).map {
            PeerName(text: $0, rung: .networkPeerAddress, type: .external)
        }
    }

    /// The queue or topic of a messaging span. The system alone names none.
    func broker(of record: SpanRecord) -> BodyRange? {
        if let text = text(.messagingTemplate, of: record)
            ?? text(.messagingDestination, of: record)
        {
            return text
        }
        guard fact(.messagingSystem, of: record) != nil else { return nil }
        return text(.serverAddress, of: record) ?? text(.netPeerName, of: record)
    }

    func text(_ key: FactKey, of record: SpanRecord) -> BodyRange? {
        fact(key, of: record)?.text
    }

    func text(_ key: FactKey, of group: SpanGroup) -> BodyRange? {
        fact(key, of: group)?.text
    }

    /// A number that may have been sent as a text.
    func number(_ key: FactKey, of record: SpanRecord, in body: [UInt8]) -> Int64? {
        switch fact(key, of: record) {
        case .integer(let number): number
        case .double(let number): Int64(exactly: number)
        case .text(let range): Int64(bodyText(range, in: body))
        case .boolean, nil: nil
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
