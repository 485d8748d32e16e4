import Sketches

/// How many names there are, how many there may be, and how many more there would have been.
package struct NameReport: Sendable {
    package struct Count: Equatable, Sendable {
        package var kept: Int
        package var limit: Int
        /// An estimate of how many different ones came beyond the limit; within some per cent.
        package var beyond: Int
    }

    /// A service with more operations than there is room for.
    package struct Offender: Equatable, Sendable {
        package var service: ServiceKey
        package var operations: Count
    }

    package let services: Count
    package let edges: Count
    package let operations: Count
    /// The worst first.
    package let offenders: [Offender]
}

extension ChartNames {
    package var report: NameReport {
        var kept: [UInt32: Int] = [:]
        for operation in operations
        where overflows.operations[operation.service] != nil
            && operation.name != ServiceKey.otherName
        {
            kept[operation.service, default: 0] += 1
        }
        let offenders = overflows.operations.map { service, sketch in
            NameReport.Offender(
                service: services[Int(service)],
                operations: NameReport.Count(
                    kept: kept[service] ?? 0, limit: limits.operationsPerService,
                    beyond: sketch.estimate))
        }
        return NameReport(
            // None counts those that stand for all others.
            services: NameReport.Count(
                kept: services.count - 1, limit: limits.services,
                beyond: overflows.services?.estimate ?? 0),
            edges: NameReport.Count(
                kept: edges.count - othersCount.edges, limit: limits.edges,
                beyond: overflows.edges?.estimate ?? 0),
            operations: NameReport.Count(
                kept: operations.count - othersCount.operations, limit: limits.operations,
                beyond: offenders.reduce(0) { $0 + $1.operations.beyond }),
            offenders: offenders.sorted {
                ($1.operations.beyond, $0.service) < ($0.operations.beyond, $1.service)
            })
    }
}
