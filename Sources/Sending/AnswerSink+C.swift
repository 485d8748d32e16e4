/// Collects an answer while it comes, within limits.
final class AnswerSink {
    private(set) var headers: [(name: String, value: String)] = []
    private(set) var body: [UInt8] = []
    /// Why the answer was not taken to its end.
    private(set) var refusal: String?
    private let bodyBytesMax: Int
    private var headBytes = 0
    private static let headBytesMax = 64 << 10

    init(bodyBytesMax: Int) { self.bodyBytesMax = bodyBytesMax }

    func takeBody(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count <= bodyBytesMax - body.count else {
            refusal = "the answer is longer than \(bodyBytesMax) bytes"
            return false
        }
        unsafe body.append(contentsOf: bytes)
        return true
    }

    /// Takes a line of the head or of the trailers. A status line starts anew, since an answer may
    /// come behind others that only say to wait.
    func takeHeadLine(_ bytes: UnsafeRawBufferPointer) -> Bool {
        headBytes += bytes.count
        guard headBytes <= Self.headBytesMax else {
            refusal = "the head of the answer is longer than \(Self.headBytesMax) bytes"
            return false
        }
        let line = unsafe String(decoding: bytes, as: UTF8.self)
        if line.hasPrefix("HTTP/") { headers = [] }
        guard let colon = line.firstIndex(of: ":") else { return true }
        let value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
        let end = value.lastIndex { !$0.isWhitespace }
        headers.append(
            (line[..<colon].lowercased(), end.map { String(value[...$0]) } ?? ""))
        return true
    }
}
