import Sketches
import Testing

@Suite struct `Packed numbers` {
    @Test func `come back as they were`() {
        let numbers: [UInt64] = [0, 1, 127, 128, 16_383, 16_384, 1 << 62, 1 << 63, .max]
        let signed: [Int64] = [0, -1, 1, -64, 64, .min, .max]
        let wide: [Int128] = [0, 1, -1, 3 << 90, -(5 << 20), .min, .max, .min + 1, 1 << 126]
        var writer = PackedWriter()
        for number in numbers { writer.append(number) }
        for number in signed { writer.append(signed: number) }
        for number in wide { writer.append(wide: number) }
        for number in numbers { writer.append(fixed: number) }
        var reader = PackedReader(writer.bytes)
        for number in numbers { #expect(reader.number() == number) }
        for number in signed { #expect(reader.signed() == number) }
        for number in wide { #expect(reader.wide() == number) }
        for number in numbers { #expect(reader.fixed() == number) }
        #expect(reader.isAtEnd)
        #expect(reader.fault == nil)
    }

    @Test func `that end too early read as zero, and the place is kept`() {
        for bytes in [[7, 0x80], [7, 0xFF, 0xFF]] as [[UInt8]] {
            var reader = PackedReader(bytes)
            #expect(reader.number() == 7)
            #expect(reader.number() == 0)
            #expect(reader.signed() == 0)
            #expect(reader.wide() == 0)
            #expect(reader.fixed() == 0)
            #expect(reader.fault == 1)
        }
    }

    @Test func `that are too long are a fault`() {
        var reader = PackedReader(Array(repeating: 0x80, count: 12))
        #expect(reader.number() == 0)
        #expect(reader.fault == 0)
        var wide = PackedReader([1] + Array(repeating: 0xFF, count: 30))
        #expect(wide.wide() == 0)
        #expect(wide.fault == 1)
        var shift = PackedReader([200, 1])
        #expect(shift.wide() == 0)
        #expect(shift.fault == 0)
    }

    @Test func `are not read beyond their stretch`() {
        var reader = PackedReader([1, 2, 3, 4], from: 1, to: 3)
        #expect(reader.number() == 2)
        reader.skip(2)
        #expect(reader.fault == 2)
        #expect(PackedReader([1], from: 9, to: 12).bytesLeft == 0)
    }
}
