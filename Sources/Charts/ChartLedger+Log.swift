import Sketches

/// The log of windows: what is not stored in pieces yet, as a snapshot and what came after it.
///
/// The bytes of both: names; how many runs; and for each its ten seconds, its family, its length
/// and its bytes.
extension ChartLedger {
    /// What was counted and named since the last commit; it stays so until `markCommitted`.
    package mutating func delta() -> [UInt8] {
        let runs = uncommitted.runs.sorted { $0.key < $1.key }.map { key, stack in
            (key, merger.merge(stack.runs))
        }
        return Self.write(names.names(from: storedNames), runs)
    }

    /// All names, and all that is not in pieces but in those given. Runs are written as they are:
    /// putting them together would take longer than writing them.
    package func snapshot(without stored: Set<WindowPlace> = []) -> [UInt8] {
        var runs: [(Uncommitted.Key, ChartRun)] = []
        for (number, block) in blocks.sorted(by: { $0.key < $1.key }) {
            let start = number * ChartBlock.seconds
            guard !block.isStored, !stored.contains(WindowPlace(.block, start: start)) else {
                continue
            }
            for family in ChartFamily.allCases {
                for minute in 0..<ChartBlock.minutes {
                    let first = start / 10 + Int64(minute) * 6
                    for (ten, stack) in block[family, minute].tens.enumerated() {
                        let key = Uncommitted.Key(family: family, ten: first + Int64(ten))
                        runs += stack.runs.map { (key, $0) }
                    }
                    let key = Uncommitted.Key(family: family, ten: first)
                    runs += block[family, minute].fresh.runs.map { (key, $0) }
                }
            }
        }
        return Self.write(names.names(from: .none), runs)
    }

    private static func write(
        _ names: StoredNames, _ runs: [(key: Uncommitted.Key, run: ChartRun)]
    ) -> [UInt8] {
        let filled = runs.filter { !$0.run.isEmpty }
        var writer = PackedWriter()
        writer.reserve(filled.reduce(0) { $0 + $1.run.bytes.count + 16 })
        names.write(to: &writer)
        writer.append(UInt64(filled.count))
        for (key, run) in filled {
            writer.append(signed: key.ten)
            writer.append(byte: key.family.rawValue)
            writer.append(UInt64(run.bytes.count))
            writer.append(bytes: run.bytes[...])
        }
        return writer.bytes
    }

    package var nameCounts: NameCounts { names.counts }

    /// The names that came after some others.
    package func storedNames(after counts: NameCounts) -> [UInt8] {
        var writer = PackedWriter()
        names.names(from: counts).write(to: &writer)
        return writer.bytes
    }

    /// What was counted and named until now is in a commit.
    package mutating func markCommitted() {
        uncommitted.removeAll()
        storedNames = names.counts
    }
}
