import Fuzzing
import Wire

/// The first byte tells how long the pieces are. An archive must say the same in pieces as in one
/// stretch.
@main enum FuzzTar {
    static func main() { fuzz(check) }

    @Sendable private static func check(_ input: [UInt8]) {
        guard let first = input.first else { return }
        let archive = Array(input.dropFirst())
        precondition(
            Reading(of: archive, pieces: Int(first) + 1) == Reading(of: archive, pieces: .max),
            "in pieces the archive says otherwise")
    }
}

private struct Reading: Equatable {
    private var members: [TarMember] = []
    private var content: [UInt8] = []
    private var error: WireError?

    init(of archive: [UInt8], pieces: Int) {
        var reader = TarReader()
        var start = 0
        do throws(WireError) {
            while start < archive.count {
                var rest = start..<start + min(pieces, archive.count - start)
                start = rest.upperBound
                while let event = try reader.next(archive, &rest) { take(event, archive) }
            }
            try reader.end()
        } catch { self.error = error }
    }

    private mutating func take(_ event: TarEvent, _ archive: [UInt8]) {
        switch event {
        case .member(let member): members.append(member)
        case .content(let range): content += archive[range]
        case .endOfMember: content.append(0)
        }
    }
}
