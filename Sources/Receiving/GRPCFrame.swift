/// The five bytes before a gRPC message: whether it is compressed, and its length.
struct GRPCFrame {
    static let prefixBytes = 5
    private(set) var prefix: [UInt8] = []

    var isComplete: Bool { prefix.count == Self.prefixBytes }
    var isCompressed: Bool { isComplete && prefix[0] == 1 }
    var length: Int {
        guard isComplete else { return 0 }
        return prefix[1...].reduce(0) { $0 << 8 | Int($1) }
    }

    /// Takes one byte of the prefix.
    mutating func take(_ byte: UInt8) { prefix.append(byte) }

    /// What is wrong with a complete prefix.
    func fault(_ head: RequestHead, bodyBytesMax: Int) -> Refusal? {
        guard prefix[0] <= 1 else {
            return Refusal(.malformed, "the flag before the gRPC message is neither 0 nor 1")
        }
        if isCompressed && (head.grpcEncoding.isEmpty || head.grpcEncoding == "identity") {
            return Refusal(.malformed, "the message is compressed but grpc-encoding is not set")
        }
        return length > bodyBytesMax ? .tooLarge(bodyBytesMax) : nil
    }

    /// A message with its prefix.
    static func wrap(_ message: [UInt8]) -> [UInt8] {
        let count = UInt32(clamping: message.count)
        return [
            0, UInt8(count >> 24), UInt8(count >> 16 & 255), UInt8(count >> 8 & 255),
            UInt8(count & 255),
        ] + message
    }

    /// `grpc-message`: all but printable ASCII, and the per cent sign, is percent-encoded.
    static func percentEncoded(_ message: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var out: [UInt8] = []
        for byte in message.utf8 {
            if (0x20...0x7e).contains(byte) && byte != UInt8(ascii: "%") {
                out.append(byte)
            } else {
                out += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: out, as: UTF8.self)
    }

    /// `grpc-timeout`, such as `250m`, in milliseconds; nil when there is none or it is not one.
    static func timeoutMilliseconds(_ text: String) -> Int? {
        guard let unit = text.last, (2...9).contains(text.utf8.count),
            let amount = Int(text.dropLast()), amount >= 0
        else { return nil }
        switch unit {
        case "H": return amount * 3_600_000
        case "M": return amount * 60_000
        case "S": return amount * 1_000
        case "m": return amount
        case "u": return amount / 1_000
        case "n": return amount / 1_000_000
        default: return nil
        }
    }
}
