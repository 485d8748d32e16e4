import Lanes
import Settings

/// The checks, in the order in which a person would look: what must be right before a collector can
/// start, who is at its ports, what it says of itself.
enum Checkup {
    typealias Check = @Sendable (Examination) -> [Finding]

    static let checks: [Check] = [
        checkSettings, checkDataDirectory, checkDescriptors, checkMemory, checkLanes,
        checkHTTP2Library, checkTLS, checkWebListener, checkBuild, checkSpanListeners,
        checkRequestsRefused, checkSpansRefused, checkConnectionsRefused,
    ]

    static func run(_ examination: Examination) -> [Finding] {
        checks.flatMap { $0(examination) }
    }
}

/// What the checks look at; what several of them need is found out once.
final class Examination {
    let effective: EffectiveSettings
    let settings: Settings
    let resources: Resources
    let visitor: Visitor
    let nowSeconds: Int
    private(set) lazy var residents = visitor.residentsOfWeb()

    init(_ effective: EffectiveSettings) {
        self.effective = effective
        settings = effective.settings
        resources = Resources(settings)
        visitor = Visitor(settings.listen)
        nowSeconds = Int(Clock.wallNanoseconds() / 1_000_000_000)
    }

    /// What the running collector says of itself, if there is one.
    var running: MetricsReading? {
        for case (_, .portolan(let metrics)) in residents { return metrics }
        return nil
    }
}
