/// How many names and bytes the charts may take.
package struct ChartLimits: Sendable {
    package var services = 10_000
    package var operationsPerService = 500
    package var operations = 100_000
    package var edges = 100_000
    /// Different values of dimensions.
    package var values = 10_000
    /// What the ledger's windows may take; then the oldest go.
    package var ledgerBytes = 256 << 20
    /// How long windows of ten seconds are kept apart.
    package var liveSeconds: Int64 = 120

    package init() {}
}
