/// A version of a Debian package, ordered as Debian Policy 5.6.12 has it.
struct DebianVersion: Comparable, Sendable, CustomStringConvertible {
    let description: String
    private let epoch: Int
    private let upstream: Substring
    private let revision: Substring

    init(_ text: String) {
        description = text
        var rest = text[...]
        let colon = rest.firstIndex(of: ":")
        epoch = colon.flatMap { Int(rest[..<$0]) } ?? 0
        if let colon { rest = rest[rest.index(after: colon)...] }
        let dash = rest.lastIndex(of: "-")
        upstream = dash.map { rest[..<$0] } ?? rest
        revision = dash.map { rest[rest.index(after: $0)...] } ?? ""
    }

    /// The version of an installed package, in the text of `/var/lib/dpkg/status`.
    init?(ofPackage name: String, inStatus status: String) {
        var isPackage = false
        var isInstalled = false
        for line in status.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("Package: ") {
                isPackage = line.dropFirst("Package: ".count) == name
                isInstalled = false
            } else if isPackage, line.hasPrefix("Status: ") {
                isInstalled = line.hasSuffix(" installed")
            } else if isPackage, isInstalled, line.hasPrefix("Version: ") {
                self.init(String(line.dropFirst("Version: ".count)))
                return
            }
        }
        return nil
    }

    static func < (left: DebianVersion, right: DebianVersion) -> Bool {
        if left.epoch != right.epoch { return left.epoch < right.epoch }
        let order = order(left.upstream, right.upstream)
        return order == 0 ? self.order(left.revision, right.revision) < 0 : order < 0
    }

    static func == (left: DebianVersion, right: DebianVersion) -> Bool {
        !(left < right) && !(right < left)
    }

    /// Below, at or above zero, as the left comes before, with or behind the right: texts and
    /// numbers by turns.
    private static func order(_ left: Substring, _ right: Substring) -> Int {
        var left = left.utf8
        var right = right.utf8
        while !left.isEmpty || !right.isEmpty {
            while isText(left.first) || isText(right.first) {
                let (first, second) = (weight(left.first), weight(right.first))
                if first != second { return first - second }
                left = left.dropFirst()
                right = right.dropFirst()
            }
            let (first, second) = (digits(&left), digits(&right))
            if first.count != second.count { return first.count - second.count }
            if let different = zip(first, second).first(where: { $0 != $1 }) {
                return Int(different.0) - Int(different.1)
            }
        }
        return 0
    }

    private static func isText(_ byte: UInt8?) -> Bool { byte.map { !isDigit($0) } ?? false }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    /// A tilde comes before the end of a text, letters after it, all else behind the letters.
    private static func weight(_ byte: UInt8?) -> Int {
        guard let byte, !isDigit(byte) else { return 0 }
        switch byte {
        case UInt8(ascii: "~"): return -1
        case 0x41...0x5a, 0x61...0x7a: return Int(byte)
        default: return Int(byte) + 256
        }
    }

    /// The digits at the start, without zeros before them.
    private static func digits(_ text: inout Substring.UTF8View) -> Substring.UTF8View {
        let number = text.prefix(while: isDigit)
        text = text[number.endIndex...]
        return number.drop { $0 == 0x30 }
    }
}
