/// A fixed set of names and what each means: tells which of them some bytes are.
///
/// A name is told by its length, its first and its last eight bytes, which are all of it up to
/// sixteen; only a longer one that agrees in these is compared as a whole. So bytes that are none of
/// the names, most of those that are asked about, cost a look at one slot. The names are ours and
/// few: nobody else can make the search long.
package struct NameIndex<Meaning: BitwiseCopyable & Sendable>: Sendable {
    private var slots: [NameSlot<Meaning>]
    private let mask: Int
    /// All names; the zero before them makes it never empty.
    private var texts: [UInt8] = [0]

    /// Of names that come twice the first counts; an empty one is nothing.
    package init(_ names: [(text: String, meaning: Meaning)]) {
        // At most one place in four is taken, so that most searches end where they begin; those at
        // the end go on behind it, where an empty slot is always left.
        var count = 16
        while count < names.count * 4 { count *= 2 }
        mask = count - 1
        slots = Array(repeating: NameSlot(), count: count + names.count + 1)
        for name in names where !name.text.isEmpty { add(Array(name.text.utf8), name.meaning) }
    }

    private mutating func add(_ text: [UInt8], _ meaning: Meaning) {
        let (first, last) = Self.ends(of: text)
        var place = NameSlot<Meaning>.place(first, last, mask: mask)
        while slots[place].count != 0 {
            if slots[place].count == text.count,
                texts[Int(slots[place].text)...].starts(with: text)
            {
                return
            }
            place += 1
        }
        slots[place] = NameSlot(
            first: first, last: last, count: UInt32(text.count), text: UInt32(texts.count),
            meaning: meaning)
        texts += text
    }

    /// The same words as a search reads.
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
                return try unsafe use(NameLookup(slots: slots, mask: mask, texts: texts))
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

    @inlinable
    static func place(_ first: UInt64, _ last: UInt64, mask: Int) -> Int {
        let mixed = (first &+ (last &<< 32 | last &>> 32)) &* 0x9e37_79b9_7f4a_7c15
        return Int(truncatingIfNeeded: mixed &>> 40) & mask
    }
}

/// A `NameIndex` while it is used.
@safe
@usableFromInline
package struct NameLookup<Meaning: BitwiseCopyable & Sendable> {
    @usableFromInline let slots: UnsafePointer<NameSlot<Meaning>>
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
        let start = unsafe UnsafeRawPointer(base + range.start)
        let count = range.count
        let first: UInt64
        let last: UInt64
        if count >= 8 {
            first = unsafe Self.word(start, at: 0)
            last = unsafe Self.word(start, at: count &- 8)
        } else {
            first = shortWord(range)
            last = first
        }
        var slot = unsafe names.slots + NameSlot<Meaning>.place(first, last, mask: names.mask)
        while true {
            let found = unsafe slot.pointee
            if found.first == first, found.last == last, Int(found.count) == count,
                unsafe count <= 16 || hasMiddle(start, names.texts + Int(found.text), count: count)
            {
                return found.meaning
            }
            if found.count == 0 { return nil }
            unsafe slot += 1
        }
    }

    /// The bytes of less than eight as one number.
    @inline(never)
    @usableFromInline
    func shortWord(_ range: ByteRange) -> UInt64 {
        var word: UInt64 = 0
        for index in range.start..<range.end { word = unsafe word &<< 8 | UInt64(base[index]) }
        return word
    }

    /// Whether what lies between the ends of a name of over sixteen bytes is the same.
    @inlinable
    @inline(__always)
    func hasMiddle(_ left: UnsafeRawPointer, _ right: UnsafeRawPointer, count: Int) -> Bool {
        // Two words that overlap are all of it up to 32.
        guard
            unsafe Self.word(left, at: 8) == Self.word(right, at: 8),
            unsafe Self.word(left, at: count &- 16) == Self.word(right, at: count &- 16)
        else { return false }
        return unsafe count <= 32 || hasLongMiddle(left, right, count: count)
    }

    @inline(never)
    @usableFromInline
    func hasLongMiddle(_ left: UnsafeRawPointer, _ right: UnsafeRawPointer, count: Int) -> Bool {
        for index in stride(from: 16, to: count - 16, by: 8)
        where unsafe Self.word(left, at: index) != Self.word(right, at: index) { return false }
        return true
    }

    @inlinable
    @inline(__always)
    static func word(_ start: UnsafeRawPointer, at offset: Int) -> UInt64 {
        unsafe UInt64(littleEndian: start.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }
}
