package import Spans

/// Tells what is wrong with the facts and links of a table, held against all that protobuf-c reads in
/// the same body; nil if nothing is. No span may have been refused.
package func faultOfFacts(
    in table: SpanTable, of body: [UInt8], names: FactNames, by oracle: TraceOracle
) -> String? {
    // protobuf-c ends a text at a zero byte, and may take its beginning for a name.
    if names.all.contains(where: { contains(body, Array($0.text.utf8) + [0]) }) { return nil }
    for (record, span) in zip(table.records, oracle.spans) {
        var expected = facts(of: span.attributes, names)
        if !span.traceState.isEmpty { expected[.traceState] = .text(span.traceState) }
        let group = table.groups[Int(record.group)]
        let fault =
            difference(table.facts[record.facts.indices], body, expected)
            ?? difference(
                table.resourceFacts[group.facts.indices], body, facts(of: span.resource, names))
            ?? difference(table.links[record.links.indices], span.links)
        if let fault { return fault }
    }
    return nil
}

private func contains(_ body: [UInt8], _ text: [UInt8]) -> Bool {
    guard body.count >= text.count else { return false }
    return (0...body.count - text.count).contains { body[$0...].starts(with: text) }
}

/// What should be known by each key: the value with the lowest rank, and of several of these the
/// first.
private func facts(of attributes: [OracleAttribute], _ names: FactNames) -> [FactKey: OracleValue] {
    var best: [FactKey: (rank: UInt8, value: OracleValue)] = [:]
    for attribute in attributes {
        guard let value = attribute.value, value != .text(""),
            let meaning = names.all.first(where: { $0.text == attribute.key })?.meaning
        else { continue }
        if let known = best[meaning.key], known.rank <= meaning.rank { continue }
        best[meaning.key] = (meaning.rank, value)
    }
    return best.mapValues(\.value)
}

private func difference(
    _ facts: ArraySlice<SpanFact>, _ body: [UInt8], _ expected: [FactKey: OracleValue]
) -> String? {
    var found: [FactKey: OracleValue] = [:]
    for fact in facts {
        if let text = fact.value.text, body[text].contains(0) { return nil }
        guard found.updateValue(OracleValue(fact.value, body), forKey: fact.key) == nil else {
            return "two facts of \(fact.key)"
        }
    }
    return found == expected ? nil : "facts \(found) instead of \(expected)"
}

private func difference(_ links: ArraySlice<SpanLink>, _ all: [OracleLink]) -> String? {
    let found = links.map {
        OracleLink(
            traceID: bytes($0.trace.high) + bytes($0.trace.low), spanID: bytes($0.id))
    }
    let expected = all.filter { link in
        link.traceID.count == 16 && link.spanID.count == 8
            && link.traceID.contains { $0 != 0 } && link.spanID.contains { $0 != 0 }
    }
    return found == expected ? nil : "links \(found) instead of \(expected)"
}

private func bytes(_ number: UInt64) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * UInt64($0))) }
}

extension [UInt8] {
    fileprivate subscript(range: BodyRange) -> ArraySlice<UInt8> {
        self[Int(range.start)..<Int(range.end)]
    }
}

extension OracleValue {
    fileprivate init(_ value: FactValue, _ body: [UInt8]) {
        self =
            switch value {
            case .text(let range): .text(String(decoding: body[range], as: UTF8.self))
            case .boolean(let flag): .boolean(flag)
            case .integer(let number): .integer(number)
            case .double(let number): .double(number.bitPattern)
            }
    }
}
