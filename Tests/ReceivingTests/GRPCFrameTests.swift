import Testing

@testable import Receiving

@Suite struct `A gRPC frame` {
    @Test func `writes a message with its length before it`() {
        #expect(GRPCFrame.wrap([7, 8]) == [0, 0, 0, 0, 2, 7, 8])
    }

    @Test(
        arguments: [
            ("1S", 1_000), ("250m", 250), ("2M", 120_000), ("1H", 3_600_000), ("5000u", 5),
        ])
    func `reads a timeout`(text: String, milliseconds: Int) {
        #expect(GRPCFrame.timeoutMilliseconds(text) == milliseconds)
    }

    @Test(arguments: ["", "S", "10", "-1S", "1234567890S", "1x"])
    func `finds no timeout in other text`(text: String) {
        #expect(GRPCFrame.timeoutMilliseconds(text) == nil)
    }

    @Test func `percent-encodes what is not printable ASCII`() {
        #expect(GRPCFrame.percentEncoded("50% of é\n") == "50%25 of %C3%A9%0A")
    }
}
