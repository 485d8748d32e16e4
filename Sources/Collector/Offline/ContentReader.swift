import Answering
import Wire

/// Reads the content of a file while its bytes come, whatever it is made of: an OTLP request in
/// protobuf, requests in JSON (one of many lines, or one a line), any of these in gzip or zstd, or an
/// archive of such files. What it is made of is told by the bytes, never by the name.
///
/// Each layer (compression, archive) has a reader of its own for what is inside; they are kept from
/// file to file. Memory: a few buffers a layer, and one request.
final class ContentReader {
    private let bodies: BodyDecoder
    private let depth: Int
    private var form = Form.untold
    /// The first bytes, until they tell the form.
    private var start: [UInt8] = []
    /// What has come of a request.
    private var body: [UInt8] = []
    private var inflater = StreamInflater()
    private var expanded: [UInt8] = []
    private var archive = TarReader()
    private var objects = JSONSplitter()
    private var member: TarMember?
    private lazy var inside = ContentReader(bodies, depth: depth + 1)

    enum Form: Equatable {
        /// Not enough bytes yet. Can move to: all others.
        case untold
        case compressed
        case archive
        case objects
        case message
        /// Nothing that is known here; passed over.
        case unknown
    }

    /// An archive of compressed files in a compressed archive has four layers.
    private static let depthMax = 4
    private static let expandedBytes = 128 << 10
    /// A header of tar; all other forms are told by fewer.
    private static let tellingBytes = 512

    init(_ bodies: BodyDecoder, depth: Int = 1) {
        self.bodies = bodies
        self.depth = depth
    }

    /// Makes it ready for another content.
    func restart() {
        form = .untold
        start.removeAll(keepingCapacity: true)
        body.removeAll(keepingCapacity: true)
        member = nil
    }

    /// Whether the content has ended as something that is not known here.
    var isUnknown: Bool { form == .unknown || form == .compressed && inside.isUnknown }

    /// Where it is, for errors: the member of the archive that is open, with those around it.
    var place: String {
        switch form {
        case .compressed: inside.place
        case .archive: member.map { ", member \($0.name.printable)\(inside.place)" } ?? ""
        default: ""
        }
    }

    /// Takes the next piece of the content.
    func take(_ bytes: [UInt8], _ range: Range<Int>) throws(WireError) {
        var rest = range
        if form == .untold {
            let wanted = min(Self.tellingBytes - start.count, rest.count)
            start.append(contentsOf: bytes[rest.prefix(wanted)])
            guard start.count == Self.tellingBytes else { return }
            try takeStart()
            rest = rest.dropFirst(wanted)
        }
        if !rest.isEmpty { try takeTold(bytes, rest) }
    }

    /// Takes the end of the content.
    func end() throws(WireError) {
        if form == .untold { try takeStart() }
        switch form {
        case .untold, .unknown: return
        case .compressed:
            try inflater.end()
            try inside.end()
        case .archive: try archive.end()
        case .objects: try objects.end()
        case .message: try bodies.takeMessage(&body)
        }
    }

    private func takeStart() throws(WireError) {
        tellForm()
        try takeTold(start, start.indices)
    }

    private func tellForm() {
        let isOpen = depth < Self.depthMax
        if isOpen, let encoding = StreamInflater.encoding(of: start) {
            form = .compressed
            inflater.restart(encoding)
            inside.restart()
        } else if isOpen, TarReader.recognizes(start) {
            form = .archive
            archive = TarReader()
        } else if start.isEmpty || start.first == Self.firstOfMessage {
            form = .message
        } else if start.first(where: { !Self.blanks.contains($0) }) == UInt8(ascii: "{") {
            form = .objects
            objects = JSONSplitter()
        } else {
            form = .unknown
        }
    }

    /// Every request begins with the tag of its only field. To JSON it would be an empty line.
    private static let firstOfMessage: UInt8 = 1 << 3 | 2
    private static let blanks: Set<UInt8> = [0x20, 0x09, 0x0a, 0x0d]

    private func takeTold(_ bytes: [UInt8], _ range: Range<Int>) throws(WireError) {
        switch form {
        case .untold, .unknown: return
        case .compressed: try takeCompressed(bytes, range)
        case .archive: try takeArchive(bytes, range)
        case .objects: try takeObjects(bytes, range)
        case .message: try append(bytes, range, at: body.count)
        }
    }

    private func takeCompressed(_ bytes: [UInt8], _ range: Range<Int>) throws(WireError) {
        var rest = range
        if expanded.isEmpty { expanded = [UInt8](repeating: 0, count: Self.expandedBytes) }
        while true {
            let count = try inflater.expand(bytes, &rest, into: &expanded)
            guard count > 0 else { return }
            try inside.take(expanded, 0..<count)
        }
    }

    private func takeArchive(_ bytes: [UInt8], _ range: Range<Int>) throws(WireError) {
        var rest = range
        while let event = try archive.next(bytes, &rest) {
            switch event {
            case .member(let member):
                self.member = member
                inside.restart()
            case .content(let piece): try inside.take(bytes, piece)
            case .endOfMember:
                try inside.end()
                if inside.isUnknown { bodies.countPassedOver() }
                member = nil
            }
        }
    }

    private func takeObjects(_ bytes: [UInt8], _ range: Range<Int>) throws(WireError) {
        var rest = range
        while let piece = try objects.next(bytes, &rest) {
            let start = objects.offset - piece.range.count - body.count
            try append(bytes, piece.range, at: start)
            guard piece.endsObject else { continue }
            try bodies.takeObject(body, at: start)
            body.removeAll(keepingCapacity: true)
        }
    }

    private func append(
        _ bytes: [UInt8], _ range: Range<Int>, at offset: Int
    ) throws(WireError) {
        guard range.count <= bodies.bytesMax - body.count else {
            throw WireError(.limit("a request larger than limits.decoded_body"), at: offset)
        }
        body.append(contentsOf: bytes[range])
    }
}
