import Testing

@testable import Collector

@Suite struct `A Debian version` {
    @Test(arguments: [
        ("1.52.0-1+deb12u2", "1.52.0-1+deb12u3"), ("1.52.0-1", "1.52.0-1+deb12u1"),
        ("1.52.0-1+deb12u9", "1.52.0-1+deb12u10"), ("1.9.0-1", "1.52.0-1"),
        ("1.64.0~rc1-1", "1.64.0-1"), ("9.0-1", "1:0.1-1"), ("1.0", "1.0-1"), ("1.0a", "1.0+"),
        ("1.0-1", "1.0.1-1"), ("1.0~~", "1.0~"), ("1.0~", "1.0"), ("1-2-1", "1-2-2"),
    ])
    func `comes before a later one`(earlier: String, later: String) {
        #expect(DebianVersion(earlier) < DebianVersion(later))
        #expect(!(DebianVersion(later) < DebianVersion(earlier)))
    }

    @Test func `is the same with zeros before a number`() {
        #expect(DebianVersion("1.02-1") == DebianVersion("1.2-01"))
        #expect(DebianVersion("0:1.2-1") == DebianVersion("1.2-1"))
    }

    @Test func `can be of any length and be anything`() {
        let long = String(repeating: "9", count: 1_000)
        #expect(DebianVersion("1") < DebianVersion(long))
        #expect(DebianVersion("") == DebianVersion(":-"))
        #expect(DebianVersion("é") != DebianVersion("1"))
    }

    @Test func `is found in the list of packages, when its package is installed`() {
        let list = """
            Package: libnghttp2-14-dev
            Status: install ok installed
            Version: 9

            Package: libnghttp2-14
            Status: deinstall ok config-files
            Version: 8

            Package: libnghttp2-14
            Status: install ok installed
            Architecture: amd64
            Version: 1.52.0-1

            Package: other
            Status: install ok installed
            Version: 7
            """
        let version = DebianVersion(ofPackage: "libnghttp2-14", inStatus: list)
        #expect(version?.description == "1.52.0-1")
        #expect(DebianVersion(ofPackage: "libnghttp2", inStatus: list) == nil)
    }

    @Test(arguments: [
        ("1.52.0-1+deb12u2", Finding.Level.wrong), ("1.52.0-1+deb12u3", .ok),
        ("1.64.0-1.1", .ok),
    ])
    func `of the HTTP/2 library is judged`(version: String, level: Finding.Level) {
        let list = "Package: libnghttp2-14\nStatus: install ok installed\nVersion: \(version)\n"
        #expect(Checkup.http2Finding(library: "1", packages: list).level == level)
        #expect(Checkup.http2Finding(library: "1", packages: "").level == .ok)
    }
}
