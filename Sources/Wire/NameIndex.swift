/// A fixed set of names and what each means: tells which of them some bytes are.
///
/// A name is told by its length, its first and its last eight bytes, which are all of it up to
/// sixteen; only a longer one that agrees in these is compared as a whole. So bytes that are none of
/// the names, most of those that are asked about, cost a look at one slot.
package struct NameIndex<Meaning: BitwiseCopyable & Sendable>: Sendable {
    private var slots: [NameSlot<Meaning>]
    private var texts: [UInt8] = []

    /// Of names that come twice the first counts; an empty one is nothing.
    package init(_ names: [(text: String, meaning: Meaning)]) {
        // At most one slot in four is taken, so that most searches end at an empty one.
        var count = 16
        while count < names.count * 4 { count *= 2 }
        slots = Array(repeating: NameSlot(), count: count)
        for name in names where !name.text.isEmpty { add(Array(name.text.utf8), name.meaning) }
    }

    private mutating func add(_ text: [UInt8], _ meaning: Meaning) {
        let (first, last) = Self.ends(of: text)
        var place = Int(NameSlot<Meaning>.hash(first, last, text.count)) & (slots.count - 1)
        while slots[place].count != 0 {
            if Array(texts[slots[place].textRange]) == text { return }
            place = (place + 1) & (slots.count - 1)
        }
        slots[place] = NameSlot(
            first: first, last: last, count: UInt32(text.count), text: UInt32(texts.count),
            meaning: meaning)
        texts += text
    }

    /// The same words as a lookup reads.
    private static func ends(of text: [UInt8]) -> (UInt64, UInt64) {
        func word(_ bytes: some Sequence<UInt8>) -> UInt64 {
            bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
        }
        return (word(text.prefix(8)), word(text.suffix(8)))
    }

    /// Hands out the index in a form that is fast to ask, for as long as the closure runs.
    package func withLookup<Result, Failure: Error>(
        _ use: (NameLookup<Meaning>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try unsafe slots.withUnsafeBufferPointer { slots throws(Failure) -> Result in
            try unsafe texts.withUnsafeBufferPointer { texts throws(Failure) -> Result in
                try unsafe use(NameLookup(slots: slots, texts: texts))
            }
        }
    }
}

/// One place of the table; a count of zero means that nothing is there.
@usableFromInline
struct NameSlot<Meaning: BitwiseCopyable & Sendable>: Sendable {
    /// As they lie in memory; of a name of less than eight bytes both are all of it.
    @usableFromInline var first: UInt64 = 0
    @usableFromInline var last: UInt64 = 0
    @usableFromInline var count: UInt32 = 0
    /// Where the whole name is.
    @usableFromInline var text: UInt32 = 0
    @usableFromInline var meaning: Meaning?

    var textRange: Range<Int> { Int(text)..<Int(text) + Int(count) }

    /// The names are ours and few, so that nobody can make this slow.
    @inlinable
    static func hash(_ first: UInt64, _ last: UInt64, _ count: Int) -> UInt64 {
        let mixed =
            (first ^ UInt64(truncatingIfNeeded: count)) &* 0x9e37_79b9_7f4a_7c15
            ^ last &* 0xc2b2_ae3d_27d4_eb4f
        return (mixed ^ mixed >> 29) >> 32
    }
}

/// A `NameIndex` while it is used.
@safe
@usableFromInline
package struct NameLookup<Meaning: BitwiseCopyable & Sendable> {
    @usableFromInline let slots: UnsafeBufferPointer<NameSlot<Meaning>>
    @usableFromInline let texts: UnsafeBufferPointer<UInt8>

    @usableFromInline
    init(slots: UnsafeBufferPointer<NameSlot<Meaning>>, texts: UnsafeBufferPointer<UInt8>) {
        unsafe self.slots = unsafe slots
        unsafe self.texts = unsafe texts
    }
}

extension ProtobufCursor {
    /// What the name that a stretch holds means, if it is one of them.
    @inlinable
    package func meaning<Meaning>(
        of range: ByteRange, in names: NameLookup<Meaning>
    ) -> Meaning? {
        let (first, last) = endWords(of: range)
        let mask = unsafe names.slots.count &- 1
        var place = Int(truncatingIfNeeded: NameSlot<Meaning>.hash(first, last, range.count)) & mask
        while true {
            let slot = unsafe names.slots[place]
            if slot.count == 0 { return nil }
            if slot.first == first, slot.last == last, Int(slot.count) == range.count,
                range.count <= 16 || hasMiddle(range, of: slot, in: names)
            {
                return slot.meaning
            }
            place = (place &+ 1) & mask
        }
    }

    /// The first and the last eight bytes; of less than eight both are all of them.
    @inlinable
    func endWords(of range: ByteRange) -> (first: UInt64, last: UInt64) {
        if range.count >= 8 {
            return (word(at: range.start).byteSwapped, word(at: range.end &- 8).byteSwapped)
        }
        var word: UInt64 = 0
        for index in 0..<range.count {
            word |= UInt64(byte(at: range.start &+ index)) &<< UInt64(index &* 8)
        }
        return (word, word)
    }

    /// Whether what lies between the ends of a long name is the same.
    @usableFromInline
    func hasMiddle<Meaning>(
        _ range: ByteRange, of slot: NameSlot<Meaning>, in names: NameLookup<Meaning>
    ) -> Bool {
        for index in 8..<range.count - 8
        where unsafe byte(at: range.start + index) != names.texts[Int(slot.text) + index] {
            return false
        }
        return true
    }
}
