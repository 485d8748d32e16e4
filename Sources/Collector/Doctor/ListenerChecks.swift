import Lanes
import Receiving
import Sending
import Settings

extension Checkup {
    static func checkWebListener(_ examination: Examination) -> [Finding] {
        guard examination.settings.listen.web.isEnabled else {
            return [
                .warning(
                    "collector", "listen.web is off, so that it cannot be asked",
                    advice: "set listen.web.enabled: true to see whether spans come through")
            ]
        }
        let residents = examination.residents
        let isElsewhere = examination.running != nil
        let findings = residents.compactMap { address, resident in
            finding(resident, at: address, isElsewhere: isElsewhere, examination.visitor)
        }
        return findings.isEmpty
            ? [.warning("collector", "not running", advice: "start it with portolan serve")]
            : findings
    }

    private static func finding(
        _ resident: Resident, at address: String, isElsewhere: Bool, _ visitor: Visitor
    ) -> Finding? {
        let subject = "web \(visitor.place(.web, address))"
        switch resident {
        case .nobody: return isElsewhere ? skipped(subject) : nil
        case .portolan: return readiness(subject, address, visitor)
        case .locked(let reason):
            return .wrong(
                subject, "a Portolan that does not let us in: \(reason)",
                advice: "run doctor with the settings that the collector runs with")
        case .stranger(let reason): return stranger(subject, .web, reason)
        }
    }

    private static func readiness(
        _ subject: String, _ address: String, _ visitor: Visitor
    ) -> Finding {
        let status = (try? visitor.get("/readyz", of: .web, at: address))?.status
        return status == 200
            ? .ok(subject, "Portolan, ready")
            : .warning(
                subject, "Portolan, not ready", advice: "wait until it has started or ended")
    }

    /// The collector skips addresses that the machine has not; ports that are taken end it.
    static func skipped(_ subject: String) -> Finding {
        .ok(subject, "nobody; the collector skips an address that this machine does not have")
    }

    static func stranger(_ subject: String, _ door: Door, _ reason: String) -> Finding {
        .wrong(
            subject, "another program has this port (\(reason))",
            advice: "stop it, or set listen.\(door.name).port, or start with --port-offset")
    }

    /// Whether the collector that runs is of this very program.
    static func checkBuild(_ examination: Examination) -> [Finding] {
        guard let info = examination.running?.samples(of: "portolan_build_info").first else {
            return []
        }
        let ours = "\(portolanVersion) (\(buildCommit))"
        let theirs = "\(info.labels["version"] ?? "?") (\(info.labels["commit"] ?? "?"))"
        return [
            theirs == ours
                ? .ok("version", "\(ours), running and installed")
                : .warning(
                    "version", "\(theirs) is running, this program is \(ours)",
                    advice: "start the collector again to run this program")
        ]
    }
}
