import CProtos
import Wire

/// Walks an unpacked message by its descriptor. It recurses, which the oracle's limits make safe.
struct FieldDump {
    private(set) var lines: [String] = []

    init(of message: UnsafePointer<ProtobufCMessage>) { unsafe walk(message, "") }

    private mutating func walk(_ message: UnsafePointer<ProtobufCMessage>, _ path: String) {
        let descriptor = unsafe message.pointee.descriptor.pointee
        let start = unsafe UnsafeRawPointer(message)
        for index in unsafe 0..<Int(descriptor.n_fields) {
            let field = unsafe descriptor.fields[index]
            let path = unsafe path + "/" + String(cString: field.name)
            let member = unsafe start + Int(field.offset)
            let quantifier = unsafe start + Int(field.quantifier_offset)
            if unsafe field.label == PROTOBUF_C_LABEL_REPEATED {
                let count = unsafe quantifier.load(as: Int.self)
                let elements = unsafe member.load(as: UnsafeRawPointer?.self)
                guard let elements = unsafe elements, count > 0 else { continue }
                // All lists of these messages are of pointers.
                for element in 0..<count {
                    unsafe dump(elements + element * 8, field, "\(path).\(element)", always: true)
                }
            } else if unsafe field.flags & PROTOBUF_C_FIELD_FLAG_ONEOF.rawValue != 0 {
                guard unsafe quantifier.load(as: UInt32.self) == field.id else { continue }
                unsafe dump(member, field, path, always: true)
            } else {
                unsafe dump(member, field, path, always: false)
            }
        }
    }

    /// One value; a default value counts only where presence does.
    private mutating func dump(
        _ value: UnsafeRawPointer, _ field: ProtobufCFieldDescriptor, _ path: String, always: Bool
    ) {
        if unsafe field.type == PROTOBUF_C_TYPE_MESSAGE {
            let message = unsafe value.load(as: UnsafePointer<ProtobufCMessage>?.self)
            guard let message = unsafe message else { return }
            lines.append(path)
            return unsafe walk(message, path)
        }
        let described = unsafe describe(value, field.type)
        guard always || !["", "0"].contains(described) else { return }
        lines.append(path + "=" + described)
    }

    private func describe(_ value: UnsafeRawPointer, _ type: ProtobufCType) -> String {
        switch type {
        case PROTOBUF_C_TYPE_STRING: unsafe text(value.load(as: UnsafePointer<CChar>?.self))
        case PROTOBUF_C_TYPE_BYTES: unsafe Hex.text(bytes(value.load(as: ProtobufCBinaryData.self)))
        case PROTOBUF_C_TYPE_DOUBLE: unsafe describe(value.load(as: Double.self))
        case PROTOBUF_C_TYPE_FIXED64: unsafe "\(value.load(as: UInt64.self))"
        case PROTOBUF_C_TYPE_INT64: unsafe "\(value.load(as: Int64.self))"
        case PROTOBUF_C_TYPE_UINT32, PROTOBUF_C_TYPE_FIXED32:
            unsafe "\(value.load(as: UInt32.self))"
        case PROTOBUF_C_TYPE_BOOL: unsafe "\(value.load(as: protobuf_c_boolean.self) != 0)"
        default: unsafe "\(value.load(as: Int32.self))"
        }
    }

    /// JSON keeps neither the sign nor the payload of what is no number.
    private func describe(_ value: Double) -> String { value.isNaN ? "NaN" : "\(value)" }
}
