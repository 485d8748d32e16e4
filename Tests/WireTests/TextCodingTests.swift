import Testing
import Wire

@Suite struct `Hex text` {
    @Test func `writes lower case and reads any case`() {
        #expect(Hex.text([0x00, 0x5b, 0xff, 0xa9]) == "005bffa9")
        #expect(Hex.bytes("005BfFa9".utf8) == [0x00, 0x5b, 0xff, 0xa9])
        #expect(Hex.bytes("".utf8) == [])
    }

    @Test(arguments: ["0", "012", "0g", "g0", " 00", "0x00", "é0", "00\n"])
    func `refuses what is not pairs of digits`(text: String) {
        #expect(Hex.bytes(text.utf8) == nil)
    }

    @Test func `gives back every byte`() {
        let bytes = (0...255).map { UInt8($0) }
        #expect(Hex.bytes(Hex.text(bytes).utf8) == bytes)
    }

    @Test func `reads numbers of up to 16 digits`() {
        #expect(Hex.number("7fFFffffffffffff".utf8) == 0x7fff_ffff_ffff_ffff)
        #expect(Hex.number("0".utf8) == 0)
        #expect(Hex.number("".utf8) == nil)
        #expect(Hex.number("00000000000000001".utf8) == nil)
        #expect(Hex.number("12 4".utf8) == nil)
    }
}

@Suite struct `Base64 text` {
    /// The vectors of RFC 4648, and one of each letter that the alphabets do not share.
    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
        ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"), ("\u{3f}\u{3e}?", "Pz4/"),
    ])
    func `writes and reads`(content: String, text: String) {
        #expect(Base64.text(content.utf8) == text)
        #expect(Base64.bytes(text.utf8) == Array(content.utf8))
        #expect(Base64.bytes(text.utf8.filter { $0 != UInt8(ascii: "=") }) == Array(content.utf8))
    }

    @Test func `reads the alphabet for URLs too`() {
        #expect(Base64.bytes("-_-_".utf8) == [0xfb, 0xff, 0xbf])
        #expect(Base64.bytes("+/+/".utf8) == [0xfb, 0xff, 0xbf])
    }

    @Test(arguments: [
        "Z", "Zg=", "Zg===", "Zm8==", "Zm9v=", "Zm9v====", "=", "Z=g=", "Zg =", "YY A",
    ])
    func `refuses what is incomplete or foreign`(text: String) {
        #expect(Base64.bytes(text.utf8) == nil)
    }

    @Test func `gives back bytes of every count`() {
        for count in 0..<40 {
            let bytes = sampleText(count: count)
            #expect(Base64.bytes(Base64.text(bytes).utf8) == bytes)
        }
    }
}
