extension String {
    /// With a question mark for every control character, and those that turn the direction: what
    /// others named must neither end a line nor steer a terminal.
    package var printable: String {
        var out = String.UnicodeScalarView()
        for character in unicodeScalars {
            switch character.value {
            case 0..<0x20, 0x7f..<0xa0, 0x200e, 0x200f, 0x2028...0x202e, 0x2066...0x2069:
                out.append("?")
            default: out.append(character)
            }
        }
        return String(out)
    }
}
