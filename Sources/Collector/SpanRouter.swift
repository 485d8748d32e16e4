import Lanes
import Spans

/// Carries the spans of a request to the lanes that own their traces. One lane's; the rings to the
/// others are its alone to fill.
struct SpanRouter {
    let lane: Int
    /// All lanes, this one included.
    let lanes: [LaneHandle]
    let hash: TraceHash
    let stage: LaneStage

    /// Puts the records in the order of the lanes that own them.
    func sort(_ table: inout SpanTable) { table.sort(lanes: lanes.count, by: hash) }

    /// The load of a lane that owns some of the sorted records and has no room for them now.
    func loadWithoutRoom(_ table: borrowing SpanTable) -> LaneLoad? {
        for index in lanes.indices
        where index != lane && !table.records(ofLane: index).isEmpty
            && !lanes[index].inbox[lane].hasRoom
        { return lanes[index].load }
        return nil
    }

    /// Sends sorted records, for which there is room. A batch without any is kept for the next request.
    func send(_ batch: consuming SpanBatch, charges: [Charge]) {
        let counts = lanes.indices.map { batch.table.records(ofLane: $0).count }
        guard counts.contains(where: { $0 > 0 }) else {
            stage.recycle(batch)
            return
        }
        let shared = Shared(batch)
        for (index, count) in counts.enumerated() where count > 0 {
            let parcel = Parcel(batch: shared, spans: count, charges: charges)
            if index == lane {
                stage.take(parcel)
            } else {
                lanes[index].load.add(count)
                let refused = lanes[index].inbox[lane].push(parcel)
                precondition(refused == nil, "a ring lost the room that it had")
                lanes[index].bell.ring()
            }
        }
    }
}
