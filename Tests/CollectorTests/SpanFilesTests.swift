import Lanes
import Settings
import Spans
import Testing

@testable import Collector

func materialPath(_ name: String) -> String {
    #filePath.split(separator: "/").dropLast(3).map { "/\($0)" }.joined() + "/Tests/Material/"
        + name
}

@Suite struct `Files of spans` {
    private final class Count {
        var spans = 0
    }

    private func read(_ paths: String...) throws -> (spans: Int, totals: FileTotals) {
        let count = Count()
        var files = SpanFiles(limits: try Settings.load(sources()).limits) { batch in
            count.spans += batch.table.records.count
        }
        try files.read(paths)
        return (count.spans, files.totals)
    }

    @Test func `are read from an archive of gzip bodies`() throws {
        let (spans, totals) = try read(materialPath("ob-sample/ob-sample.otlp.tar"))
        #expect(spans == 20_185 && totals.spans == 20_185)
        #expect(totals.requests == 178 && totals.refused == 0 && totals.passedOver == 0)
    }

    @Test func `are read from a folder, with all that is in it`() throws {
        let whole = try read(materialPath("ob-sample"))
        #expect(whole.spans == 20_185)
        #expect(whole.totals.passedOver >= 0)
    }

    @Test func `name what holds no spans, when it was asked for`() {
        let path = materialPath("README.md")
        let error = #expect(throws: UnreadableSpans.self) { try read(path) }
        #expect(error.map { "\($0)".hasPrefix("\(path): holds no spans in a form that") } == true)
    }

    @Test func `name what cannot be opened, and where a file is broken`() {
        let nowhere = #expect(throws: UnreadableSpans.self) { try read("/nowhere/x") }
        #expect(
            nowhere.map { "\($0)" }
                == "/nowhere/x: cannot open: No such file or directory; "
                + "name files and folders that can be read")
        let sparse = #expect(throws: UnreadableSpans.self) {
            try read(materialPath("tar/gnu-sparse.tar"))
        }
        #expect(sparse?.problem == "a sparse file in a tar archive at offset 0")
    }
}

@Suite struct `The progress of reading` {
    private func position(_ path: String = "a/b.tar", bytes: Int? = 4_000_000) -> FilePosition {
        var position = FilePosition()
        position.startFile(path, bytes: bytes)
        position.advance(by: 1_250_000, FileTotals())
        return position
    }

    @Test func `is not shown for what is over at once`() {
        var progress = ReadingProgress(nowMilliseconds: 1_000)
        #expect(progress.text(position(), nowMilliseconds: 1_200) == nil)
        #expect(progress.farewell.isEmpty)
    }

    @Test func `is one line, written over and taken away`() {
        var progress = ReadingProgress(nowMilliseconds: 1_000)
        #expect(
            progress.text(position(), nowMilliseconds: 1_500)
                == "\r\u{1b}[Kb.tar: 1.2 of 4.0 MB, 0 spans, 0/s")
        #expect(progress.text(position(), nowMilliseconds: 1_550) == nil)
        #expect(
            progress.text(position("x\ny", bytes: nil), nowMilliseconds: 1_650)
                == "\r\u{1b}[Kx?y: 1.2 MB, 0 spans, 0/s")
        #expect(progress.farewell == "\r\u{1b}[K")
    }
}
