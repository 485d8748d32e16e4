import Lanes
import Testing
import Wire

@testable import Journaling

/// A journal of small records in two segments, as bytes, and what it holds.
private struct Sample {
    let names: [String]
    let files: [[UInt8]]
    let records: [RecordContent]
    /// How many records the first segment holds.
    let inFirst: Int

    init() throws {
        let folder = try ScratchFolder()
        let lane = try TestLane()
        let records = (1...9).map { record($0, bytes: 20 + $0, refused: $0 == 4 ? [1, 7] : []) }
        self.records = records.map(RecordContent.init)
        let settings = JournalSettings(segmentBytes: SegmentHead.recordsAt + 500)
        let journal = try Journal(folder.path, settings, bells: [lane.bell])
        // One by one, so that each is a group of its own.
        for record in records { #expect(lane.keep([record], in: journal) == [.kept]) }
        journal.close()
        names = try folder.segments()
        try #require(names.count == 2)
        files = try names.map { try folder.bytes($0) }
        inFirst = Int(try #require(SegmentName.firstSequence(names[1]))) - 1
    }

    /// Puts the files back as they were.
    func write(to folder: borrowing ScratchFolder) throws {
        try folder.clear()
        for (name, bytes) in zip(names, files) { try folder.write(bytes, to: name) }
    }

    /// Where each record is in a file, without what fills it up to the next one.
    func places(inFile file: Int) -> [Range<Int>] {
        let from = file == 0 ? 0 : inFirst
        let to = file == 0 ? inFirst : records.count
        var start = SegmentHead.recordsAt
        return records[from..<to].map { record in
            let bytes = RecordHead.fixedBytes + record.refused.packed.count + record.body.count
            defer { start += RecordHead.aligned(bytes) }
            return start..<start + bytes
        }
    }
}

/// What a start finds.
private struct Found {
    let sequences: [Int]
    let damage: [StoreDamage]
    let recovery: JournalRecovery

    /// Fails when a record is read that was not written.
    init(_ directory: DataDirectory, _ written: [RecordContent]) throws {
        recovery = try JournalRecovery(directory)
        let shelf = JournalShelf(directory, recovery, lastSequence: recovery.lastSequence)
        var reader = JournalReader(shelf, from: 1)
        var record = JournalRecord()
        var sequences: [Int] = []
        while try reader.next(into: &record) {
            let sequence = Int(record.sequence)
            try #require((1...written.count).contains(sequence))
            #expect(RecordContent(record) == written[sequence - 1])
            sequences.append(sequence)
        }
        #expect(sequences == sequences.sorted())
        self.sequences = sequences
        damage = shelf.damage
    }
}

@Suite struct `A damaged journal` {
    @Test func `that is cut anywhere gives back what is whole before the cut`() throws {
        let sample = try Sample()
        let folder = try ScratchFolder()
        let places = sample.places(inFile: 1)
        let cuts =
            [0, 1, 39, 47, 48, 4_095, 4_096, 4_143, 4_144, 8_191]
            + (8_192...sample.files[1].count)
        for cut in cuts {
            try sample.write(to: folder)
            try folder.write(Array(sample.files[1][..<cut]), to: sample.names[1])
            let found = try Found(folder.directory, sample.records)
            let whole = sample.inFirst + places.count { $0.upperBound <= cut }
            #expect(found.sequences == Array(1...whole), "cut at \(cut)")
            let isHeadless = cut < SegmentHead.bytes
            #expect(found.damage.count == (isHeadless ? 1 : 0), "cut at \(cut): \(found.damage)")
        }
    }

    @Test func `whose older segment is cut loses what was there, and says so`() throws {
        let sample = try Sample()
        let folder = try ScratchFolder()
        let places = sample.places(inFile: 0)
        for cut in SegmentHead.recordsAt..<places[places.count - 1].upperBound {
            try sample.write(to: folder)
            try folder.write(Array(sample.files[0][..<cut]), to: sample.names[0])
            let found = try Found(folder.directory, sample.records)
            let whole = places.count { $0.upperBound <= cut }
            #expect(
                found.sequences == Array(1..<whole + 1) + Array(sample.inFirst + 1...9),
                "cut at \(cut)")
            #expect((1...2).contains(found.damage.count))
            // Where the head of the first one is still whole, it is the body that is not.
            let from = try #require(found.damage.first?.from)
            #expect(places[whole].contains(from))
        }
    }

    @Test(arguments: [0, 1])
    func `with any byte changed loses at most the record of that byte`(file: Int) throws {
        let sample = try Sample()
        let folder = try ScratchFolder()
        let places = sample.places(inFile: file)
        let first = file == 0 ? 1 : sample.inFirst + 1
        for place in 0..<sample.files[file].count
        where place >= SegmentHead.recordsAt || place % SegmentHead.copyAt < 64 {
            var changed = sample.files[file]
            changed[place] ^= UInt8(1 + place * 7 % 255)
            try sample.write(to: folder)
            try folder.write(changed, to: sample.names[file])
            let found = try Found(folder.directory, sample.records)
            let lost = Set(1...9).subtracting(found.sequences)
            let hit = places.firstIndex { $0.contains(place) }.map { first + $0 }
            #expect(lost.isSubset(of: hit.map { [$0] } ?? []), "byte \(place)")
            // What nobody acknowledged after is a torn end and no damage.
            if let sequence = lost.first, sequence < 9 {
                #expect(found.damage.count == 1, "byte \(place)")
                #expect(found.damage.first?.file == folder.directory.file(sample.names[file]))
            } else {
                #expect(found.damage == [], "byte \(place)")
            }
        }
    }

    @Test func `with a lost page loses the records on it and no others`() throws {
        let sample = try Sample()
        let folder = try ScratchFolder()
        try sample.write(to: folder)
        var changed = sample.files[0]
        changed.replaceSubrange(0..<4_096, with: repeatElement(0, count: 4_096))
        try folder.write(changed, to: sample.names[0])
        #expect(try Found(folder.directory, sample.records).sequences == Array(1...9))

        let places = sample.places(inFile: 0)
        changed = sample.files[0]
        let hole = places[1].lowerBound + 9..<places[2].upperBound - 1
        changed.replaceSubrange(hole, with: repeatElement(0, count: hole.count))
        try folder.write(changed, to: sample.names[0])
        let found = try Found(folder.directory, sample.records)
        #expect(found.sequences == [1] + Array(4...9))
        #expect(
            found.damage == [
                StoreDamage(
                    file: folder.directory.file(sample.names[0]), from: places[1].lowerBound,
                    bytes: places[3].lowerBound - places[1].lowerBound, what: "no record 2 to 3")
            ])
    }

