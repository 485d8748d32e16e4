/// What is wrong with an encoded sketch, and where: the offset at which the fault starts.
package struct SketchError: Error, Equatable, Sendable {
    package enum Kind: Equatable, Sendable {
        /// The bytes end inside a number, or a number is longer than can be.
        case truncated
        /// Another format than this program writes.
        case version(UInt8)
        /// More buckets than there are, or out of order.
        case bucket
        /// A weight that is zero or does not fit.
        case weight
        /// Bytes behind the last bucket.
        case trailing
    }

    package let kind: Kind
    package let offset: Int

    package init(_ kind: Kind, at offset: Int) {
        self.kind = kind
        self.offset = offset
    }
}

extension SketchError: CustomStringConvertible {
    /// One line for people.
    package var description: String {
        let what =
            switch kind {
            case .truncated: "a sketch that ends inside a number"
            case .version(let version):
                "a sketch of format \(version), which this program cannot read"
            case .bucket: "a sketch with buckets that cannot be"
            case .weight: "a sketch with a weight that cannot be"
            case .trailing: "bytes behind the end of a sketch"
            }
        return "\(what), at offset \(offset)"
    }
}
