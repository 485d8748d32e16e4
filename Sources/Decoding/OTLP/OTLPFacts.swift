import Spans
import Wire

/// The facts of one span or resource, taken from its attributes as they are read.
struct OTLPFacts {
    let names: NameLookup<FactMeaning>
    private var gathering: FactGathering

    init(names: NameLookup<FactMeaning>, first: Int) {
        self.names = names
        gathering = FactGathering(first: first)
    }

    /// Where the facts begin in their list.
    var first: Int { gathering.first }

    mutating func add(
        _ attribute: OTLPAttribute, of cursor: ProtobufCursor, to facts: inout [SpanFact]
    ) {
        if let value = attribute.value, let meaning = cursor.meaning(of: attribute.key, in: names) {
            add(meaning, value, to: &facts)
        }
    }

    /// An empty text tells nothing, and is no fact.
    @inline(__always)
    mutating func add(_ meaning: FactMeaning, _ value: FactValue, to facts: inout [SpanFact]) {
        if value.text?.count == 0 { return }
        gathering.add(SpanFact(meaning, value), to: &facts)
    }
}

extension FactValue {
    @inline(__always)
    init(_ pair: ShortPair) {
        self =
            switch pair.tag {
            case ShortPair.Tag.text: .text(BodyRange(pair.text))
            case ShortPair.Tag.integer: .integer(Int64(bitPattern: pair.number))
            case ShortPair.Tag.double: .double(Double(bitPattern: pair.number))
            default: .boolean(pair.number != 0)
            }
    }
}
