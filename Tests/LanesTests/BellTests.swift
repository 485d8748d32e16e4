import Lanes
import Testing

@Suite struct `A bell` {
    /// What a serving thread does: park, look once more, wait. Returns false when the bell was not
    /// heard in time.
    private func takeAll(
        _ count: Int, from ring: Ring<Int>, _ bell: Bell, _ poller: inout Poller
    ) -> Bool {
        var next = 0
        while next < count {
            bell.park()
            let isBusy = ring.count > 0
            if poller.wait(milliseconds: isBusy ? 0 : 10_000) > 0 {
                bell.silence()
            } else if !isBusy {
                return false
            }
            bell.unpark()
            while let number = ring.pop() {
                guard number == next else { return false }
                next += 1
            }
        }
        return true
    }

    @Test func `wakes a parked thread for everything that is put before it`() throws {
        let count = 20_000
        let ring = Ring<Int>(capacity: 4)
        let bell = try Bell()
        var poller = try Poller()
        try poller.add(bell.descriptor, token: 0)
        let sender = try LaneThread(name: "sender") {
            for number in 0..<count {
                while ring.push(number) != nil {}
                bell.ring()
            }
        }
        let heardAll = takeAll(count, from: ring, bell, &poller)
        #expect(heardAll)
        // A sender that waits for room would never end.
        while ring.pop() != nil {}
        if heardAll { sender.join() }
    }

    @Test func `is silent when nobody is parked, and rings once for many`() throws {
        let bell = try Bell()
        var poller = try Poller()
        try poller.add(bell.descriptor, token: 7)
        var heard: [Int] = []
        bell.ring()
        heard.append(poller.wait(milliseconds: 0))
        bell.park()
        bell.ring()
        bell.ring()
        heard.append(poller.wait(milliseconds: 0))
        bell.silence()
        heard.append(poller.wait(milliseconds: 0))
        bell.park()
        bell.unpark()
        bell.ring()
        heard.append(poller.wait(milliseconds: 0))
        #expect(heard == [0, 1, 0, 0])
    }
}

@Suite struct `A poller` {
    @Test func `tells which descriptor may be read, and forgets what is changed`() throws {
        let bell = try Bell()
        var poller = try Poller(eventsMax: 1)
        try poller.add(bell.descriptor, token: 42, readable: false)
        bell.park()
        bell.ring()
        let unwatched = poller.wait(milliseconds: 0)
        try poller.change(bell.descriptor, token: 43, readable: true, writable: false)
        let watched = poller.wait(milliseconds: 0)
        #expect(unwatched == 0 && watched == 1)
        let event = poller.event(0)
        #expect(event.token == 43 && event.readable && !event.writable)
    }

    @Test func `says why it cannot watch`() throws {
        let poller = try Poller()
        #expect(throws: Errno(rawValue: 9)) { try poller.add(-1, token: 0) }
    }
}
