/// What assembling and counting need of a span, without its content: plain data of a fixed size.
///
/// Names are numbers that the lane's tables give them. A skeleton of a linked message stands in the
/// trace that the link names, as a child of the linked span, and is no span of that trace.
@usableFromInline
package struct SpanSkeleton: Sendable, Equatable {
    @usableFromInline package var id: UInt64 = 0
    /// Zero for a root.
    @usableFromInline package var parent: UInt64 = 0
    @usableFromInline package var startNanoseconds: UInt64 = 0
    @usableFromInline package var endNanoseconds: UInt64 = 0
    /// In units of 2^-20.
    @usableFromInline package var weight: Int64 = 0
    @usableFromInline package var receiptSeconds: UInt32 = 0
    @usableFromInline package var contentBytes: UInt32 = 0
    @usableFromInline package var service: UInt32 = 0
    @usableFromInline package var operation: UInt32 = 0
    /// The service that the span's attributes name at the other end, or `none`.
    @usableFromInline package var peer: UInt32 = Self.none
    /// The queue or topic that a messaging span names, or `none`.
    @usableFromInline package var broker: UInt32 = Self.none
    /// The machine whose clock gave the times, or `none`.
    @usableFromInline package var host: UInt32 = Self.none
    @usableFromInline package var instance: UInt32 = Self.none
    /// Which set of dimension values the resource has.
    @usableFromInline package var dimensions: UInt32 = 0
    @usableFromInline package var messages: UInt32 = 1
    @usableFromInline package var retries: UInt16 = 0
    @usableFromInline package var flags: SkeletonFlags = []
    @usableFromInline package var kind: SpanKind = .unspecified
    /// How the call ended, by a number that those who count understand.
    @usableFromInline package var outcome: UInt8 = 0
    /// By which rule the peer has its name; the same.
    @usableFromInline package var peerRung: UInt8 = 0

    @inlinable
    package init() {}

    /// No service, host or instance.
    @inlinable package static var none: UInt32 { .max }

    /// Whether it is the half of a call that goes out.
    @inlinable package var isOutgoing: Bool { kind == .client || kind == .producer }
    /// Whether it is the half of a call that comes in.
    @inlinable package var isIncoming: Bool { kind == .server || kind == .consumer }

    @inlinable package var isLinked: Bool { flags.contains(.linked) }

    /// The time that tells the window in which it counts.
    @inlinable
    package var windowNanoseconds: UInt64 {
        if flags.contains(.movedToReceipt) { return UInt64(receiptSeconds) * 1_000_000_000 }
        return flags.contains(.noEnd) ? startNanoseconds : endNanoseconds
    }

    /// Negative when it is not known; at most a day.
    @inlinable
    package var durationNanoseconds: Int64 {
        if flags.contains(.noEnd) { return -1 }
        if endNanoseconds <= startNanoseconds { return 0 }
        return Int64(min(endNanoseconds - startNanoseconds, Self.durationNanosecondsMax))
    }

    @inlinable package static var durationNanosecondsMax: UInt64 { 86_400_000_000_000 }

    /// Which of two copies counts: a complete one before one in progress, then the later end, then
    /// the longer one; then any order does that does not depend on which came first.
    package func counts(before other: SpanSkeleton) -> Bool {
        let (mine, others) = (flags.contains(.noEnd), other.flags.contains(.noEnd))
        if mine != others { return others }
        if endNanoseconds != other.endNanoseconds { return endNanoseconds > other.endNanoseconds }
        if contentBytes != other.contentBytes { return contentBytes > other.contentBytes }
        let left = (startNanoseconds, parent, UInt64(outcome), UInt64(operation))
        let right = (
            other.startNanoseconds, other.parent, UInt64(other.outcome), UInt64(other.operation)
        )
        return left < right
    }
}

@usableFromInline
package struct SkeletonFlags: OptionSet, Sendable {
    @usableFromInline package let rawValue: UInt16

    @inlinable
    package init(rawValue: UInt16) { self.rawValue = rawValue }

    /// The span's status is ERROR, whatever the class.
    @inlinable package static var statusError: Self { Self(rawValue: 1) }
    /// Still in progress when it was sent, as far as anybody knows.
    @inlinable package static var noEnd: Self { Self(rawValue: 2) }
    @inlinable package static var endBeforeStart: Self { Self(rawValue: 4) }
    @inlinable package static var unknownWeight: Self { Self(rawValue: 8) }
    /// An exclude rule keeps it out of edges and signals.
    @inlinable package static var excluded: Self { Self(rawValue: 16) }
    @inlinable package static var database: Self { Self(rawValue: 32) }
    @inlinable package static var cache: Self { Self(rawValue: 64) }
    /// Stands for a message that its consumer linked to a span of this trace.
    @inlinable package static var linked: Self { Self(rawValue: 256) }
    /// It ended too long before it came, or too far ahead, to be counted.
    @inlinable package static var tooOld: Self { Self(rawValue: 512) }
    @inlinable package static var tooFarAhead: Self { Self(rawValue: 128) }
    /// Its end cannot be right: it counts in the minute in which it came.
    @inlinable package static var movedToReceipt: Self { Self(rawValue: 4096) }
    /// The duration was longer than can be and was cut.
    @inlinable package static var absurdDuration: Self { Self(rawValue: 1024) }
    /// The service did not say its name.
    @inlinable package static var unnamedService: Self { Self(rawValue: 2048) }
}
