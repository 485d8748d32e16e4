/// What a lane hands to the ledger: what it counted and the names that are new in it.
///
/// A lane and the ledger pass one parcel to and fro: the lane fills it, the ledger empties it and
/// gives it back, so that the storage of the tables is used again.
package struct ChartParcel: ~Copyable, Sendable {
    var delta = ChartDelta()
    var names = NewNames()
    package var quality = QualityTally()

    package init() {}

    package var isEmpty: Bool { delta.isEmpty && names.isEmpty && quality.isEmpty }

    /// Swaps a lane's delta against the emptied one of this parcel, which must be empty. All parcels
    /// of a lane must reach the ledger, in order.
    package mutating func fill(from delta: inout ChartDelta, names: inout ChartNames) {
        precondition(isEmpty, "a parcel is filled that nobody took")
        swap(&self.delta, &delta)
        self.names = names.handOver()
    }

    mutating func removeAll() {
        delta.removeAll()
        names = NewNames()
        quality = QualityTally()
    }
}
