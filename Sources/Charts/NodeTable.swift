/// The services as they are shown: an external one that sends spans itself is the service that sends
/// them, and a name gets as much of the key as makes it clear.
///
/// Made anew when the ledger learns a service; so what a node is does not depend on what was known
/// when it was counted.
struct NodeTable: Sendable {
    /// By the ledger's number: the number of the service that it is.
    private(set) var realNumbers: [UInt32] = []
    /// By the ledger's number; of one that is another, that one's.
    private(set) var nodes: [ServiceNode] = []
    /// By the ledger's number: the place among all when they are sorted.
    private(set) var ranks: [Int] = []

    var count: Int { nodes.count }

    init() {}

    init(_ keys: [ServiceKey]) {
        let services = Dictionary(grouping: keys.indices.filter { keys[$0].type == .service }) {
            keys[$0].name
        }
        realNumbers = keys.indices.map { number in
            let real = Self.real(keys[number], among: services[keys[number].name] ?? [], keys)
            return UInt32(real ?? number)
        }
        let shown = keys.indices.filter { realNumbers[$0] == $0 }
        var names: [Int: String] = [:]
        for (name, numbers) in Dictionary(grouping: shown, by: { keys[$0].name }) {
            Self.distinguish(numbers, named: name, keys, into: &names)
        }
        nodes = realNumbers.map { number in
            let key = keys[Int(number)]
            return ServiceNode(key: key, name: names[Int(number)] ?? key.name)
        }
        ranks = Array(repeating: 0, count: keys.count)
        let sorted = nodes.indices.sorted {
            (nodes[$0].name, nodes[$0].key) < (nodes[$1].name, nodes[$1].key)
        }
        for (rank, number) in sorted.enumerated() { ranks[number] = rank }
    }

    /// The service of an external's name: in its environment, and in its namespace or the only one
    /// that has it.
    private static func real(
        _ key: ServiceKey, among services: [Int], _ keys: [ServiceKey]
    ) -> Int? {
        guard key.type == .external else { return nil }
        let candidates = services.filter { keys[$0].environment == key.environment }
        return candidates.first { keys[$0].namespace == key.namespace }
            ?? (candidates.count == 1 ? candidates[0] : nil)
    }

    /// Names for services that have one name.
    private static func distinguish(
        _ numbers: [Int], named name: String, _ keys: [ServiceKey], into names: inout [Int: String]
    ) {
        let hasEnvironments = Set(numbers.map { keys[$0].environment }).count > 1
        let hasNamespaces = Set(numbers.map { keys[$0].namespace }).count > 1
        let prefixed = numbers.map { number in
            let key = keys[number]
            if hasEnvironments { return "\(key.environment)/\(key.namespace)/\(name)" }
            return hasNamespaces ? "\(key.namespace)/\(name)" : name
        }
        let counts = Dictionary(prefixed.map { ($0, 1) }, uniquingKeysWith: +)
        for (number, text) in zip(numbers, prefixed) {
            let isClear = counts[text] == 1 || keys[number].type == .service
            names[number] = isClear ? text : "\(text) (\(keys[number].type.word))"
        }
    }
}
