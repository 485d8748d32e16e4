/// A fixed set of names and what each means: tells which of them some bytes are.
///
/// A name is told by its length, its first and its last eight bytes, which are all of it up to
/// sixteen; only a longer one that agrees in these is compared as a whole. So bytes that are none of
/// the names, most of those that are asked about, cost a look at one slot.
package struct NameIndex<Meaning: BitwiseCopyable & Sendable>: Sendable {
    private var slots: [NameSlot<Meaning>]
    /// All names; the zero before them makes it never empty.
    private var texts: [UInt8] = [0]

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
            bytes.reduce(0) { $0 << 8 | UInt64($1) }
        }
        guard text.count >= 8 else { return (word(text), word(text)) }
        return (word(text.prefix(8).reversed()), word(text.suffix(8).reversed()))
    }

    /// Hands out the index in a form that is fast to ask, for as long as the closure runs.
    package func withLookup<Result, Failure: Error>(
        _ use: (NameLookup<Meaning>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try unsafe slots.withUnsafeBufferPointer { slots throws(Failure) -> Result in
            try unsafe texts.withUnsafeBufferPointer { texts throws(Failure) -> Result in
                guard let slots = slots.baseAddress, let texts = texts.baseAddress else {
                    preconditionFailure("neither is ever empty")
                }
                return try unsafe use(
                    NameLookup(slots: slots, mask: self.slots.count - 1, texts: texts))
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
    @usableFromInline let slots: UnsafePointer<NameSlot<Meaning>>
    /// One less than the number of slots, a power of two.
    @usableFromInline let mask: Int
    @usableFromInline let texts: UnsafePointer<UInt8>
}

extension ProtobufCursor {
    /// What the name that a stretch holds means, if it is one of them.
    @inlinable
    @inline(__always)
    package func meaning<Meaning>(
        of range: ByteRange, in names: NameLookup<Meaning>
    ) -> Meaning? {
        let (first, last) = endWords(of: range)
        var place =
            Int(truncatingIfNeeded: NameSlot<Meaning>.hash(first, last, range.count)) & names.mask
        while true {
            let slot = unsafe names.slots + place
            let difference =
                unsafe slot.pointee.first ^ first | slot.pointee.last ^ last
                | UInt64(slot.pointee.count) ^ UInt64(truncatingIfNeeded: range.count)
            if difference == 0,
                unsafe range.count <= 16 || hasMiddle(range, of: slot.pointee, in: names)
            {
                return unsafe slot.pointee.meaning
            }
            if unsafe slot.pointee.count == 0 { return nil }
            place = (place &+ 1) & names.mask
        }
    }

    /// The first and the last eight bytes; of less than eight both are all of them.
    @inlinable
    @inline(__always)
    func endWords(of range: ByteRange) -> (first: UInt64, last: UInt64) {
        guard range.count >= 8 else {
            let word = shortWord(range)
            return (word, word)
        }
        let start = unsafe UnsafeRawPointer(base + range.start)
        return unsafe (
            UInt64(littleEndian: start.loadUnaligned(as: UInt64.self)),
            UInt64(
                littleEndian: start.loadUnaligned(
                    fromByteOffset: range.count &- 8, as: UInt64.self))
        )
    }

    @inline(never)
    @usableFromInline
    func shortWord(_ range: ByteRange) -> UInt64 {
        var word: UInt64 = 0
        for index in range.start..<range.end { word = unsafe word &<< 8 | UInt64(base[index]) }
        return word
    }

    /// Whether what lies between the ends of a name of over sixteen bytes is the same. Words that
    /// overlap tell it without a loop up to 32.
    @inlinable
    @inline(__always)
    func hasMiddle<Meaning>(
        _ range: ByteRange, of slot: NameSlot<Meaning>, in names: NameLookup<Meaning>
    ) -> Bool {
        let start = unsafe UnsafeRawPointer(base + range.start)
        let name = unsafe UnsafeRawPointer(names.texts) + Int(slot.text)
        var difference = unsafe Self.difference(start, name, at: 8)
        unsafe difference |= Self.difference(start, name, at: range.count &- 16)
        var index = 16
        while index < range.count &- 16 {
            unsafe difference |= Self.difference(start, name, at: index)
            index &+= 8
        }
        return difference == 0
    }

    @inlinable
    @inline(__always)
    static func difference(
        _ left: UnsafeRawPointer, _ right: UnsafeRawPointer, at offset: Int
    ) -> UInt64 {
        unsafe left.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            ^ right.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
    }
}
