package import Spans

/// What the settings say about naming and about what counts.
package struct NamingRules: Sendable {
    /// Attributes of resources that windows keep beside the service; four at most.
    package var dimensions: [String] = ["service.version"]
    package var excludes: [ExcludeRule] = []
    /// A span that ended longer before it came is not counted.
    package var ageSecondsMax = 24 * 3_600
    /// Nor is one that ends longer after it came.
    package var aheadSecondsMax = 120

    package init() {}

    /// For files: whatever is in them counts.
    package mutating func countAnyTime() {
        ageSecondsMax = .max
        aheadSecondsMax = .max
    }
}

/// Spans that are no traffic, such as health checks: all that is given must match. Texts may have
/// `*` for any characters and `?` for one.
package struct ExcludeRule: Sendable, Equatable {
    package var service: Wildcard?
    package var operation: Wildcard?
    package var kind: SpanKind?
    package var attribute: Attribute?

    package struct Attribute: Sendable, Equatable {
        package var name: String
        package var value: Wildcard

        package init(name: String, value: Wildcard) {
            self.name = name
            self.value = value
        }
    }

    package init() {}
}

/// A text with `*` and `?`.
package struct Wildcard: Sendable, Equatable {
    package let pattern: [UInt8]

    package init(_ pattern: String) { self.pattern = Array(pattern.utf8) }

    /// Goes back to the last star only, so that the work is bounded by the product of both lengths.
    package func matches(_ bytes: ArraySlice<UInt8>) -> Bool {
        var place = 0
        var index = bytes.startIndex
        var star: (place: Int, at: Int)?
        while index < bytes.endIndex {
            if place < pattern.count, pattern[place] == UInt8(ascii: "*") {
                star = (place, index)
                place += 1
            } else if place < pattern.count,
                pattern[place] == bytes[index] || pattern[place] == UInt8(ascii: "?")
            {
                place += 1
                index += 1
            } else if let last = star {
                star = (last.place, last.at + 1)
                place = last.place + 1
                index = last.at + 1
            } else {
                return false
            }
        }
        return pattern[place...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}
