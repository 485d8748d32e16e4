import Testing

@testable import Aggregating

@Suite struct `An operation template` {
    @Test(arguments: [
        ("GET /orders/17", "GET /orders/{id}"),
        ("GET /orders/8f14e45f-ceea-467f-a34e-0123456789ab/items", "GET /orders/{uuid}/items"),
        ("GET /blob/9e107d9d372bb6826bd81d3542a419d6", "GET /blob/{hash}"),
        ("user-12345 login", "user-{id} login"), ("GET /v1/users", "GET /v1/users"),
        ("POST /api/v2/cart", "POST /api/v2/cart"), ("s3 put", "s3 put"),
        ("SELECT orders", "SELECT orders"), ("GET /a?id=7", "GET /a"), ("", ""),
        ("hipstershop.CartService/GetCart", "hipstershop.CartService/GetCart"),
        ("http2 ping", "http2 ping"), ("/x/1/y/2/z/3", "/x/{id}/y/{id}/z/{id}"),
    ])
    func `puts placeholders where one thing is named`(raw: String, name: String) {
        #expect(OperationTemplate.name(for: raw) == name)
    }

    @Test func `of a template is itself`() {
        for name in ["GET /orders/{id}", "GET /o/{uuid}/{hash}", "user-{id}"] {
            #expect(OperationTemplate.name(for: name) == name)
        }
    }
}

@Suite struct `A wildcard` {
    @Test(arguments: [
        ("*", "", true), ("a*c", "abbbc", true), ("a*c", "abbb", false), ("a?c", "abc", true),
        ("a?c", "ac", false), ("GET /health*", "GET /healthz", true), ("", "", true),
        ("", "a", false), ("*a*b", "xxaxxab", true), ("**", "x", true),
    ])
    func `matches what it stands for`(pattern: String, text: String, isMatch: Bool) {
        #expect(Wildcard(pattern).matches(Array(text.utf8)[...]) == isMatch)
    }
}

@Suite struct `The host of a URL` {
    @Test(arguments: [
        ("https://shop.example/x", "shop.example"), ("http://u:p@h:80?q", "h"),
        ("https://[::1]:443/", "::1"), ("redis://R1", "r1"),
    ])
    func `is found`(url: String, host: String) { #expect(hostOfURL(url) == host) }

    @Test(arguments: ["/path", "", "http:///x", "nothing"])
    func `may be missing`(url: String) { #expect(hostOfURL(url) == nil) }
}
