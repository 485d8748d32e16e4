import CProtos

extension MessageSchema {
    /// What clients send; `TracesData`, as files hold it, is the same on the wire and in JSON.
    package static let exportTraceServiceRequest = {
        var message = unsafe Opentelemetry__Proto__Collector__Trace__V1__ExportTraceServiceRequest()
        unsafe opentelemetry__proto__collector__trace__v1__export_trace_service_request__init(
            &message)
        return unsafe MessageSchema(root: message.base.descriptor)
    }()

    package static let exportTraceServiceResponse = {
        var message =
            unsafe Opentelemetry__Proto__Collector__Trace__V1__ExportTraceServiceResponse()
        unsafe opentelemetry__proto__collector__trace__v1__export_trace_service_response__init(
            &message)
        return unsafe MessageSchema(root: message.base.descriptor)
    }()

    private init(root: UnsafePointer<ProtobufCMessageDescriptor>) {
        var found = unsafe DescriptorList(root: root)
        var messages: [Message] = []
        while unsafe messages.count < found.descriptors.count {
            messages.append(unsafe Message(found.descriptors[messages.count].pointee, &found))
        }
        self.messages = messages
    }
}

extension MessageSchema.Message {
    fileprivate init(_ descriptor: ProtobufCMessageDescriptor, _ found: inout DescriptorList) {
        let list = unsafe UnsafeBufferPointer(
            start: descriptor.fields, count: Int(descriptor.n_fields))
        precondition(list.count <= MessageSchema.fieldsMax, "a message of too many fields")
        fields = unsafe list.map { unsafe MessageSchema.Field($0, &found) }
        jsonNames = unsafe list.map {
            Array(Self.lowerCamelCase(unsafe String(cString: $0.name)).utf8)
        }
        enumerators = unsafe list.map { unsafe Self.enumerators(of: $0) }
    }

    private static func lowerCamelCase(_ name: String) -> String {
        let words = name.split(separator: "_")
        return words.prefix(1).joined()
            + words.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }

    private static func enumerators(
        of field: ProtobufCFieldDescriptor
    ) -> [MessageSchema.Enumerator] {
        guard unsafe field.type == PROTOBUF_C_TYPE_ENUM else { return [] }
        let enumeration = unsafe field.descriptor.assumingMemoryBound(
            to: ProtobufCEnumDescriptor.self)
        let values = unsafe UnsafeBufferPointer(
            start: enumeration.pointee.values, count: Int(enumeration.pointee.n_values))
        return unsafe values.map {
            unsafe MessageSchema.Enumerator(
                name: Array(String(cString: $0.name).utf8), value: $0.value)
        }
    }
}

/// The messages that a schema needs, in the order in which they were met.
@safe
private struct DescriptorList {
    private(set) var descriptors: [UnsafePointer<ProtobufCMessageDescriptor>]

    init(root: UnsafePointer<ProtobufCMessageDescriptor>) { unsafe descriptors = [root] }

    mutating func index(of descriptor: UnsafePointer<ProtobufCMessageDescriptor>) -> Int {
        if let index = unsafe descriptors.firstIndex(of: descriptor) { return index }
        unsafe descriptors.append(descriptor)
        return unsafe descriptors.count - 1
    }
}

extension MessageSchema.Field {
    fileprivate init(_ field: ProtobufCFieldDescriptor, _ found: inout DescriptorList) {
        number = unsafe field.id
        kind = unsafe MessageSchema.Kind(field, &found)
        isRepeated = unsafe field.label == PROTOBUF_C_LABEL_REPEATED
        isInOneof = unsafe field.flags & PROTOBUF_C_FIELD_FLAG_ONEOF.rawValue != 0
        // The converters would have to know the packed form.
        precondition(!isRepeated || kind.wireType == .bytes, "a list of numbers")
    }
}

extension MessageSchema.Kind {
    fileprivate init(_ field: ProtobufCFieldDescriptor, _ found: inout DescriptorList) {
        let name = unsafe String(cString: field.name)
        switch unsafe field.type {
        case PROTOBUF_C_TYPE_BOOL: self = .bool
        case PROTOBUF_C_TYPE_INT32: self = .int32
        case PROTOBUF_C_TYPE_INT64: self = .int64
        case PROTOBUF_C_TYPE_UINT32: self = .uint32
        case PROTOBUF_C_TYPE_FIXED32: self = .fixed32
        case PROTOBUF_C_TYPE_FIXED64: self = .fixed64
        case PROTOBUF_C_TYPE_DOUBLE: self = .double
        case PROTOBUF_C_TYPE_ENUM: self = .enumeration
        case PROTOBUF_C_TYPE_STRING: self = .string
        case PROTOBUF_C_TYPE_BYTES: self = Self.identifiers.contains(name) ? .identifier : .bytes
        case PROTOBUF_C_TYPE_MESSAGE:
            self = unsafe .message(
                found.index(
                    of: field.descriptor.assumingMemoryBound(to: ProtobufCMessageDescriptor.self)))
        default: preconditionFailure("\(name) has a type that no converter knows")
        }
    }

    /// By OTLP's rule for JSON, which the protocol files do not say.
    private static let identifiers: Set = ["trace_id", "span_id", "parent_span_id"]
}
