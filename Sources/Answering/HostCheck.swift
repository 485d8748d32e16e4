/// Which names a browser may call the web listener by. A page of some other site that points its
/// own name at this machine is told by the name; one that calls us directly, by its origin.
package struct HostCheck: Sendable {
    private let names: Set<String>

    /// Addresses that the listener is bound to; the names of loopback are always known.
    package init(addresses: [String]) {
        names = Set(addresses + ["localhost", "127.0.0.1", "::1"])
    }

    /// An address is always allowed: only a name can be pointed at us by somebody else.
    package func allows(host: String) -> Bool {
        let name = Self.name(of: host)
        return names.contains(name) || Self.isAddress(name)
    }

    private static func isAddress(_ name: String) -> Bool {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        if parts.count == 4 && parts.allSatisfy({ UInt8($0) != nil }) { return true }
        return name.contains(":") && name.allSatisfy { $0.isHexDigit || $0 == ":" || $0 == "." }
    }

    /// An origin is a scheme and a host; `null` is none that we know.
    package func allows(origin: String) -> Bool {
        for scheme in ["http://", "https://"] where origin.hasPrefix(scheme) {
            return allows(host: String(origin.dropFirst(scheme.count)))
        }
        return false
    }

    /// Without the port and without the brackets of IPv6.
    private static func name(of host: String) -> String {
        if host.hasPrefix("["), let end = host.firstIndex(of: "]") {
            return host[host.index(after: host.startIndex)..<end].lowercased()
        }
        return host.prefix { $0 != ":" }.lowercased()
    }
}
