import Settings
import Testing

@Suite struct `Settings of several sources` {
    @Test func `are the defaults when nothing is given`() throws {
        let settings = try Settings.load(sources())
        #expect(settings == .defaults)
        #expect(settings.dataDirectory == "./portolan-data")
        #expect(settings.memoryBytes == nil && settings.lanes == nil)
        #expect(settings.listen.otlpGRPC.addresses == ["127.0.0.1", "::1"])
        #expect(ListenerName.allCases.map(settings.listen.port(of:)) == [4317, 4318, 4280])
        #expect(settings.limits.requestBodyBytes == 64 << 20)
        #expect(settings.limits.drainMilliseconds == 20_000)
    }

    @Test func `come from flags before environment before file`() throws {
        let yaml = "limits: {streams: 1, connections: 1, header_time: 1s}"
        let environment = ["PORTOLAN_LIMITS_STREAMS": "2", "PORTOLAN_LIMITS_CONNECTIONS": "2"]
        let limits = try Settings.load(
            sources(yaml, environment: environment, set: ["limits.streams=3", "limits.streams=4"])
        ).limits
        #expect(limits.streams == 4)
        #expect(limits.connections == 2)
        #expect(limits.headerMilliseconds == 1000)
        #expect(limits.bodyMilliseconds == 60_000)
    }

    @Test func `take one text for a list, and parts between commas outside of the file`() throws {
        let key = "listen.web.address"
        let load = { (sources: SettingsSources) in
            try Settings.load(sources).listen.web.addresses
        }
        #expect(try load(sources("\(key): ::1")) == ["::1"])
        #expect(try load(sources(set: ["\(key)=::1 , 127.0.0.9"])) == ["::1", "127.0.0.9"])
        #expect(try load(sources(environment: ["PORTOLAN_LISTEN_WEB_ADDRESS": "::1"])) == ["::1"])
    }

    @Test func `may have sections whose lines are all commented out`() throws {
        #expect(try Settings.load(sources("limits:\n  # streams: 1\nlog: ~\n")) == .defaults)
    }

    @Test func `fill in variables where the file asks for them`() throws {
        let settings = try Settings.load(
            sources(
                "data: ${env:HOME}/x-${env:N}\nlisten.otlp_http.cors_origins: ['${env:ORIGIN}']",
                environment: ["HOME": "/root", "N": "${env:HOME}", "ORIGIN": "https://a.example"]))
        #expect(settings.dataDirectory == "/root/x-${env:HOME}")
        #expect(settings.listen.otlpHTTP.corsOrigins == ["https://a.example"])
    }

    @Test func `let a variable with our prefix be asked for by name`() throws {
        let settings = try Settings.load(
            sources("data: ${env:PORTOLAN_WHERE}", environment: ["PORTOLAN_WHERE": "/srv"]))
        #expect(settings.dataDirectory == "/srv")
    }

    @Test func `ignore what Kubernetes sets for a service of our name`() throws {
        let environment = [
            "PORTOLAN_SERVICE_HOST": "10.0.0.1", "PORTOLAN_SERVICE_PORT": "4317",
            "PORTOLAN_SERVICE_PORT_OTLP_GRPC": "4317", "PORTOLAN_PORT": "tcp://10.0.0.1:4317",
            "PORTOLAN_PORT_4317_TCP_ADDR": "10.0.0.1", "PORTOLAN_LANES": "2",
        ]
        #expect(try Settings.load(sources(environment: environment)).lanes == 2)
    }
}

