extension CallSummary {
    init(_ figures: Figures, seconds: Int64, latency view: LatencyView) {
        samples = figures.scalars.samples
        samplesOfUnknownWeight = figures.scalars.unknownSamples
        for (facet, weight) in figures.facets {
            count += weight
            if facet.isFailed { failed += weight }
            switch facet.outcome {
            case .ok: break
            case .fault: faults += weight
            case .throttle: throttles += weight
            case .clientError: clientErrors += weight
            case .cancelled: cancelled += weight
            }
        }
        rate = seconds > 0 ? count.calls / Double(seconds) : 0
        latency = figures.latency(view)
        saturation = Saturation(figures, seconds: seconds, count: count, throttles: throttles)
        slowest = figures.scalars.slowest.isNone ? nil : figures.scalars.slowest
        failedExemplar = figures.scalars.failed.isNone ? nil : figures.scalars.failed
    }
}

extension Saturation {
    fileprivate init(_ figures: Figures, seconds: Int64, count: Amount, throttles: Amount) {
        if seconds > 0 {
            meanConcurrency = BusyTime.calls(figures.busyTotal) / Double(seconds)
        }
        peakConcurrency = BusyTime.calls(figures.busyPeak)
        if count.raw > 0 {
            throttleShare = throttles.calls / count.calls
            retriesPerCall = Amount(raw: figures.scalars.retries).calls / count.calls
        }
        queueAge = figures.latency(.queueAge)
    }
}

extension EdgeFigures {
    init(_ figures: Figures, seconds: Int64) {
        clientView = figures.latency(.client)
        gap = figures.latency(.gap)
        let facets = figures.facets
        let hasServer = figures.scalars.viewSamples[Int(LatencyView.server.rawValue)] != 0
        latencyView = hasServer || clientView.isEmpty ? .server : .client
        calls = CallSummary(figures, seconds: seconds, latency: latencyView)
        kinds = shares(facets, of: \.kind)
        kind = kinds.first?.trait ?? .request
        evidence = shares(facets, of: \.evidence)
        clientRungs = shares(facets, of: \.clientRung)
        serverRungs = shares(facets, of: \.serverRung)
    }
}

/// How many calls have each value of a trait, most first, and in the order of the trait when there
/// are as many.
func shares<Trait: RawRepresentable<UInt8> & Hashable>(
    _ facets: [(facet: Facet, weight: Int64)], of trait: (Facet) -> Trait
) -> [Share<Trait>] {
    var shares: [Share<Trait>] = []
    for (facet, weight) in facets {
        let trait = trait(facet)
        if let index = shares.firstIndex(where: { $0.trait == trait }) {
            shares[index].amount += weight
        } else {
            shares.append(Share(trait: trait, amount: Amount(raw: weight)))
        }
    }
    if shares.count > 1 {
        shares.removeAll { $0.amount.raw == 0 }
        shares.sort {
            ($1.amount.raw, $0.trait.rawValue) < ($0.amount.raw, $1.trait.rawValue)
        }
    }
    return shares
}
