import CProtos
import Wire

/// Whether a message nests as little as protobuf-c can bear: it recurses without a limit, with
/// kilobytes of stack a level. True also for bytes that are malformed: those it refuses itself.
func isShallow(
    _ body: [UInt8], count: Int, as root: UnsafePointer<ProtobufCMessageDescriptor>
) -> Bool {
    withProtobufCursor(over: body, count: count) { cursor in
        var open = unsafe [(cursor, root)]
        while let (outer, descriptor) = unsafe open.popLast() {
            var message = outer
            guard let tag = try? message.tag() else { continue }
            let nested = unsafe nestedDescriptor(of: tag, in: descriptor.pointee)
            guard let nested = unsafe nested else {
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

private func nestedDescriptor(
    of tag: ProtobufTag, in descriptor: ProtobufCMessageDescriptor
) -> UnsafePointer<ProtobufCMessageDescriptor>? {
    guard tag.wireType == ProtobufWireType.bytes.rawValue else { return nil }
    let fields = unsafe UnsafeBufferPointer(
        start: descriptor.fields, count: Int(descriptor.n_fields))
    let field = unsafe fields.first {
        unsafe $0.id == tag.field && $0.type == PROTOBUF_C_TYPE_MESSAGE
    }
    return unsafe field?.descriptor.assumingMemoryBound(to: ProtobufCMessageDescriptor.self)
}
