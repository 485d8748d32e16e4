import Lanes
import Receiving

extension Checkup {
    /// Before it, floods of CONTINUATION frames and a failed assertion could end the program.
    private static let http2PackageMin = DebianVersion("1.52.0-1+deb12u3")
    private static let http2Package = "libnghttp2-14"
    /// A large desktop has some 8 MiB.
    private static let packageListBytesMax = 64 << 20

    static func checkHTTP2Library(_ examination: Examination) -> [Finding] {
        let status = try? readFileText("/var/lib/dpkg/status", bytesMax: packageListBytesMax)
        return [http2Finding(library: HTTP2Library.version, packages: status ?? "")]
    }

    static func http2Finding(library: String, packages: String) -> Finding {
        guard let version = DebianVersion(ofPackage: http2Package, inStatus: packages) else {
            return .ok(
                "libnghttp2",
                "\(library), not a Debian package; \(http2PackageMin) or later is wanted")
        }
        let found = "\(library), package \(http2Package) \(version)"
        guard version < http2PackageMin else { return .ok("libnghttp2", found) }
        return .wrong(
            "libnghttp2", "\(found) has holes by which anybody can stop the collector",
            advice: "run apt-get install \(http2Package), and start the collector again")
    }
}