@Suite struct `What is wrong with settings` {
    @Test func `is told in full, in order, each with its line and what to do`() {
        let yaml = """
            limits:
              requst_body: 3MiB
              streams: 0
              header_time: 20
              connections: [1]
              drain_time: {a: 1}
              idle_time:
            memroy: 1GiB
            level: debug
            log: text
            something.else: 1
            """
        #expect(
            complaints(sources(yaml)) == [
                "portolan.yaml:2: limits.requst_body: there is no such setting; did you mean"
                    + " limits.request_body?",
                "portolan.yaml:3: limits.streams: 0 is too little; give a whole number from 1 to"
                    + " 65536",
                "portolan.yaml:4: limits.header_time: 20 is not a time; give a time from 100ms to"
                    + " 1h",
                "portolan.yaml:5: limits.connections: a list cannot stand here; give a whole number"
                    + " from 1 to 1000000",
                "portolan.yaml:6: limits.drain_time: this is not a single value; give a time from"
                    + " 0s to 1h",
                "portolan.yaml:7: limits.idle_time: there is no value; give a time from 1s to 24h",
                "portolan.yaml:8: memroy: there is no such setting; did you mean memory?",
                "portolan.yaml:9: level: there is no such setting; did you mean log.level?",
                "portolan.yaml:10: log: this is a section, not a setting; write its settings below"
                    + " it, as `key: value`",
                "portolan.yaml:11: something.else: there is no such setting; `portolan help"
                    + " settings` lists them",
            ])
    }

    @Test func `names the variable or the flag`() {
        let given = sources(
            environment: ["PORTOLAN_LANES": "0", "PORTOLAN_LOG_LEVL": "info"],
            set: ["log.format=xml", "log.formt=text"])
        #expect(
            complaints(given) == [
                "PORTOLAN_LANES: 0 is too little; give auto or a whole number from 1 to 256",
                "PORTOLAN_LOG_LEVL: there is no such setting; did you mean PORTOLAN_LOG_LEVEL?",
                "--set log.format: xml is none of the words; give text or json",
                "--set log.formt: there is no such setting; did you mean log.format?",
            ])
    }

    @Test(arguments: [
        ("a: [", "portolan.yaml:2: column 1: did not find expected node content"),
        ("- a", "portolan.yaml:1: this is no list of settings"),
        ("data: x\ndata: y", "portolan.yaml:2: column 1: the key data already stands in line 1"),
        ("log: {level: info}\nlog.level: info", "portolan.yaml:2: log.level: is already given"),
        ("data: ''", "portolan.yaml:1: data: the text is empty"),
        ("data: \"a\\0\"", "portolan.yaml:1: data: \"a\\u0000\" has control characters"),
        ("data: ${HOME}", "portolan.yaml:1: data: after ${ there must be env:NAME and }"),
        ("data: ${env:HOME", "portolan.yaml:1: data: after ${ there must be env:NAME and }"),
        ("data: ${env:NO}", "portolan.yaml:1: data: the variable NO is not set or empty"),
        ("data: ${env:EMPTY}", "portolan.yaml:1: data: the variable EMPTY is not set or empty"),
        ("log.level: [[]]", "portolan.yaml:1: log.level: this is not a single value"),
        ("listen.web.address: ['::1', '::1']", "portolan.yaml:1: listen.web.address: \"::1\" is"),
        ("listen.web.address: [[]]", "portolan.yaml:1: listen.web.address: this is not a single"),
        ("listen.web.enabled: yes", "portolan.yaml:1: listen.web.enabled: yes is neither true nor"),
        ("limits.streams: 9999999999999999999", "portolan.yaml:1: limits.streams: 99999999999999"),
    ])
    func `is found in the file`(yaml: String, start: String) {
        let found = complaints(sources(yaml, environment: ["EMPTY": ""]))
        #expect(found.count == 1 && found.first?.hasPrefix(start) == true, "\(found)")
    }

    @Test func `is told when the file cannot be read`() {
        var given = sources()
        given.filePath = "nowhere.yaml"
        #expect(
            complaints(given) == [
                "nowhere.yaml: cannot be read: No such file or directory; give a file that can be"
                    + " read"
            ])
    }

    @Test func `is a list without end`() {
        let addresses = (0...256).map { "10.0.\($0 / 256).\($0 % 256)" }.joined(separator: ", ")
        let found = complaints(sources("listen.web.address: [\(addresses)]"))
        #expect(found.count == 1 && found[0].contains("the list has more than 256 values"))
    }

    @Test func `is told up to a bound`() {
        let yaml = (0..<60_000 / 2).map { "key\($0): 1\n" }.joined()
        #expect(complaints(sources(yaml)).count == 100)
    }

    @Test func `stays on one line, whatever was written`() {
        let yaml = "\"a\\nb\\e[31m\": 1\ndata: \"\\n\"\nlog.level: \"\\r\\n\"\n"
        for line in complaints(sources(yaml)) {
            #expect(line.unicodeScalars.allSatisfy { $0.value >= 0x20 }, "\(line.debugDescription)")
        }
    }
}

@Suite struct `Broken settings files` {
    private static let file = """
        data: "/srv/${env:X}"   # where
        listen:
          insecure: [otlp]
          otlp_grpc: {address: [0.0.0.0, "::"], port: 14317}
          web:
            tls: {certificate: a.pem, key: a.key}
            token_file: token
        limits:
          request_body: 16MiB
          header_time: 5s
        log: {level: debug}
        """

    private func load(_ bytes: [UInt8]) {
        var given = sources(environment: ["X": "x"], files: ["token": "secret"])
        let readSecret = given.readFile
        given.filePath = "portolan.yaml"
        given.readFile = { path throws(UnreadableFile) in
            path == "portolan.yaml" ? bytes : try readSecret(path)
        }
        _ = try? Settings.load(given)
    }

    @Test func `are survived when they end at any byte`() throws {
        let given = sources(Self.file, environment: ["X": "x"], files: ["token": "secret"])
        #expect(try Settings.load(given).listen.web.token?.text == "secret")
        let bytes = Array(Self.file.utf8)
        for count in bytes.indices { load(Array(bytes[..<count])) }
    }

    @Test func `are survived when any byte is another`() {
        let bytes = Array(Self.file.utf8)
        for index in bytes.indices {
            for value in [0, 0x0a, 0x20, 0x2c, 0x3a, 0x39, 0x24, 0x7d, 0xff] as [UInt8] {
                var changed = bytes
                changed[index] = value
                load(changed)
            }
        }
    }
}
