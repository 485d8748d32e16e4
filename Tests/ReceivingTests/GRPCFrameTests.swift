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

@Suite struct `The prefix of a gRPC message` {
    private func frame(_ bytes: [UInt8]) -> GRPCFrame {
        var frame = GRPCFrame()
        for byte in bytes { frame.take(byte) }
        return frame
    }

    @Test func `has a flag and four bytes of length`() {
        #expect(frame([1, 0, 1, 2, 3]).length == 0x01_0203)
        #expect(frame([1, 255, 255, 255, 255]).length == 0xffff_ffff)
        #expect(frame([1, 0, 1, 2, 3]).isCompressed && !frame([0, 0, 1, 2, 3]).isCompressed)
        #expect(!frame([1, 0, 0, 0]).isComplete && frame([1, 0, 0, 0]).length == 0)
    }

    @Test func `is refused with a flag that is none`() {
        let fault = frame([2, 0, 0, 0, 0]).fault(RequestHead(), bodyBytesMax: 64)
        #expect(fault?.kind == .malformed)
    }

    @Test func `is refused when it is compressed and nobody says how`() throws {
        let compressed = frame([1, 0, 0, 0, 9])
        let head = RequestHead()
        #expect(compressed.fault(head, bodyBytesMax: 64)?.kind == .malformed)
        try head.take(name: "grpc-encoding", value: "gzip")
        #expect(compressed.fault(head, bodyBytesMax: 64) == nil)
    }

    @Test func `is refused when it announces more than the limit`() {
        var limits = ReceivingLimits()
        limits.requestBodyBytes = 9
        #expect(
            frame([0, 0, 0, 0, 9]).fault(RequestHead(), bodyBytesMax: limits.requestBodyBytes)
                == nil)
        #expect(
            frame([0, 0, 0, 0, 10]).fault(RequestHead(), bodyBytesMax: limits.requestBodyBytes)?
                .kind == .tooLarge)
    }
}
