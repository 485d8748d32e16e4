import Charts
import Foundation
import Lanes
import Testing

@testable import Storing

/// A store as version 1 wrote it; every later version must read it.
@Suite struct `The windows of version 1` {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Fixtures/windows-1")

    /// Edges and operations of a window, a line each.
    static func text(_ ledger: borrowing ChartLedger, from: Int64, to: Int64) -> String {
        let query = ChartQuery(window: ChartWindow(from: from, to: to))
        var lines: [String] = []
        for edge in ledger.edges(query).rows {
            let calls = edge.figures.calls
            lines.append(
                "\(edge.client.key.text) \(edge.server.key.text) \(edge.figures.kind.word) "
                    + "\(calls.samples) \(calls.count.raw) \(calls.failed.raw) "
                    + "\(calls.latency.quantileMilliseconds(0.99) ?? 0) \(calls.latency.sum) "
                    + "\(calls.saturation.peakConcurrency)")
        }
        for operation in ledger.operations(query, of: nil).rows {
            let calls = operation.calls
            lines.append(
                "\(operation.service.key.text) \(operation.operation) \(calls.samples) "
                    + "\(calls.count.raw) \(calls.latency.sum)")
        }
        for service in ledger.services(query).rows {
            let values = service.dimensions.joined().map { "\($0.trait)=\($0.amount.raw)" }
            lines.append("\(service.service.key.text) \(values.joined(separator: " "))")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    @Test(arguments: [
        ("hour", 1_699_999_200, 1_700_002_800), ("minutes", 1_699_999_860, 1_700_000_520),
        ("days", 1_699_920_000, 1_700_092_800),
    ])
    func `are answered as they were then`(name: String, from: Int64, to: Int64) throws {
        let scratch = try ScratchFolder()
        for file in try FileManager.default.subpathsOfDirectory(atPath: Self.folder.path) {
            let target = URL(filePath: "\(scratch.path)/\(file)")
            if file == "windows" {
                try FileManager.default.createDirectory(
                    at: target, withIntermediateDirectories: true)
            } else {
                try FileManager.default.copyItem(at: Self.folder.appending(path: file), to: target)
            }
        }
        let keeper = try Keeper(in: scratch.folder)
        #expect(keeper.catalogue.damages == [] && keeper.store.damages == [])
        #expect(keeper.catalogue.counters == ["fixture": 7])
        #expect(keeper.catalogue.watermarks.low == 42)
        let expected = try String(
            contentsOf: Self.folder.appending(path: "\(name).txt"), encoding: .utf8)
        #expect(Self.text(keeper.ledger, from: from, to: to) == expected)
    }
}
