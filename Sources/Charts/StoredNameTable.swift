import Sketches

/// The names of one numbering, put together from all that is stored of them. Nil where the number
/// is used and its name was lost.
package struct StoredNameTable {
    private(set) var services: [ServiceKey?] = []
    private(set) var operations: [OperationName?] = []
    private(set) var edges: [EdgeEnds?] = []
    private(set) var values: [String?] = []

    /// What is shown for a name that was lost.
    static var lostName: String { "(lost)" }

    /// More than any limit of the settings: bytes that ask for more are not names.
    private static var countMax: Int { 16 << 20 }

    package init() {}

    package var isEmpty: Bool { services.isEmpty }

    /// Adds those at the start of some bytes; false when there are none.
    package mutating func add(_ bytes: [UInt8]) -> Bool {
        var reader = PackedReader(bytes)
        guard let names = StoredNames(from: &reader) else { return false }
        return add(names)
    }

    private mutating func add(_ names: StoredNames) -> Bool {
        let first = names.first
        guard max(first.services, first.operations, first.edges, first.values) < Self.countMax
        else { return false }
        Self.fill(&services, from: first.services, names.services)
        Self.fill(&operations, from: first.operations, names.operations)
        Self.fill(&edges, from: first.edges, names.edges)
        Self.fill(&values, from: first.values, names.values)
        return true
    }

    private static func fill<Name>(_ table: inout [Name?], from first: Int, _ names: [Name]) {
        let missing = first + names.count - table.count
        if missing > 0 { table += Array(repeating: nil, count: missing) }
        for (index, name) in names.enumerated() { table[first + index] = name }
    }

    /// Whether every number has its name, and every name's numbers are there.
    package var isWhole: Bool {
        guard services.first == ServiceKey.other, values.first == ServiceKey.otherName else {
            return false
        }
        let services = UInt32(services.count)
        return self.services.allSatisfy { $0 != nil } && values.allSatisfy { $0 != nil }
            && operations.allSatisfy { ($0?.service ?? .max) < services }
            && edges.allSatisfy {
                ($0?.client ?? .max) < services && ($0?.server ?? .max) < services
            }
    }
}
