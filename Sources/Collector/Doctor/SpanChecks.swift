import Lanes
import Receiving
import Sending
import Settings

extension Checkup {
    /// Sends a span through every OTLP listener and looks whether it comes back.
    static func checkSpanListeners(_ examination: Examination) -> [Finding] {
        [Door.otlpGRPC, .otlpHTTP].flatMap { door in
            examination.visitor.addresses(of: door).map { address in
                check(door, at: address, examination)
            }
        }
    }

    private static func check(
        _ door: Door, at address: String, _ examination: Examination
    ) -> Finding {
        let visitor = examination.visitor
        let subject = "\(door.name) \(visitor.place(door, address))"
        guard examination.mayHaveCollector else {
            return checkFree(subject, door, address, visitor)
        }
        guard !visitor.needsCertificate(door) else {
            return .warning(
                subject, "not tried: it wants a client certificate, and doctor has none",
                advice: "send a span with a client that has one")
        }
        let span = TestSpan()
        let before = examination.webAddress.flatMap { visitor.acceptedSpans(at: $0) }
        do throws(SendingError) {
            let answer = try span.send(to: door, at: address, by: visitor)
            if let refusal = TestSpan.refusal(answer, door) {
                return .wrong(
                    subject, "a test span is not taken: \(refusal)",
                    advice: "run doctor with the settings that the collector runs with")
            }
        } catch {
            if error.kind == .refused {
                return examination.running == nil ? .ok(subject, "free") : skipped(subject)
            }
            return stranger(subject, door, error.reason)
        }
        return comeBack(span, subject, door, acceptedBefore: before, examination)
    }

    private static func comeBack(
        _ span: TestSpan, _ subject: String, _ door: Door, acceptedBefore before: Int?,
        _ examination: Examination
    ) -> Finding {
        guard let web = examination.webAddress, let before else {
            return .warning(
                subject, "a test span is taken; whether it comes back cannot be seen",
                advice: "let doctor reach the web listener")
        }
        switch span.lookFor(at: web, acceptedBefore: before, by: examination.visitor) {
        case .found: return .ok(subject, "a test span is taken and comes back")
        case .counted:
            return .ok(subject, "a test span is taken and counted; others have pushed it out since")
        case .lost:
            return stranger(
                subject, door, "it takes a test span, which does not come to the collector")
        }
    }

    /// Without a collector nobody should be there.
    private static func checkFree(
        _ subject: String, _ door: Door, _ address: String, _ visitor: Visitor
    ) -> Finding {
        do throws(SendingError) {
            let answer = try visitor.get("/", of: door, at: address)
            return stranger(subject, door, "it answers GET / with status \(answer.status)")
        } catch {
            return error.kind == .refused
                ? .ok(subject, "free") : stranger(subject, door, error.reason)
        }
    }
}

extension Examination {
    /// False when the web listener, which every collector with these settings has, is not there.
    fileprivate var mayHaveCollector: Bool {
        guard settings.listen.web.isEnabled else { return true }
        return residents.contains { _, resident in
            switch resident {
            case .portolan, .locked: true
            case .nobody, .stranger: false
            }
        }
    }

    fileprivate var webAddress: String? {
        for case (let address, .portolan) in residents { return address }
        return nil
    }
}
