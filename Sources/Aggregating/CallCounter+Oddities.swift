import Charts
import Spans

/// What is odd about a trace, for the report on the quality of what comes in.
extension CallCounter {
    mutating func noteClocks(_ client: Int, _ server: Int, _ spans: [SpanSkeleton]) {
        let calling = spans[client].durationNanoseconds
        let answering = spans[server].durationNanoseconds
        if calling >= 0, answering > calling {
            charts.quality.add(.negativeGap, spans[server].service, sign)
        }
        let hosts = QualityTally.HostPair(client: spans[client].host, server: spans[server].host)
        guard hosts.client != hosts.server, hosts.client != SpanSkeleton.none,
            hosts.server != SpanSkeleton.none, calling >= 0, answering >= 0
        else { return }
        let start = spans[server].startNanoseconds
        let end = spans[server].endNanoseconds
        let starts = start.nanoseconds(since: spans[client].startNanoseconds)
        let ends = end.nanoseconds(since: spans[client].endNanoseconds)
        charts.quality.addSkew(hosts, nanoseconds: starts / 2 &+ ends / 2, sign: sign)
    }

    mutating func countOddities(_ spans: [SpanSkeleton]) {
        guard let first = spans.first(where: { !$0.isLinked }) else { return }
        if shape.roots == 0 { charts.quality.add(.noRoot, lowestService(spans, first), sign) }
        if shape.roots > 1 { charts.quality.add(.severalRoots, lowestService(spans, first), sign) }
        let hasLinked = shape.flags.contains(.linked)
        let own = hasLinked ? spans.count { !$0.isLinked } : spans.count
        if shape.reached < own {
            charts.quality.add(
                .cycle, lowestService(spans, first), sign &* Int64(own - shape.reached))
        }
        for position in spans.indices { countOddities(of: position, spans) }
    }

    /// Whom oddities of the whole trace are told of must not depend on the order of its spans.
    private func lowestService(_ spans: [SpanSkeleton], _ first: SpanSkeleton) -> UInt32 {
        spans.min { ($0.startNanoseconds, $0.id) < ($1.startNanoseconds, $1.id) }?.service
            ?? first.service
    }

    private mutating func countOddities(of position: Int, _ spans: [SpanSkeleton]) {
        if spans[position].isLinked { return }
        let service = spans[position].service
        if shape.parents[position] == TraceShape.lostParent {
            let isSelf = spans[position].parent == spans[position].id
            charts.quality.add(isSelf ? .selfParent : .missingParent, service, sign)
        }
        if spans[position].kind == .unspecified { charts.quality.add(.noKind, service, sign) }
        guard !spans[position].flags.isDisjoint(with: Self.odd) else { return }
        for (flag, reason) in Self.oddFlags where spans[position].flags.contains(flag) {
            charts.quality.add(reason, service, sign)
        }
    }

    private static let odd = SkeletonFlags(oddFlags.map(\.0))

    private static let oddFlags: [(SkeletonFlags, QualityReason)] = [
        (.unnamedService, .unnamedService), (.noEnd, .noEnd), (.endBeforeStart, .endBeforeStart),
        (.absurdDuration, .absurdDuration), (.excluded, .excluded),
        (.tooOld, .tooOld), (.tooFarAhead, .tooFarAhead), (.movedToReceipt, .movedToReceipt),
    ]
}
