import Lanes
import Testing

@Suite struct `A ring` {
    @Test func `hands an item back when it is full`() {
        let ring = Ring<Int>(capacity: 2)
        #expect(ring.push(1) == nil)
        #expect(ring.push(2) == nil)
        #expect(ring.push(3) == 3)
        #expect(ring.pop() == 1)
        #expect(ring.push(3) == nil)
        #expect([ring.pop(), ring.pop(), ring.pop()] == [2, 3, nil])
    }

    @Test func `carries everything from one thread to another in order`() throws {
        let ring = Ring<Int>(capacity: 8)
        let sender = try LaneThread(name: "sender") {
            for number in 0..<100_000 { while ring.push(number) != nil {} }
        }
        var expected = 0
        while expected < 100_000 {
            guard let number = ring.pop() else { continue }
            #expect(number == expected)
            expected += 1
        }
        sender.join()
    }
}
