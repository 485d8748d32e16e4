import Lanes
import Testing

@Suite struct `Connection permits` {
    private func take(
        _ permits: ConnectionPermits, _ last: UInt8
    ) throws(ConnectionPermits.Denial) -> ConnectionPermit {
        try permits.take(for: peer(last), most: 3, mostOfAddress: 2)
    }

    @Test func `are so many, in all and for an address`() throws {
        let permits = ConnectionPermits()
        var first: ConnectionPermit? = try take(permits, 1)
        let second = try take(permits, 1)
        #expect(throws: ConnectionPermits.Denial.tooManyOfAddress) { try take(permits, 1) }
        let third = try take(permits, 2)
        #expect(throws: ConnectionPermits.Denial.tooMany) { try take(permits, 3) }
        #expect(permits.count == 3 && first != nil)
        first = nil
        #expect(permits.count == 2)
        let fourth = try take(permits, 1)
        withExtendedLifetime([second, third, fourth]) { #expect(permits.count == 3) }
    }

    @Test func `are all free again when nobody holds one`() throws {
        let permits = ConnectionPermits()
        for _ in 0..<10 {
            let held = [try take(permits, 1), try take(permits, 1), try take(permits, 2)]
            withExtendedLifetime(held) { #expect(permits.count == 3) }
        }
        #expect(permits.count == 0)
    }

    @Test func `tell addresses apart`() {
        #expect(peer(1) == peer(1) && peer(1) != peer(2))
        #expect(peer(9).description == "127.0.0.9")
    }
}
