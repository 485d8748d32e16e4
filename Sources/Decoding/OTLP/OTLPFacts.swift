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
    mutating func add(
        _ attribute: OTLPAttribute, of cursor: ProtobufCursor, to facts: inout [SpanFact]
    ) {
        guard let value = attribute.value,
            let meaning = cursor.meaning(of: attribute.key, in: names)
        else { return }
        if let text = value.text, text.count == 0 { return }
        add(SpanFact(meaning, value), to: &facts)
    }

    @inline(__always)
    mutating func add(_ fact: SpanFact, to facts: inout [SpanFact]) {
        gathering.add(fact, to: &facts)
    }
}
