/// What must hold between settings. A rule is silent when a value that it needs was refused.
extension SettingsReader {
    mutating func checkRules() {
        for name in ListenerName.allCases where !isRefused(below: key(name, "")) {
            checkTLS(name)
            guard settings.listen[name].isEnabled else { continue }
            checkAddresses(name)
            checkPort(name)
        }
        checkPortsDiffer()
    }

    private func key(_ name: ListenerName, _ rest: String) -> String {
        "listen.\(name.rawValue).\(rest)"
    }

    private func isRefused(below prefix: String) -> Bool {
        refused.contains { $0.hasPrefix(prefix) }
    }

    private mutating func checkTLS(_ name: ListenerName) {
        let tls = settings.listen[name].tls
        let certificate = key(name, "tls.certificate")
        let privateKey = key(name, "tls.key")
        if tls.certificate != nil && tls.key == nil {
            refuse(
                certificate, at: place(of: certificate), "a certificate needs its key",
                advice: "set \(privateKey) too")
        }
        if tls.key != nil && tls.certificate == nil {
            refuse(
                privateKey, at: place(of: privateKey), "a key needs its certificate",
                advice: "set \(certificate) too")
        }
        if tls.clientCA != nil && tls.certificate == nil {
            let authority = key(name, "tls.client_ca")
            refuse(
                authority, at: place(of: authority), "client certificates need TLS",
                advice: "set \(certificate) and \(privateKey) too")
        }
    }

    /// What other machines can reach must be encrypted and ask for a token, unless it is named.
    private mutating func checkAddresses(_ name: ListenerName) {
        let listener = settings.listen[name]
        let address = key(name, "address")
        guard !listener.addresses.isEmpty else {
            return refuse(
                address, at: place(of: address), "there is no address to listen on",
                advice: "give one, or set \(key(name, "enabled")) to false")
        }
        let missing = missingGuards(of: name)
        guard !missing.isEmpty, !refused.contains("listen.insecure"),
            !settings.listen.insecure.contains(where: { $0.contains(name) }),
            let open = listener.addresses.first(where: { IPAddress($0)?.isLoopback != true })
        else { return }
        refuse(
            address, at: place(of: address),
            "other machines can reach \(open), which needs TLS and a token",
            advice: "set \(missing.joined(separator: " and ")), or allow it with"
                + " --insecure-listen=\(name.rawValue) (listen.insecure)")
    }

    private func missingGuards(of name: ListenerName) -> [String] {
        let listener = settings.listen[name]
        var missing: [String] = []
        if listener.tls.certificate == nil { missing.append(key(name, "tls.certificate")) }
        if listener.tls.key == nil { missing.append(key(name, "tls.key")) }
        if listener.token == nil { missing.append(key(name, "token_file")) }
        return missing
    }

    private mutating func checkPort(_ name: ListenerName) {
        let offset = settings.listen.portOffset
        guard offset > 0, settings.listen.port(of: name) > 65535 else { return }
        let offsetKey = "listen.port_offset"
        refuse(
            offsetKey, at: place(of: offsetKey),
            "\(key(name, "port")) becomes \(settings.listen.port(of: name))",
            advice: "give an offset that leaves it at 65535 or less")
    }

    private mutating func checkPortsDiffer() {
        guard !isRefused(below: "listen.") else { return }
        var owners: [String: ListenerName] = [:]
        for name in ListenerName.allCases where settings.listen[name].isEnabled {
            let listener = settings.listen[name]
            let port = key(name, "port")
            for address in listener.addresses {
                let socket = "\(address) \(listener.basePort)"
                guard let owner = owners.updateValue(name, forKey: socket) else { continue }
                refuse(
                    port, at: place(of: port),
                    "\(listener.basePort) is also \(key(owner, "port"))",
                    advice: "give another port")
                break
            }
        }
    }
}
