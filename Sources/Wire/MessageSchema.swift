/// What the converters between protobuf and JSON know of a message and of all messages inside it.
/// It is read once from what the protocol compiler made of `proto/`, so nothing is told twice.
package struct MessageSchema: Sendable {
    /// The message itself is the first.
    let messages: [Message]

    /// The fields of one message; a set of them is a number of 64 bits.
    static let fieldsMax = 64

    struct Message: Sendable {
        /// By number, rising.
        let fields: [Field]
        /// Of each field the name in lower camel case, the only one that OTLP/JSON knows.
        let jsonNames: [[UInt8]]
        /// Of each field what its enumeration has; nothing if it is none.
        let enumerators: [[Enumerator]]
    }

    /// Plain data, so that it is copied without counting references.
    struct Field: Sendable {
        let number: UInt32
        let kind: Kind
        let isRepeated: Bool
        /// Whether its presence counts, even with the default value. No message has two oneofs.
        let isInOneof: Bool
    }

    struct Enumerator: Sendable {
        let name: [UInt8]
        let value: Int32
    }

    /// The types of fields that the messages have. Numbers are never repeated in them.
    enum Kind: Equatable, Sendable {
        case bool
        case int32
        case int64
        case uint32
        case fixed32
        case fixed64
        case double
        case enumeration
        case string
        case bytes
        /// Bytes that OTLP/JSON writes as hex: the ids of traces and spans.
        case identifier
        /// The index of a message of the schema.
        case message(Int)
    }
}

extension MessageSchema.Kind {
    var wireType: ProtobufWireType {
        switch self {
        case .bool, .int32, .int64, .uint32, .enumeration: .varint
        case .fixed32: .fixed32
        case .fixed64, .double: .fixed64
        case .string, .bytes, .identifier, .message: .bytes
        }
    }

    /// What JSON must have for it, said when it has something else.
    var expectation: StaticText {
        switch self {
        case .bool: "expected true or false"
        case .int32: "expected an integer of 32 bits"
        case .int64: "expected an integer of 64 bits"
        case .uint32, .fixed32: "expected an unsigned integer of 32 bits"
        case .fixed64: "expected an unsigned integer of 64 bits"
        case .double: "expected a number"
        case .enumeration: "expected the number of an enumerator"
        case .string: "expected a string"
        case .bytes: "expected a string of base64"
        case .identifier: "expected a string of hex digits"
        case .message: "expected an object"
        }
    }
}

extension MessageSchema.Field {
    var tag: ProtobufTag { ProtobufTag(field: number, kind.wireType) }
}

extension MessageSchema.Message {
    /// The index of the field with this tag. A known number with another wire type is an unknown
    /// field, as every protobuf runtime has it.
    func fieldIndex(of tag: ProtobufTag) -> Int? {
        // Most messages number their fields without gaps.
        let guess = Int(tag.field) - 1
        if guess < fields.count, fields[guess].tag == tag { return guess }
        return fields.firstIndex { $0.tag == tag }
    }

    func fieldIndex(of key: JSONString, in reader: JSONReader) -> Int? {
        jsonNames.firstIndex { reader.equals(key, $0) }
    }
}
