import Lanes
import Spans

/// Carries the spans of a request to the lanes that own their traces: all of them, or, when one of
/// the lanes has no room, none. One lane's; the rings to the others are its alone to fill.
struct SpanRouter {
    let lane: Int
    /// All lanes, this one included.
    let lanes: [LaneHandle]
    let hash: TraceHash
    let stage: LaneStage

    /// Nil when all is on its way, else the load of the lane that has no room. What nobody takes is
    /// kept for the next request.
    func take(_ batch: consuming SpanBatch, charge: Charge?) -> LaneLoad? {
        batch.table.sort(lanes: lanes.count, by: hash)
        let counts = lanes.indices.map { batch.table.records(ofLane: $0).count }
        for (index, count) in counts.enumerated()
        where count > 0 && index != lane && !lanes[index].inbox[lane].hasRoom {
            stage.recycle(batch)
            return lanes[index].load
        }
        guard counts.contains(where: { $0 > 0 }) else {
            stage.recycle(batch)
            return nil
        }
        let shared = Shared(batch)
        for (index, count) in counts.enumerated() where count > 0 {
            let parcel = Parcel(batch: shared, spans: count, charge: charge)
            if index == lane {
                stage.take(parcel)
            } else {
                lanes[index].load.add(count)
                let refused = lanes[index].inbox[lane].push(parcel)
                precondition(refused == nil, "a ring lost the room that it had")
                lanes[index].bell.ring()
            }
        }
        return nil
    }
}