    @Test func `sets aside what is no segment and uses none of its numbers again`() throws {
        let sample = try Sample()
        let folder = try ScratchFolder()
        try sample.write(to: folder)
        try folder.write([UInt8](repeating: 7, count: 48_000), to: sample.names[1])
        // A copy of the first under another name.
        try folder.write(sample.files[0], to: SegmentName.text(500))
        let found = try Found(folder.directory, sample.records)
        #expect(found.sequences == Array(1...sample.inFirst))
        #expect(found.damage.count == 2)
        #expect(found.recovery.lastSequence >= 1_000)
        #expect(
            try folder.directory.names().filter { $0.hasSuffix(".damaged") } == [
                sample.names[1] + ".damaged", SegmentName.text(500) + ".damaged",
            ])
        #expect(try Found(folder.directory, sample.records).damage == [])
    }

    @Test func `misses a segment that is gone`() throws {
        let sample = try Sample()
        let folder = try ScratchFolder()
        try sample.write(to: folder)
        let lane = try TestLane()
        let settings = JournalSettings()
        do {
            let journal = try Journal(folder.path, settings, bells: [lane.bell])
            #expect(lane.keep([record(10)], in: journal) == [.kept])
        }
        try folder.directory.remove(sample.names[1])
        let found = try Found(folder.directory, sample.records + [RecordContent(record(10))])
        #expect(found.sequences == Array(1...sample.inFirst) + [10])
        #expect(found.damage.map(\.what) == ["no record \(sample.inFirst + 1) to 9"])
    }

    @Test func `takes no record out of a body`() throws {
        let sample = try Sample()
        let folder = try ScratchFolder()
        let forged = Array(sample.files[1][SegmentHead.recordsAt...])
        let count = forged.count
        let lane = try TestLane()
        do {
            let journal = try Journal(folder.path, JournalSettings(), bells: [lane.bell])
            let bait = JournalRecord(
                body: forged, count: count, form: .otlpProtobuf, encoding: .identity,
                receivedNanoseconds: 1, decoderVersion: 1, refused: RefusedOrdinals())
            for record in [record(1), bait, record(3)] {
                #expect(lane.keep([record], in: journal) == [.kept])
            }
        }
        let name = try #require(try folder.segments().first)
        var bytes = try folder.bytes(name)
        let second = SegmentHead.recordsAt + RecordHead.aligned(RecordHead.fixedBytes + 100)
        bytes[second] ^= 1
        try folder.write(bytes, to: name)
        let journal = try Journal(folder.path, JournalSettings(), bells: [])
        let found = try contents(journal)
        #expect(found.map(\.sequence) == [1, 3])
        #expect(found.map(\.content) == [1, 3].map { RecordContent(record($0)) })
        #expect(journal.damage.map(\.what) == ["no record 2"])
        #expect(journal.damage.first?.from == second)
    }

    @Test func `of a later version is refused by name`() throws {
        let sample = try Sample()
        let folder = try ScratchFolder()
        try sample.write(to: folder)
        var head = Array(sample.files[1][..<SegmentHead.bytes])
        head[7] = 2
        head.put(littleEndian: sum(Array(head[..<40])), at: 40)
        try folder.write(head + sample.files[1][SegmentHead.bytes...], to: sample.names[1])
        let error = #expect(throws: JournalError.self) { _ = try JournalRecovery(folder.directory) }
        #expect(
            error.map { "\($0)" }
                == "\(folder.directory.file(sample.names[1])) is of journal format 2, this program "
                + "reads up to 1; start the version that wrote it")
    }
}
