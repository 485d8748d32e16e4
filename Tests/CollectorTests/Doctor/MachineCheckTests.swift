import Receiving
import Settings
import Testing

@testable import Collector

@Suite struct `The check of the data directory` {
    private func finding(_ path: String) throws -> Finding {
        let effective = try EffectiveSettings(reading: sources(["data": path]))
        return try #require(Checkup.checkDataDirectory(Examination(effective)).first)
    }

    @Test(arguments: [
        ("/a/b", "/a"), ("/a", "/"), ("a", "."), ("./a", "."), ("a/b/", "a"), ("//a//b", "/a"),
    ])
    func `climbs to what is there`(path: String, above: String) {
        #expect(Checkup.parent(of: path) == above)
    }

    @Test(arguments: ["/", ".", ""])
    func `ends at the top`(path: String) {
        #expect(Checkup.parent(of: path) == nil)
    }

    @Test func `is content with a directory that can be made`() throws {
        #expect(try finding("/tmp/portolan-not-there/data").level != .wrong)
        #expect(try finding("/tmp").found.hasPrefix("writable, "))
    }

    @Test func `finds a file in the way`() throws {
        let finding = try finding("\(#filePath)/data")
        #expect(finding.level == .wrong)
        #expect(finding.found == "no files can be made in \(#filePath)/data: Not a directory")
    }
}

@Suite struct `The check of resources` {
    @Test func `finds more memory than there is`() throws {
        let effective = try EffectiveSettings(reading: sources(["memory": "1000TiB"]))
        let findings = Checkup.checkMemory(Examination(effective))
        #expect(findings.map(\.level) == [.wrong])
    }

    @Test func `finds more lanes than processors, and more connections than descriptors`() throws {
        let effective = try EffectiveSettings(
            reading: sources(["lanes": "256", "limits.connections": "1000000"]))
        let examination = Examination(effective)
        #expect(Checkup.checkLanes(examination).map(\.level) == [.warning])
        let expected: Finding.Level = examination.resources.descriptors > 1_000_512 ? .ok : .warning
        #expect(Checkup.checkDescriptors(examination).map(\.level) == [expected])
    }
}

@Suite struct `The check of a certificate` {
    private let now = 1_800_000_000
    private let day = 86_400

    @Test func `tells how long it is valid`() {
        let table: [(start: Int, end: Int, level: Finding.Level, words: String)] = [
            (now - 1, now + 15 * day, .ok, "fits its key and is valid until 2027-01-30"),
            (now - 1, now + 14 * day - 1, .warning, "valid until 2027-01-29, 13 days from now"),
            (now - day, now - 1, .wrong, "the certificate has run out on 2027-01-15"),
            (now + 1, now + day, .wrong, "the certificate is valid from 2027-01-15 only"),
        ]
        for row in table {
            let certificate = Certificate(startSeconds: row.start, endSeconds: row.end)
            let finding = Checkup.validity(certificate, subject: "TLS", nowSeconds: now)
            #expect(finding.level == row.level && finding.found.contains(row.words), "\(finding)")
        }
    }
}
