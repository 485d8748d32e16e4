import Lanes
import Spans

/// The spans of one request on their way to a lane that owns some of them.
struct Parcel: Sendable {
    let batch: Shared<SpanBatch>
    /// How many of the spans are the lane's.
    let spans: Int
    /// Hold the request's memory until the last lane has taken its spans.
    let charges: [Charge]
}
