/// How settled traces are counted.
package struct CountingRules: Sendable, Equatable {
    package enum FailedRule: String, Sendable, CaseIterable {
        /// A call failed when its class is fault.
        case classes
        /// A call failed when the status of either half is ERROR.
        case status
    }

    package var failed = FailedRule.classes
    /// Services that have a rule of their own, by name.
    package var failedByService: [String: FailedRule] = [:]

    package init() {}
}
