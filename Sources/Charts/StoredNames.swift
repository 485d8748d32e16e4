import Sketches

/// How many names of each kind there are.
package struct NameCounts: Equatable, Sendable {
    var services = 0
    var operations = 0
    var edges = 0
    var values = 0

    package static var none: NameCounts { NameCounts() }
}

/// Names by their numbers, from some number on: what of a table of names is written beside figures
/// that use these numbers.
struct StoredNames: Equatable, Sendable {
    /// How many there are before these.
    var first = NameCounts()
    var services: [ServiceKey] = []
    var operations: [OperationName] = []
    var edges: [EdgeEnds] = []
    var values: [String] = []

    var isEmpty: Bool {
        services.isEmpty && operations.isEmpty && edges.isEmpty && values.isEmpty
    }
}

extension ChartNames {
    var counts: NameCounts {
        NameCounts(
            services: services.count, operations: operations.count, edges: edges.count,
            values: values.count)
    }

    func names(from first: NameCounts) -> StoredNames {
        StoredNames(
            first: first, services: Array(services[first.services...]),
            operations: Array(operations[first.operations...]),
            edges: Array(edges[first.edges...]), values: Array(values[first.values...]))
    }
}

/// Four numbers where the names start, then of each kind how many and the names. Texts are their
/// length and UTF-8.
extension StoredNames {
    func write(to writer: inout PackedWriter) {
        for count in [first.services, first.operations, first.edges, first.values] {
            writer.append(UInt64(count))
        }
        writer.append(UInt64(services.count))
        for key in services {
            for text in [key.environment, key.namespace, key.name] { writer.append(text: text) }
            writer.append(byte: key.type.rawValue)
        }
        writer.append(UInt64(operations.count))
        for operation in operations {
            writer.append(UInt64(operation.service))
            writer.append(text: operation.name)
        }
        writer.append(UInt64(edges.count))
        for ends in edges {
            writer.append(UInt64(ends.client))
            writer.append(UInt64(ends.server))
            writer.append(byte: ends.hop.rawValue)
        }
        writer.append(UInt64(values.count))
        for value in values { writer.append(text: value) }
    }

    /// Nil when the bytes cannot be names.
    init?(from reader: inout PackedReader) {
        first.services = reader.smallNumber()
        first.operations = reader.smallNumber()
        first.edges = reader.smallNumber()
        first.values = reader.smallNumber()
        for _ in 0..<reader.count() {
            var key = ServiceKey(name: "")
            key.environment = reader.text()
            key.namespace = reader.text()
            key.name = reader.text()
            guard let type = ServiceType(rawValue: reader.byte()) else { return nil }
            key.type = type
            services.append(key)
        }
        for _ in 0..<reader.count() {
            let service = UInt32(reader.smallNumber())
            operations.append(OperationName(service: service, name: reader.text()))
        }
        for _ in 0..<reader.count() {
            let (client, server) = (reader.smallNumber(), reader.smallNumber())
            guard let hop = Hop(rawValue: reader.byte()) else { return nil }
            edges.append(EdgeEnds(client: UInt32(client), server: UInt32(server), hop: hop))
        }
        for _ in 0..<reader.count() { values.append(reader.text()) }
        if reader.fault != nil { return nil }
    }
}

extension PackedWriter {
    fileprivate mutating func append(text: String) {
        append(UInt64(text.utf8.count))
        append(bytes: Array(text.utf8)[...])
    }
}

extension PackedReader {
    /// A number of a name, or of names; what is too large for one is a fault.
    mutating func smallNumber() -> Int {
        let number = number()
        if number > UInt64(Int32.max) { skip(.max) }
        return fault == nil ? Int(number) : 0
    }

    /// How many things follow, of a byte at least.
    mutating func count() -> Int {
        let count = smallNumber()
        if count > bytesLeft { skip(.max) }
        return fault == nil ? count : 0
    }

    mutating func bytes(_ count: Int) -> [UInt8] {
        let start = at
        skip(count)
        return fault == nil ? Array(bytes[start..<at]) : []
    }

    fileprivate mutating func text() -> String {
        let bytes = bytes(count())
        guard let text = String(validating: bytes, as: UTF8.self) else {
            skip(.max)
            return ""
        }
        return text
    }
}
