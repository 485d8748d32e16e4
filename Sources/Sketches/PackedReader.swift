/// Reads what `PackedWriter` wrote, from a stretch of some bytes.
///
/// A number that the bytes end in, or that is too long, reads as zero and sets `fault` to where it
/// started; so does everything after it. Whoever reads asks once, at the end of something.
/// Invariant: `at <= end <= bytes.count`.
@usableFromInline
package struct PackedReader: Sendable {
    @usableFromInline package let bytes: [UInt8]
    @usableFromInline package internal(set) var at: Int
    @usableFromInline package let end: Int
    @usableFromInline package internal(set) var fault: Int?

    /// The stretch is cut to what there is.
    @inlinable
    package init(_ bytes: [UInt8], from start: Int = 0, to end: Int = .max) {
        self.bytes = bytes
        self.end = max(0, min(end, bytes.count))
        at = max(0, min(start, self.end))
    }

    @inlinable package var isAtEnd: Bool { at == end }

    @inlinable package var bytesLeft: Int { end &- at }

    @inlinable
    package mutating func number() -> UInt64 {
        // Most are below 128.
        if at < end, case let byte = bytes[at], byte < 0x80 {
            at &+= 1
            return UInt64(byte)
        }
        return longNumber()
    }

    @inlinable
    package mutating func signed() -> Int64 {
        Self.signed(number())
    }

    @inlinable
    static func signed(_ number: UInt64) -> Int64 {
        Int64(bitPattern: number &>> 1) ^ (0 &- Int64(bitPattern: number & 1))
    }

    package mutating func wide() -> Int128 {
        let shift = byte()
        guard shift > 0 else { return 0 }
        guard shift <= 128 else { return zero(fault: at &- 1) }
        let start = at
        var low: UInt64 = 0
        for place in stride(from: UInt64(0), through: 56, by: 7) {
            let byte = byte()
            low |= UInt64(byte & 0x7F) &<< place
            if byte < 0x80 { return Self.wide(UInt128(low), shift: shift) }
        }
        // Nine bytes had room for 63 bits; few numbers have more.
        var number = UInt128(low)
        for place in stride(from: UInt128(63), through: 126, by: 7) {
            let byte = byte()
            number |= UInt128(byte & 0x7F) << place
            guard byte >= 0x80 else {
                let fits = place < 126 || byte <= 3
                return fits ? Self.wide(number, shift: shift) : zero(fault: start)
            }
        }
        return zero(fault: start)
    }

    private static func wide(_ number: UInt128, shift: UInt8) -> Int128 {
        let short = Int128(bitPattern: number >> 1) ^ (0 &- Int128(number & 1))
        return short << Int128(shift - 1)
    }

    /// Adds counts to their places: each is its place as distance from the one after the last, and
    /// the signed count without its common trailing zeros. Returns the first and the last place, or
    /// nil when there is none. A place that is not there is a fault.
    package mutating func addCounts(
        to sums: inout MutableSpan<Int64>, shift: UInt8
    ) -> ClosedRange<Int>? {
        let start = at
        let count = number()
        guard count <= UInt64(sums.count) else {
            stop(fault: start)
            return nil
        }
        let bytes = bytes
        let stretch = bytes.span.extracting(at..<end)
        let shift = Int64(shift & 63)
        var (first, next, position) = (-1, 0, 0)
        for _ in 0..<count {
            var (distance, value): (Int, Int64)
            // Nearly all distances and counts take a byte each.
            if position &+ 1 < stretch.count, stretch[position] | stretch[position &+ 1] < 0x80 {
                distance = Int(stretch[position])
                value = Self.signed(UInt64(stretch[position &+ 1]))
                position &+= 2
            } else {
                at = end &- stretch.count &+ position
                distance = Int(truncatingIfNeeded: number() & 0xFFFF_FFFF)
                value = signed()
                position = at &- end &+ stretch.count
            }
            let place = next &+ distance
            guard place < sums.count else {
                stop(fault: start)
                break
            }
            sums[place] &+= value &<< shift
            if first < 0 { first = place }
            next = place &+ 1
        }
        at = fault == nil ? end &- stretch.count &+ position : end
        return first < 0 ? nil : first...(next &- 1)
    }

    package mutating func fixed() -> UInt64 {
        guard bytesLeft >= 8 else { return zero(fault: at) }
        var number: UInt64 = 0
        for place in 0..<8 { number |= UInt64(bytes[at &+ place]) &<< UInt64(place &* 8) }
        at &+= 8
        return number
    }

    @inlinable
    package mutating func byte() -> UInt8 {
        guard at < end else { return zero(fault: at) }
        at &+= 1
        return bytes[at &- 1]
    }

    /// Passes over some bytes.
    @inlinable
    package mutating func skip(_ count: Int) {
        guard count >= 0, count <= bytesLeft else { return stop(fault: at) }
        at &+= count
    }

    @usableFromInline
    mutating func longNumber() -> UInt64 {
        let start = at
        var number: UInt64 = 0
        var place: UInt64 = 0
        while at < end {
            let byte = bytes[at]
            at &+= 1
            number |= UInt64(byte & 0x7F) &<< place
            if byte < 0x80 { return place < 63 || byte <= 1 ? number : zero(fault: start) }
            place &+= 7
            guard place <= 63 else { return zero(fault: start) }
        }
        return zero(fault: start)
    }

    /// Keeps the first fault.
    @usableFromInline
    mutating func stop(fault start: Int) {
        if fault == nil { fault = start }
        at = end
    }

    @usableFromInline
    mutating func zero<Number: BinaryInteger>(fault start: Int) -> Number {
        stop(fault: start)
        return 0
    }
}
