import Lanes
import Testing

@Suite struct `Connection permits` {
    private func take(
        _ permits: ConnectionPermits, _ last: Int
    ) throws(ConnectionPermits.Denial) -> ConnectionPermit {
        try permits.take(for: peer("127.0.0.\(last)"), most: 3, mostOfAddress: 2)
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

    @Test(
        arguments: [
            ("127.0.0.1", "127.0.0.1", true), ("127.0.0.1", "127.0.0.2", false),
            ("10.0.0.1", "::ffff:10.0.0.1", true), ("::ffff:10.0.0.1", "::ffff:10.0.0.2", false),
            ("2001:db8::1", "2001:db8::ffff:1", true), ("2001:db8::", "2001:db8:0:1::", false),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::", true), ("::1", "0.0.0.1", false),
            ("0.0.0.0", "::", false),
        ])
    func `know one owner by an IPv4 address or a /64`(left: String, right: String, isOne: Bool) {
        #expect((peer(left) == peer(right)) == isOne)
    }
}
