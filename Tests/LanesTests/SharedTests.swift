import Lanes
import Testing

@Suite struct `A shared value` {
    @Test func `goes back to the last who holds it`() {
        var first = Shared([1, 2])
        var second: Shared<[Int]>? = first
        #expect(Shared.takeBack(&first) == nil && second?.read { $0.count } == 2)
        second = nil
        #expect(Shared.takeBack(&first) == [1, 2])
        #expect(Shared.takeBack(&first) == nil && first.read { $0.count } == nil)
    }
}

@Suite struct `A row of counters` {
    @Test func `are counted by one thread and read by others`() throws {
        let counters = Counters(count: 2)
        let counting = try LaneThread(name: "count") {
            for _ in 0..<1_000 { counters.add(2, at: 1) }
        }
        counting.join()
        counters.add(-3, at: 0)
        #expect([counters.read(0), counters.read(1)] == [-3, 2_000])
    }
}
