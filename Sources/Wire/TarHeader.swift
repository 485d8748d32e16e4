/// The block of 512 bytes that stands in front of a member of a tar archive: ustar (POSIX), GNU
/// and the form of 1979, which differ in what they say of the name.
struct TarHeader {
    static let bytes = 512
    /// Content is padded to whole blocks.
    static func padding(behind bytes: Int) -> Int { (Self.bytes - bytes % Self.bytes) % Self.bytes }

    let name: String
    let contentBytes: Int
    let type: UInt8

    private static let nameField = 0..<100
    private static let sizeField = 124..<136
    private static let sumField = 148..<156
    private static let typeField = 156
    private static let magicField = 257..<263
    private static let prefixField = 345..<500

    /// No file of today is larger; sums of a few such numbers do not overflow.
    private static let contentBytesMax = 1 << 56

    /// `offset` is where the block stands in the archive, for errors.
    init(_ block: [UInt8], at offset: Int) throws(WireError) {
        guard Self.isSumRight(block) else {
            throw WireError(.invalid("a tar header with a wrong check sum"), at: offset)
        }
        guard let size = Self.number(block[Self.sizeField]), size <= Self.contentBytesMax else {
            throw WireError(
                .invalid("a tar header with a size that is none"),
                at: offset + Self.sizeField.lowerBound)
        }
        contentBytes = size
        type = block[Self.typeField]
        let name = Self.text(block[Self.nameField])
        // GNU has other things in the place of the prefix, and another magic.
        let isPOSIX = block[Self.magicField].elementsEqual("ustar\0".utf8)
        let prefix = isPOSIX ? Self.text(block[Self.prefixField]) : ""
        self.name = prefix.isEmpty ? name : "\(prefix)/\(name)"
    }

    /// A block of zeros, or one whose check sum is right: what every archive starts with.
    static func isBlock(_ block: [UInt8]) -> Bool {
        block.count == bytes && (block.allSatisfy { $0 == 0 } || isSumRight(block))
    }

    /// The sum counts its own field as blanks. Some old writers took the bytes as signed.
    private static func isSumRight(_ block: [UInt8]) -> Bool {
        guard let written = number(block[sumField]) else { return false }
        let blanks = sumField.count * 0x20
        let rest = block[..<sumField.lowerBound] + block[sumField.upperBound...]
        let sum = rest.reduce(blanks) { $0 + Int($1) }
        let signed = rest.reduce(blanks) { $0 + Int(Int8(bitPattern: $1)) }
        return written == sum || written == signed
    }

    /// Octal digits between blanks and zeros, or, with the highest bit set, the bytes of the number
    /// itself (GNU). Nil for anything else, also for what does not fit.
    private static func number(_ field: ArraySlice<UInt8>) -> Int? {
        if let first = field.first, first & 0x80 != 0 {
            return field.dropFirst().reduce(Int(first & 0x7f)) { value, byte in
                value.flatMap { $0 >> 54 == 0 ? $0 << 8 | Int(byte) : nil }
            }
        }
        let digits = field.drop { $0 == 0x20 }.prefix { $0 != 0x20 && $0 != 0 }
        return digits.reduce(0) { value, byte in
            guard let value, byte & 0xf8 == 0x30, value >> 59 == 0 else { return nil }
            return value << 3 | Int(byte & 7)
        }
    }

    private static func text(_ field: ArraySlice<UInt8>) -> String {
        String(decoding: field.prefix { $0 != 0 }, as: UTF8.self)
    }
}

/// What a member in front of another one says of it: a name or a size that its header has no room
/// for.
struct TarExtension {
    private(set) var name: String?
    private(set) var contentBytes: Int?

    /// The content of a GNU member of type `L`: the name, and a zero.
    mutating func takeLongName(_ content: [UInt8]) {
        name = String(decoding: content.prefix { $0 != 0 }, as: UTF8.self)
    }

    /// The content of a pax member of type `x`: lines of `LENGTH KEY=VALUE`, where the length is
    /// that of the whole line and the value may hold anything.
    mutating func takeRecords(_ content: [UInt8], at offset: Int) throws(WireError) {
        var rest = content[...]
        while let first = rest.first, first != 0 {
            let place = offset + rest.startIndex
            guard let record = Self.record(&rest) else {
                throw WireError(.invalid("a broken pax record"), at: place)
            }
            switch record.key {
            case "path": name = record.value
            case "size":
                guard let size = Int(record.value), size >= 0, size < 1 << 56 else {
                    throw WireError(.invalid("a pax size that is none"), at: place)
                }
                contentBytes = size
            case let key where key.hasPrefix("GNU.sparse."):
                throw WireError(.invalid("a sparse file in a tar archive"), at: place)
            default: break
            }
        }
    }

    private static func record(_ rest: inout ArraySlice<UInt8>) -> (key: String, value: String)? {
        let digits = rest.prefix { $0 != 0x20 }
        // Ten digits are more than any extension may have bytes.
        guard digits.count < 10, let count = Int(String(decoding: digits, as: UTF8.self)),
            count > digits.count + 1, count <= rest.count
        else { return nil }
        let line = rest.prefix(count)
        let content = line.dropFirst(digits.count + 1).dropLast()
        guard line.last == UInt8(ascii: "\n"),
            let equals = content.firstIndex(of: UInt8(ascii: "="))
        else { return nil }
        rest.removeFirst(count)
        return (
            String(decoding: content[..<equals], as: UTF8.self),
            String(decoding: content[(equals + 1)...], as: UTF8.self)
        )
    }
}
