import Lanes
import Testing

@Suite struct `A memory budget` {
    @Test func `gives out no more than it has`() {
        let budget = MemoryBudget(limitBytes: 100)
        #expect(budget.take(60, of: 60) && budget.take(40, of: 40))
        #expect(!budget.take(1, of: 1))
        #expect(budget.usedBytes == 100)
        budget.give(40)
        #expect(budget.take(40, of: 40) && budget.usedBytes == 100)
    }

    @Test func `keeps its last quarter for small requests`() {
        let large = MemoryBudget.smallBytesMax + 1
        let budget = MemoryBudget(limitBytes: 4 * large)
        #expect(budget.take(3 * large, of: 3 * large))
        #expect(!budget.take(1, of: large))
        #expect(budget.take(large - 1, of: large - 1) && budget.take(1, of: 1))
        #expect(!budget.take(1, of: 1))
    }

    @Test func `is whole again after several threads have used it`() throws {
        let budget = MemoryBudget(limitBytes: 1_000)
        let threads = (0..<4).compactMap { _ in
            try? OwnedThread {
                for _ in 0..<20_000 where budget.take(400, of: 400) { budget.give(400) }
            }
        }
        #expect(threads.count == 4)
        for thread in threads { thread.join() }
        #expect(budget.usedBytes == 0)
    }
}

@Suite struct `A charge` {
    @Test func `is given back when the last holder lets go`() {
        let budget = MemoryBudget(limitBytes: 100)
        var first: Charge? = Charge(on: budget)
        #expect(first?.grow(by: 70) == true && first?.grow(by: 40) == false)
        var second = first
        first = nil
        #expect(budget.usedBytes == 70 && second != nil)
        second = nil
        #expect(budget.usedBytes == 0)
    }

    @Test func `counts as large by what it holds in all`() {
        let small = MemoryBudget.smallBytesMax
        let budget = MemoryBudget(limitBytes: small + 8)
        let charge = Charge(on: budget)
        #expect(charge.grow(by: small))
        #expect(!charge.grow(by: 1))
        #expect(Charge(on: budget).grow(by: 1))
    }
}

@Suite struct `A buffer pool` {
    @Test(arguments: [
        (0, 4_096), (1, 4_096), (4_096, 4_096), (4_097, 8_192), (1 << 20, 1 << 20),
        ((1 << 20) + 1, 1 << 21), (1 << 30, 1 << 30),
    ])
    func `has sizes of powers of two`(bytes: Int, size: Int) {
        #expect(BufferPool.size(for: bytes) == size)
    }

    @Test func `gives out what it was given`() {
        let pool = BufferPool()
        var array = pool.take(atLeast: 5_000)
        #expect(array.count == 8_192)
        array[0] = 7
        pool.give(array)
        #expect(pool.take(atLeast: 8_192)[0] == 7)
        #expect(pool.take(atLeast: 8_192)[0] == 0)
    }

    @Test func `keeps no more than its limit, and no odd sizes`() {
        let pool = BufferPool(keepBytesMax: 4_096)
        pool.give([UInt8](repeating: 1, count: 4_096))
        pool.give([UInt8](repeating: 2, count: 4_096))
        pool.give([UInt8](repeating: 3, count: 5_000))
        pool.give([])
        #expect(pool.take(atLeast: 1)[0] == 1)
        #expect(pool.take(atLeast: 1)[0] == 0)
        #expect(pool.take(atLeast: 5_000)[0] == 0)
    }

    @Test func `keeps nothing larger than four mebibytes`() {
        let pool = BufferPool(keepBytesMax: 64 << 20)
        pool.give([UInt8](repeating: 1, count: 8 << 20))
        #expect(pool.take(atLeast: 8 << 20)[0] == 0)
    }
}

@Suite struct `A body buffer` {
    private func memory(_ limitBytes: Int = 1 << 20) -> BodyMemory {
        BodyMemory(pool: BufferPool(), budget: MemoryBudget(limitBytes: limitBytes))
    }

    /// For calls that change what they are asked of, which the macro cannot show.
    private func expect(_ isSo: Bool, at place: SourceLocation = #_sourceLocation) {
        #expect(isSo, sourceLocation: place)
    }

    @Test func `has little room for whoever sends a byte and promises much`() {
        let memory = memory()
        var body = BodyBuffer()
        expect(body.reserve(1, expected: 1 << 30, memory))
        #expect(body.room == 4_096 && memory.budget.usedBytes == 4_096)
    }

    @Test func `grows with what has come, to what is expected`() {
        let memory = memory()
        var body = BodyBuffer()
        let piece = [UInt8](repeating: 1, count: 4_096)
        var sizes: [Int] = []
        for _ in 0..<10 {
            expect(body.reserve(piece.count, expected: 40_960, memory))
            body.append(piece, 0..<piece.count)
            sizes.append(body.bytes.count)
            #expect(memory.budget.usedBytes == body.bytes.count)
        }
        #expect(sizes.first == 16_384 && sizes.last == 65_536)
        #expect(body.count == 40_960 && body.bytes[..<body.count].allSatisfy { $0 == 1 })
    }

    @Test func `keeps what it has when there is no memory for more`() {
        let memory = memory(4_096)
        var body = BodyBuffer()
        expect(body.reserve(3, expected: 3, memory))
        body.append([9, 1, 2, 3, 9], 1..<4)
        expect(!body.reserve(5_000, expected: 5_000, memory))
        #expect(body.bytes[..<body.count] == [1, 2, 3] && memory.budget.usedBytes == 4_096)
    }

    @Test func `gives its bytes away with what they cost`() {
        let memory = memory()
        var body = BodyBuffer()
        expect(body.reserve(2, expected: 2, memory))
        body.append([1, 2], 0..<2)
        var taken: (bytes: [UInt8], count: Int, charge: Charge?)? = body.take()
        #expect(body.count == 0 && body.room == 0 && memory.budget.usedBytes == 4_096)
        #expect(taken?.bytes.prefix(2) == [1, 2] && taken?.count == 2)
        taken = nil
        #expect(memory.budget.usedBytes == 0)
    }

    @Test func `gives its array back to the pool when it is cleared`() {
        let memory = memory()
        var body = BodyBuffer()
        expect(body.reserve(1, expected: 1, memory))
        body.append([5], 0..<1)
        body.clear(memory)
        #expect(memory.budget.usedBytes == 0 && memory.pool.take(atLeast: 1)[0] == 5)
    }

    @Test func `is filled from a stream no further than its room`() {
        let memory = memory()
        var body = BodyBuffer()
        expect(body.reserve(10, expected: 10, memory))
        let got = body.fill(most: 1 << 20) { bytes, offset, most in
            bytes[offset] = 8
            return most
        }
        #expect(got == 4_096 && body.count == 4_096 && body.room == 0 && body.bytes[0] == 8)
    }
}

/// A thread that can be kept in a list.
private final class OwnedThread {
    private var thread: LaneThread?

    init(_ body: @escaping @Sendable () -> Void) throws {
        thread = try LaneThread(name: "test", body)
    }

    func join() { if let thread = thread.take() { thread.join() } }
}
