package import Charts
import Sketches
import Wire

/// An operation of a service, as rows name it.
package struct SummaryName: Hashable, Sendable {
    package var service: ServiceKey
    package var operation: String

    package init(service: ServiceKey, operation: String) {
        self.service = service
        self.operation = operation
    }
}

/// The names of a partition by their numbers, in the order in which they first came. What is new is
/// written before the rows that use it.
struct SummaryNames {
    /// Nil where a damaged block held the name.
    private(set) var names: [SummaryName?] = []
    private var numbers: [SummaryName: UInt32] = [:]

    mutating func number(of name: SummaryName) -> UInt32 {
        if let number = numbers[name] { return number }
        let number = UInt32(names.count)
        numbers[name] = number
        names.append(name)
        return number
    }

    subscript(number: Int) -> SummaryName? { number < names.count ? names[number] : nil }

    /// The bytes of those from a number on.
    func bytes(from first: Int) -> [UInt8] {
        var writer = PackedWriter()
        writer.append(UInt64(first))
        writer.append(UInt64(names.count - first))
        for name in names[first...] {
            guard let name else { continue }
            for text in [
                name.service.environment, name.service.namespace, name.service.name, name.operation,
            ] {
                writer.append(UInt64(text.utf8.count))
                writer.append(bytes: Array(text.utf8)[...])
            }
            writer.append(byte: name.service.type.rawValue)
        }
        return writer.bytes
    }

    /// Adds what a block holds.
    mutating func read(_ bytes: [UInt8], _ range: Range<Int>) throws(WireError) {
        var reader = PackedReader(bytes, from: range.lowerBound, to: range.upperBound)
        let first = Int(clamping: reader.number())
        let count = Int(clamping: reader.number())
        // A name takes five bytes at least; the names before may be lost, but they were no more than
        // a partition has.
        guard first <= Self.namesMax, count <= range.count / 5, first >= names.count else {
            throw WireError(.invalid("names that cannot be"), at: range.lowerBound)
        }
        names += repeatElement(nil, count: first - names.count)
        for _ in 0..<count {
            let texts = (0..<4).map { _ in text(&reader, bytes) }
            guard let type = ServiceType(rawValue: reader.byte()), reader.fault == nil else {
                throw WireError(.invalid("a name that cannot be"), at: reader.at)
            }
            let service = ServiceKey(
                environment: texts[0], namespace: texts[1], name: texts[2], type: type)
            names.append(SummaryName(service: service, operation: texts[3]))
        }
    }

    /// More than any partition has: its bytes are bounded.
    private static let namesMax = 1 << 24

    private func text(_ reader: inout PackedReader, _ bytes: [UInt8]) -> String {
        let count = Int(clamping: reader.number())
        let start = reader.at
        reader.skip(count)
        return String(decoding: bytes[start..<reader.at], as: UTF8.self)
    }
}
