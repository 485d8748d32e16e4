import Settings
import Testing

@Suite struct `A listener that other machines can reach` {
    private let open = "listen.otlp_grpc.address: 0.0.0.0\n"
    private let tls = "listen.otlp_grpc.tls: {certificate: a.pem, key: a.key}\n"
    private let token = "listen.otlp_grpc.token: t\n"

    @Test func `needs TLS and a token, and the message says how`() {
        #expect(
            complaints(sources(open)) == [
                "portolan.yaml:1: listen.otlp_grpc.address: other machines can reach 0.0.0.0, which"
                    + " needs TLS and a token; set listen.otlp_grpc.tls.certificate and"
                    + " listen.otlp_grpc.tls.key and listen.otlp_grpc.token_file, or allow it with"
                    + " --insecure-listen=otlp_grpc (listen.insecure)"
            ])
        let onlyToken = "set listen.otlp_grpc.token_file, or"
        #expect(complaints(sources(open + tls)).first?.contains(onlyToken) == true)
        #expect(complaints(sources(open + token)).count == 1)
        #expect(complaints(sources(open + tls + token)).isEmpty)
    }

    @Test(arguments: ["otlp", "otlp_grpc", "web, otlp"])
    func `may do without when it is named`(names: String) {
        #expect(complaints(sources(open, set: ["listen.insecure=\(names)"])).isEmpty)
    }

    @Test(arguments: ["web", "otlp_http", ""])
    func `may not when another is named`(names: String) {
        #expect(complaints(sources(open, set: ["listen.insecure=\(names)"])).count == 1)
    }

    @Test func `may do without when it is switched off`() {
        #expect(complaints(sources(open + "listen.otlp_grpc.enabled: false")).isEmpty)
    }

    @Test(arguments: [
        ("127.0.0.1", true), ("127.255.0.9", true), ("::1", true), ("0:0:0:0:0:0:0:1", true),
        ("0.0.0.0", false), ("::", false), ("10.1.2.3", false), ("128.0.0.1", false),
        ("::ffff:127.0.0.1", false), ("fe80::1", false), ("2001:db8::127.0.0.1", false),
    ])
    func `is one with any address but loopback`(address: String, isLoopback: Bool) {
        let found = complaints(sources(set: ["listen.web.address=127.0.0.2,\(address)"]))
        #expect(found.isEmpty == isLoopback, "\(found)")
    }

    @Test(arguments: [
        "localhost", "", "127.0.0", "127.0.0.1.1", "127.0.0.256", "127.0.0.01", "127.0.0.+1",
        "127.1", "1::2::3", ":::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7::8:9",
        "12345::", "g::", "::1%lo", "[::1]", "1.2.3.4::", "::1.2.3", "+1::", " 127.0.0.1\t",
    ])
    func `has no address that is not numeric`(address: String) {
        let yaml = "listen.web.address: [\"\(address)\"]"
        let found = complaints(sources(yaml.replacing("\t", with: "\\t")))
        #expect(found.count == 1 && found[0].contains("is not a numeric address"), "\(found)")
    }

    @Test(arguments: [
        "::", "::1", "1::", "1:2:3:4:5:6:7:8", "1::8", "::1.2.3.4", "1:2:3:4:5:6:1.2.3.4",
    ])
    func `has an address however it is written`(address: String) {
        let yaml = "listen.web.address: '\(address)'\nlisten.insecure: web"
        #expect(complaints(sources(yaml)).isEmpty)
    }
}

@Suite struct `Listeners` {
    @Test func `need a certificate with its key, and TLS for client certificates`() {
        #expect(
            complaints(sources("listen.web.tls.certificate: a")) == [
                "portolan.yaml:1: listen.web.tls.certificate: a certificate needs its key; set"
                    + " listen.web.tls.key too"
            ])
        #expect(complaints(sources("listen.web.tls.key: a"))[0].contains("needs its certificate"))
        #expect(complaints(sources("listen.web.tls.client_ca: a"))[0].contains("need TLS"))
    }

    @Test func `need an address when they are open`() {
        let found = complaints(sources(set: ["listen.web.address="]))
        #expect(
            found == [
                "--set listen.web.address: there is no address to listen on; give one, or set"
                    + " listen.web.enabled to false"
            ])
    }

    @Test func `need ports of their own`() {
        #expect(
            complaints(sources("listen.otlp_http.port: 4317")) == [
                "portolan.yaml:1: listen.otlp_http.port: 4317 is also listen.otlp_grpc.port; give"
                    + " another port"
            ])
        let apart = "listen.otlp_http: {port: 4317, address: 127.0.0.2}"
        #expect(complaints(sources(apart)).isEmpty)
    }

    @Test func `move by the offset, as far as there are ports`() throws {
        let moved = try Settings.load(sources(set: ["listen.port_offset=100"]))
        #expect(moved.listen.port(of: .web) == 4380)
        let found = complaints(sources("listen.web.port: 65000", set: ["listen.port_offset=600"]))
        #expect(
            found == [
                "--set listen.port_offset: listen.web.port becomes 65600; give an offset that"
                    + " leaves it at 65535 or less"
            ])
    }

    @Test func `are not judged by values that were refused`() {
        let found = complaints(sources("listen.web: {address: 0.0.0.0, token: 'a b'}"))
        #expect(found.count == 1 && found[0].contains("token"))
    }
}
