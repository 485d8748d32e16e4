import Spans
import Wire

/// The spans that are collected before they are put into blocks, each in the order in which it came:
/// its ids and times in a row of a list, what is left of its bytes in one array. That is the only
/// copy of a body; its owner may reuse it at once.
///
/// Owned by a segment's writer, who empties it when it is full. Limit: `bytesMax` of texts and
/// `spansMax` rows of 56 bytes, and what one span brings more.
struct ContentSection {
    struct Row {
        var id: UInt64
        var parent: UInt64
        var startNanoseconds: UInt64
        var endNanoseconds: UInt64
        var trace: UInt32
        var group: UInt32
        var leftStart: UInt32
        var leftCount: UInt32
        var layout: SpanLayout
    }

    /// Numbers of texts in the pools.
    struct Group: Hashable {
        var resource: Int
        var scope: Int
    }

    private(set) var rows: [Row] = []
    private(set) var left: [UInt8] = []
    private(set) var traces: TraceNumbers
    private(set) var resources: TextPool
    private(set) var scopes: TextPool
    private(set) var groups: [Group] = []
    private var groupNumbers: [Group: Int] = [:]
    // Of the batch that is being taken.
    private var groupOfBatch: [Int] = []
    private var lastResource: (range: BodyRange, number: Int)?
    private var text = ProtobufWriter()

    static let bytesMax = 16 << 20
    static let spansMax = 1 << 17

    init(using random: inout some RandomNumberGenerator) {
        traces = TraceNumbers(using: &random)
        resources = TextPool(using: &random)
        scopes = TextPool(using: &random)
    }

    var isFull: Bool {
        left.count &+ resources.bytes.count &+ scopes.bytes.count >= Self.bytesMax
            || rows.count >= Self.spansMax
    }

    /// What a group adds to a block that has none of it.
    func bytes(ofGroup number: Int) -> Int {
        resources.ranges[groups[number].resource].count + scopes.ranges[groups[number].scope].count
    }

    mutating func removeAll() {
        rows.removeAll(keepingCapacity: true)
        left.removeAll(keepingCapacity: true)
        traces.removeAll()
        resources.removeAll()
        scopes.removeAll()
        groups.removeAll(keepingCapacity: true)
        groupNumbers.removeAll(keepingCapacity: true)
    }

    /// Takes spans of a batch from a record on until it is full; returns the first that was not taken.
    mutating func take(_ batch: SpanBatch, from first: Int) -> Int {
        groupOfBatch.removeAll(keepingCapacity: true)
        groupOfBatch.append(contentsOf: repeatElement(-1, count: batch.table.groups.count))
        lastResource = nil
        return withProtobufCursor(over: batch.body, count: batch.bodyCount) { body in
            for index in first..<batch.table.records.count {
                if isFull { return index }
                take(batch.table.records[index], batch.table.groups, body)
            }
            return batch.table.records.count
        }
    }

    private mutating func take(
        _ record: SpanRecord, _ groups: [SpanGroup], _ body: ProtobufCursor
    ) {
        let carving = SpanCarving(record, in: body)
        rows.append(
            Row(
                id: record.id, parent: record.parent, startNanoseconds: record.startNanoseconds,
                endNanoseconds: record.endNanoseconds,
                trace: UInt32(truncatingIfNeeded: traces.number(of: record.trace)),
                group: group(Int(record.group), groups, body),
                leftStart: UInt32(truncatingIfNeeded: left.count),
                leftCount: UInt32(truncatingIfNeeded: carving.count), layout: carving.layout))
        if !carving.state.isEmpty { body.copy(carving.state, to: &left) }
        if !carving.name.isEmpty { body.copy(carving.name, to: &left) }
        body.copy(carving.rest, to: &left)
    }

    private mutating func group(
        _ number: Int, _ list: [SpanGroup], _ body: ProtobufCursor
    ) -> UInt32 {
        if groupOfBatch[number] < 0 { groupOfBatch[number] = add(list[number], body) }
        return UInt32(truncatingIfNeeded: groupOfBatch[number])
    }

    private mutating func add(_ group: SpanGroup, _ body: ProtobufCursor) -> Int {
        let resource = resource(group.resourceSpans, body)
        text.removeAll()
        text.copy(ByteRange(group.scopeSpans), butField: TraceAsOTLP.Field.spans, from: body)
        let shared = Group(resource: resource, scope: scopes.number(of: text.bytes))
        if let number = groupNumbers[shared] { return number }
        groupNumbers[shared] = groups.count
        groups.append(shared)
        return groups.count - 1
    }

    /// Scopes of one resource follow each other.
    private mutating func resource(_ range: BodyRange, _ body: ProtobufCursor) -> Int {
        if let lastResource, lastResource.range == range { return lastResource.number }
        text.removeAll()
        text.copy(ByteRange(range), butField: TraceAsOTLP.Field.scopeSpans, from: body)
        let number = resources.number(of: text.bytes)
        lastResource = (range, number)
        return number
    }
}
