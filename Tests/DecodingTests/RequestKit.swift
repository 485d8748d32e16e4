import Spans
import Wire

/// Protobuf by hand: every function gives the bytes of one field, so that messages are sums.
enum Field {
    static func message(_ number: UInt32, _ content: [UInt8]...) -> [UInt8] {
        var writer = ProtobufWriter()
        let start = writer.open(field: number)
        for part in content { writer.raw(part) }
        writer.close(start)
        return writer.bytes
    }

    static func text(_ number: UInt32, _ text: String) -> [UInt8] {
        message(number, Array(text.utf8))
    }

    static func varint(_ number: UInt32, _ value: UInt64) -> [UInt8] {
        var writer = ProtobufWriter()
        writer.tag(ProtobufTag(field: number, .varint))
        writer.varint(value)
        return writer.bytes
    }

    static func fixed64(_ number: UInt32, _ value: UInt64) -> [UInt8] {
        var writer = ProtobufWriter()
        writer.tag(ProtobufTag(field: number, .fixed64))
        writer.fixed64(value)
        return writer.bytes
    }

    static func fixed32(_ number: UInt32, _ value: UInt32) -> [UInt8] {
        var writer = ProtobufWriter()
        writer.tag(ProtobufTag(field: number, .fixed32))
        writer.fixed32(value)
        return writer.bytes
    }

    /// Groups around each other, the innermost empty.
    static func groups(_ number: UInt32, deep: Int) -> [UInt8] {
        var writer = ProtobufWriter()
        for _ in 0..<deep { writer.tag(ProtobufTag(field: number, .startGroup)) }
        for _ in 0..<deep { writer.tag(ProtobufTag(field: number, .endGroup)) }
        return writer.bytes
    }
}

/// The messages of OTLP, with what a test does not care about filled in.
enum OTLP {
    static let trace: [UInt8] = Array(1...16)
    static let id: [UInt8] = Array(0x21...0x28)
    static let ids = Field.message(1, trace) + Field.message(2, id)
    static let notUTF8: [UInt8] = [0x61, 0xff]

    /// One resource with one scope that has these spans.
    static func request(_ spans: [UInt8]...) -> [UInt8] {
        Field.message(1, Field.message(2, spans.reduce([], +)))
    }

    static func span(_ fields: [UInt8]...) -> [UInt8] {
        Field.message(2, ids, fields.reduce([], +))
    }

    /// A KeyValue as the field of its owner.
    static func attribute(_ number: UInt32, _ key: String, _ value: [UInt8]) -> [UInt8] {
        Field.message(number, Field.text(1, key), Field.message(2, value))
    }

    /// The content of an AnyValue with lists around an empty one, in all so many deep.
    static func lists(deep: Int, maps: Bool = false) -> [UInt8] {
        (0..<deep).reduce([]) { inner, _ in
            let element = Field.message(1, maps ? Field.message(2, inner) : inner)
            return Field.message(maps ? 6 : 5, inner.isEmpty ? [] : element)
        }
    }

    /// A request that has every field of trace.proto at least once.
    static let everything: [UInt8] = {
        let value = Field.text(1, "text that is a little longer than the usual short one is")
        let values = [
            attribute(9, "text", value), attribute(9, "true", Field.varint(2, 1)),
            attribute(9, "number", Field.varint(3, .max)),
            attribute(9, "double", Field.fixed64(4, 1)),
            attribute(9, "list", lists(deep: 3)), attribute(9, "map", lists(deep: 3, maps: true)),
            attribute(9, "bytes", Field.message(7, [0, 0xff])), Field.varint(10, 1),
            // Some that are facts, old names and new ones.
            attribute(9, "db.system", Field.text(1, "redis")), attribute(9, "peer.service", value),
            attribute(9, "db.system.name", Field.text(1, "aws.dynamodb")),
            attribute(9, "server.port", Field.varint(3, 6_379)),
            attribute(9, "http.response.status_code", Field.varint(3, 200)),
        ]
        let event = Field.message(
            11, Field.fixed64(1, 7), Field.text(2, "event"), attribute(3, "a", value),
            Field.varint(4, 2))
        let link = Field.message(
            13, ids, Field.text(3, "k=v"), attribute(4, "a", value), Field.varint(5, 2),
            Field.fixed32(6, 0x100))
        let status = Field.message(15, Field.text(2, "went wrong"), Field.varint(3, 2))
        let full = span(
            Field.text(3, "k=v"), Field.message(4, Array(0x31...0x38)), Field.text(5, "name"),
            Field.varint(6, 3), Field.fixed64(7, 1_000), Field.fixed64(8, 3_000),
            values.reduce([], +), event, Field.varint(12, 1), link, Field.varint(14, 1), status,
            Field.fixed32(16, 0x101))
        let scope = Field.message(
            1, Field.text(1, "scope"), Field.text(2, "1.0"), attribute(3, "a", value),
            Field.varint(4, 1))
        let entity = Field.message(
            3, Field.text(1, "url"), Field.text(2, "host"), Field.text(3, "host.id"),
            Field.text(4, "host.name"))
        let resource = Field.message(
            1, attribute(1, "service.name", value), Field.varint(2, 1), entity)
        return Field.message(
            1, resource, Field.message(2, scope, full, full, Field.text(3, "schema")),
            Field.text(3, "schema"))
    }()
}

/// The same numbers for the same seed.
struct SeededNumbers: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }

    /// A copy with one to four bytes changed, put in or taken out.
    mutating func mutation(of bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...4, using: &self) where !bytes.isEmpty {
            let place = bytes.indices.randomElement(using: &self) ?? 0
            switch Int.random(in: 0..<6, using: &self) {
            case 0: bytes.insert(UInt8.random(in: 0...255, using: &self), at: place)
            case 1: bytes.remove(at: place)
            case 2: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &self)
            default: bytes[place] = UInt8.random(in: 0...255, using: &self)
            }
        }
        return bytes
    }
}
