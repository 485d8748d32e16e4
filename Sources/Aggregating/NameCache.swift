import Spans
import Wire

/// What some bytes were found to mean, so that it need not be worked out again: from a scope and a
/// stretch of a body to a number. Open addressing with a seeded hash; when it is full it forgets all.
struct NameCache {
    private struct Slot {
        var hash: UInt64
        var start: UInt32
        var count: UInt32
        var scope: UInt32
        var meaning: UInt32
    }

    private var slots: [Slot]
    private var texts: [UInt8] = []
    private var count = 0
    private let seed: UInt64

    private static let slotsMax = 1 << 16
    private static let textBytesMax = 4 << 20
    private static let free = Slot(hash: 0, start: 0, count: 0, scope: 0, meaning: 0)

    init(using random: inout some RandomNumberGenerator) {
        seed = random.next() | 1
        slots = Array(repeating: Self.free, count: 1 << 10)
    }

    func meaning(of range: BodyRange, in body: [UInt8], scope: UInt32) -> UInt32? {
        let hash = hash(range, body, scope)
        var place = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[place].hash != 0 {
            let slot = slots[place]
            if slot.hash == hash, slot.scope == scope, isText(slot, range, body) {
                return slot.meaning
            }
            place = (place + 1) & (slots.count - 1)
        }
        return nil
    }

    /// Remembers a meaning that is not there yet.
    mutating func put(_ meaning: UInt32, of range: BodyRange, in body: [UInt8], scope: UInt32) {
        if texts.count + range.count > Self.textBytesMax || (count + 1) * 2 > slots.count {
            grow()
        }
        let slot = Slot(
            hash: hash(range, body, scope), start: UInt32(texts.count),
            count: UInt32(range.count), scope: scope, meaning: meaning)
        texts += body[Int(range.start)..<Int(range.end)]
        insert(slot)
        count += 1
    }

    private mutating func insert(_ slot: Slot) {
        var place = Int(truncatingIfNeeded: slot.hash) & (slots.count - 1)
        while slots[place].hash != 0 { place = (place + 1) & (slots.count - 1) }
        slots[place] = slot
    }

    private mutating func grow() {
        guard slots.count < Self.slotsMax, texts.count < Self.textBytesMax / 2 else {
            for place in slots.indices { slots[place] = Self.free }
            texts.removeAll(keepingCapacity: true)
            count = 0
            return
        }
        let old = slots
        slots = Array(repeating: Self.free, count: old.count * 2)
        for slot in old where slot.hash != 0 { insert(slot) }
    }

    private func isText(_ slot: Slot, _ range: BodyRange, _ body: [UInt8]) -> Bool {
        Int(slot.count) == range.count
            && ByteHash.areEqual(
                texts, Int(slot.start), body, Int(range.start), count: range.count)
    }

    /// Never zero, which is a free slot.
    private func hash(_ range: BodyRange, _ body: [UInt8], _ scope: UInt32) -> UInt64 {
        let key = seed &+ UInt64(scope) &* 0xC2B2_AE3D_27D4_EB4F
        return ByteHash.hash(body, Int(range.start)..<Int(range.end), key: key) | 1
    }
}
