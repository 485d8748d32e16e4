/// Sixteen bytes that name a trace; `high` holds the first eight, as they read in hex.
@usableFromInline
package struct TraceID: Hashable, Sendable {
    @usableFromInline package var high: UInt64
    @usableFromInline package var low: UInt64

    @inlinable
    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    @inlinable
    package var isZero: Bool { high | low == 0 }
}

/// Spreads trace ids over lanes. The key is drawn for each process, so that nobody who chooses
/// trace ids can aim them at one lane.
@usableFromInline
package struct TraceHash: Sendable {
    @usableFromInline let keys: (UInt64, UInt64, UInt64)

    package init(using random: inout some RandomNumberGenerator) {
        keys = (random.next(), random.next(), random.next() | 1)
    }

    @inlinable
    package func hash(_ id: TraceID) -> UInt64 {
        Self.fold(Self.fold(id.high ^ keys.0, id.low ^ keys.1) ^ id.low, keys.2)
    }

    /// The lane that owns a trace: the hash scaled to the number of lanes, without a division.
    @inlinable
    package func lane(of id: TraceID, lanes: Int) -> Int {
        Int(truncatingIfNeeded: hash(id).multipliedFullWidth(by: UInt64(lanes)).high)
    }

    /// The two halves of the whole product folded together.
    @inlinable
    static func fold(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let product = left.multipliedFullWidth(by: right)
        return product.high ^ product.low
    }
}
