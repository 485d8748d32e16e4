import CProtos
import Wire

/// Whether protobuf-c can be asked about a message. It recurses without a limit, with kilobytes of
/// stack a level; and it takes some fields of a known number with whatever wire type they come,
/// where other runtimes see an unknown field; and it cuts tags of more than 32 bits. True also for
/// bytes that are malformed in other ways: those it refuses itself.
func isWithinOracleLimits(
    _ body: [UInt8], count: Int, as root: UnsafePointer<ProtobufCMessageDescriptor>
) -> Bool {
    withProtobufCursor(over: body, count: count) { cursor in
        var open = unsafe [(cursor, root)]
        while let (outer, descriptor) = unsafe open.popLast() {
            var message = outer
            if message.isAtEnd { continue }
            guard let tag = try? message.tag() else { return false }
            let field = unsafe field(of: tag, in: descriptor.pointee)
            if let field = unsafe field, unsafe wireType(of: field) != tag.wireType {
                return false
            }
            guard let nested = unsafe field.flatMap({ unsafe nestedMessage(of: $0) }) else {
                guard (try? message.skip(tag)) != nil else { continue }
                unsafe open.append((message, descriptor))
                continue
            }
            guard let inner = try? message.message() else { continue }
            guard unsafe open.count < 100 else { return false }
            unsafe open.append((message, descriptor))
            unsafe open.append((inner, nested))
        }
        return true
    }
}

private func field(
    of tag: ProtobufTag, in descriptor: ProtobufCMessageDescriptor
) -> ProtobufCFieldDescriptor? {
    let fields = unsafe UnsafeBufferPointer(
        start: descriptor.fields, count: Int(descriptor.n_fields))
    return unsafe fields.first { unsafe $0.id == tag.field }
}

private func nestedMessage(
    of field: ProtobufCFieldDescriptor
) -> UnsafePointer<ProtobufCMessageDescriptor>? {
    guard unsafe field.type == PROTOBUF_C_TYPE_MESSAGE else { return nil }
    return unsafe field.descriptor.assumingMemoryBound(to: ProtobufCMessageDescriptor.self)
}

private func wireType(of field: ProtobufCFieldDescriptor) -> UInt32 {
    let type: ProtobufWireType =
        switch unsafe field.type {
        case PROTOBUF_C_TYPE_DOUBLE, PROTOBUF_C_TYPE_FIXED64: .fixed64
        case PROTOBUF_C_TYPE_FIXED32: .fixed32
        case PROTOBUF_C_TYPE_STRING, PROTOBUF_C_TYPE_BYTES, PROTOBUF_C_TYPE_MESSAGE: .bytes
        default: .varint
        }
    return type.rawValue
}
