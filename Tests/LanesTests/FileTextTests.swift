import Lanes
import Testing

@Suite struct `A file read whole` {
    @Test func `names the call, the path and the reason when there is none`() {
        #expect {
            try readFileText("/nowhere/portolan.yaml")
        } throws: {
            "\($0)" == "open /nowhere/portolan.yaml: No such file or directory"
        }
    }

    @Test func `is not read past its limit`() {
        #expect {
            try readFileBytes("/dev/zero")
        } throws: {
            "\($0)" == "read /dev/zero: is larger than 1048576 bytes"
        }
    }

    @Test func `may be larger when that is said`() throws {
        let most = 3 << 20
        #expect {
            try readFileBytes("/dev/zero", bytesMax: most)
        } throws: {
            "\($0)" == "read /dev/zero: is larger than \(most) bytes"
        }
        let bytes = try readFileBytes(#filePath).count
        #expect(try readFileBytes(#filePath, bytesMax: bytes).count == bytes)
        #expect(throws: LaneIOError.self) {
            try readFileBytes(#filePath, bytesMax: bytes - 1)
        }
    }

    @Test func `is a file, not a directory`() {
        #expect(throws: LaneIOError.self) { try readFileBytes("/") }
    }

    @Test func `comes as it is`() throws {
        #expect(try readFileText(#filePath).hasPrefix("import Lanes\n"))
    }
}

@Suite struct `The environment` {
    @Test func `has the variables of this process`() throws {
        let path = try #require(environment()["PATH"])
        #expect(!path.isEmpty)
    }
}
