import Spans
import Wire

/// The facts of one span or resource, taken from its attributes as they are read.
struct OTLPFacts {
    private let names: NameLookup<FactMeaning>
    private var gathering: FactGathering

    init(names: NameLookup<FactMeaning>, first: Int) {
        self.names = names
        gathering = FactGathering(first: first)
    }

    /// Where the facts begin in their list.
    var first: Int { gathering.first }

    @inline(__always)
    mutating func add(_ pair: ShortPair, of cursor: ProtobufCursor, to facts: inout [SpanFact]) {
        if let meaning = cursor.meaning(of: pair.key, in: names) {
            add(SpanFact(meaning, FactValue(pair)), to: &facts)
        }
    }

    mutating func add(
        _ attribute: OTLPAttribute, of cursor: ProtobufCursor, to facts: inout [SpanFact]
    ) {
        if let value = attribute.value, let meaning = cursor.meaning(of: attribute.key, in: names) {
            add(SpanFact(meaning, value), to: &facts)
        }
    }

    @inline(__always)
    mutating func add(_ fact: SpanFact, to facts: inout [SpanFact]) {
        if let text = fact.value.text, text.count == 0 { return }
        gathering.add(fact, to: &facts)
    }
}

extension FactValue {
    @inline(__always)
    fileprivate init(_ pair: ShortPair) {
        self =
            switch pair.tag {
            case ShortPair.Tag.text: .text(BodyRange(pair.text))
            case ShortPair.Tag.integer: .integer(Int64(bitPattern: pair.number))
            case ShortPair.Tag.double: .double(Double(bitPattern: pair.number))
            default: .boolean(pair.number != 0)
            }
    }
}
