import Settings
import Testing

@Suite struct `A secret` {
    @Test(arguments: ["abc", "abc\n", "abc\r\n"])
    func `comes from a file without the newline at its end`(content: String) throws {
        let given = sources("listen.web.token_file: /run/token", files: ["/run/token": content])
        #expect(try Settings.load(given).listen.web.token == Secret(text: "abc"))
    }

    @Test func `comes from the stronger source, in either way`() throws {
        let files = ["a": "from-file"]
        let token = { try Settings.load($0).listen.web.token?.text }
        let environment = ["PORTOLAN_LISTEN_WEB_TOKEN": "from-variable"]
        #expect(
            try token(sources("listen.web.token_file: a", environment: environment, files: files))
                == "from-variable")
        #expect(
            try token(
                sources(environment: environment, set: ["listen.web.token_file=a"], files: files))
                == "from-file")
    }

    @Test(arguments: [
        ("token: ''", "the secret is empty"), ("token_file: empty", "the secret is empty"),
        ("token: hush hush", "the secret has blanks or characters that no header carries"),
        ("token: hüsh", "the secret has blanks or characters that no header carries"),
        ("token_file: two", "the secret has blanks or characters that no header carries"),
        ("token: [hush]", "a list cannot stand here"),
        ("token: {hush: 1}", "this is not a single value"),
        ("token_file: nowhere", "nowhere cannot be read: No such file or directory"),
    ])
    func `is refused without being shown`(yaml: String, problem: String) {
        let files = ["empty": "\n", "two": "hush\nhush\n"]
        let found = complaints(sources("listen: {web: {\(yaml)}}", files: files))
        #expect(found.count == 1 && found[0].contains(": \(problem); give "), "\(found)")
        #expect(!found.contains { $0.contains("hush") || $0.contains("hüsh") })
    }

    @Test func `cannot be given in both ways in one place`() {
        let found = complaints(
            sources("listen.web:\n  token: a\n  token_file: b", files: ["b": "b"]))
        #expect(
            found == [
                "portolan.yaml:3: listen.web.token: is already given (portolan.yaml:2); keep one of"
                    + " the two"
            ])
    }

    @Test func `shows in no print, dump or list of settings`() throws {
        let effective = try EffectiveSettings(reading: sources("listen.web.token: hush"))
        var dumped = ""
        dump(effective, to: &dumped)
        for text in ["\(effective)", String(reflecting: effective), dumped, effective.yaml] {
            #expect(!text.contains("hush"))
        }
    }

    @Test func `cannot be taken for its mask`() {
        #expect(complaints(sources("listen.web.token: '\(Secret.mask)'")).count == 1)
    }
}
