/// Gathers the facts of one owner at the end of a list: one of each key. Of several names the one
/// with the lowest rank wins; of several attributes with one name, which the specification rules
/// out, the first.
@usableFromInline
package struct FactGathering: Sendable {
    @usableFromInline package let first: Int
    @usableFromInline var seen: UInt64 = 0

    /// For an owner whose facts will stand at the end of a list that has so many.
    @inlinable
    package init(first: Int) { self.first = first }

    @inlinable
    package mutating func add(_ fact: SpanFact, to facts: inout [SpanFact]) {
        let bit = 1 &<< UInt64(fact.key.rawValue)
        guard seen & bit == 0 else { return replace(fact, in: &facts) }
        seen |= bit
        facts.append(fact)
    }

    @usableFromInline
    func replace(_ fact: SpanFact, in facts: inout [SpanFact]) {
        for index in first..<facts.count where facts[index].key == fact.key {
            if fact.meaning.rank < facts[index].meaning.rank { facts[index] = fact }
        }
    }
}
