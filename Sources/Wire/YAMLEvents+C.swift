import CYAML

/// One step through a YAML text, as libyaml tells it.
struct YAMLEvent {
    enum Kind: Equatable {
        case documentStart
        /// Plain scalars are those without quotes or block marks.
        case scalar(String, isPlain: Bool)
        case sequenceStart, sequenceEnd
        case mappingStart, mappingEnd
        case alias
        case end
        /// The ends of stream and document and what else nobody acts on.
        case other
    }

    let kind: Kind
    let hasAnchor: Bool
    let hasTag: Bool
    let place: YAMLPlace
}

/// Owns a libyaml parser and the bytes that it reads. Nothing that libyaml made outlives a call.
@safe
struct YAMLEvents: ~Copyable {
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let input: UnsafeMutableBufferPointer<UInt8>

    init(_ bytes: [UInt8]) throws(YAMLError) {
        unsafe parser = .allocate(capacity: 1)
        guard unsafe yaml_parser_initialize(parser) == 1 else {
            unsafe parser.deallocate()
            throw YAMLError("there is no memory for the reader", at: YAMLPlace(line: 1, column: 1))
        }
        unsafe input = .allocate(capacity: bytes.count)
        _ = unsafe input.initialize(from: bytes)
        unsafe yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        unsafe yaml_parser_set_input_string(parser, input.baseAddress, input.count)
    }

    deinit {
        unsafe yaml_parser_delete(parser)
        unsafe parser.deallocate()
        unsafe input.deallocate()
    }

    mutating func next() throws(YAMLError) -> YAMLEvent {
        var event = unsafe yaml_event_t()
        guard unsafe yaml_parser_parse(parser, &event) == 1 else { throw failure() }
        defer { unsafe yaml_event_delete(&event) }
        return unsafe YAMLEvent(copying: event)
    }

    /// Errors of encoding come with a byte offset, all others with a mark.
    private func failure() -> YAMLError {
        let problem = unsafe parser.pointee.problem.map { unsafe String(cString: $0) }
        let place =
            if unsafe parser.pointee.error == YAML_READER_ERROR {
                place(ofByte: unsafe Int(clamping: parser.pointee.problem_offset))
            } else {
                unsafe YAMLPlace(parser.pointee.problem_mark)
            }
        return YAMLError(problem ?? "this is not YAML", at: place)
    }

    private func place(ofByte offset: Int) -> YAMLPlace {
        var place = YAMLPlace(line: 1, column: 1)
        for index in 0..<(unsafe min(offset, input.count)) {
            let byte = unsafe input[index]
            if byte == UInt8(ascii: "\n") {
                place = YAMLPlace(line: place.line + 1, column: 1)
            } else if byte & 0xc0 != 0x80 {
                place = YAMLPlace(line: place.line, column: place.column + 1)
            }
        }
        return place
    }
}

extension YAMLPlace {
    /// libyaml counts from zero.
    fileprivate init(_ mark: yaml_mark_t) {
        self.init(line: Int(clamping: mark.line) &+ 1, column: Int(clamping: mark.column) &+ 1)
    }
}

extension YAMLEvent {
    fileprivate init(copying event: yaml_event_t) {
        place = unsafe YAMLPlace(event.start_mark)
        let data = unsafe event.data
        switch unsafe event.type {
        case YAML_SCALAR_EVENT:
            kind = .scalar(
                unsafe text(data.scalar.value, count: data.scalar.length),
                isPlain: unsafe data.scalar.style == YAML_PLAIN_SCALAR_STYLE)
            hasAnchor = unsafe data.scalar.anchor != nil
            hasTag = unsafe data.scalar.tag != nil
        case YAML_SEQUENCE_START_EVENT:
            kind = .sequenceStart
            hasAnchor = unsafe data.sequence_start.anchor != nil
            hasTag = unsafe data.sequence_start.tag != nil
        case YAML_MAPPING_START_EVENT:
            kind = .mappingStart
            hasAnchor = unsafe data.mapping_start.anchor != nil
            hasTag = unsafe data.mapping_start.tag != nil
        default:
            kind = unsafe Kind(event.type)
            hasAnchor = false
            hasTag = false
        }
    }
}

extension YAMLEvent.Kind {
    /// The kinds that carry nothing.
    fileprivate init(_ type: yaml_event_type_t) {
        self =
            switch type {
            case YAML_DOCUMENT_START_EVENT: .documentStart
            case YAML_SEQUENCE_END_EVENT: .sequenceEnd
            case YAML_MAPPING_END_EVENT: .mappingEnd
            case YAML_ALIAS_EVENT: .alias
            case YAML_STREAM_END_EVENT: .end
            default: .other
            }
    }
}

private func text(_ start: UnsafeMutablePointer<UInt8>?, count: Int) -> String {
    unsafe String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
}
