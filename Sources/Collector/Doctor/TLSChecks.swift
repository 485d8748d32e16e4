import Lanes
import Receiving
import Settings

extension Checkup {
    private static let daySeconds = 86_400
    private static let warningDays = 14

    static func checkTLS(_ examination: Examination) -> [Finding] {
        Door.allCases.flatMap { door -> [Finding] in
            let listener = examination.settings.listen[door.listener]
            guard listener.isEnabled, listener.tls.isEnabled else { return [] }
            return [check(listener.tls, of: door, nowSeconds: examination.nowSeconds)]
        }
    }

    private static func check(_ tls: TLSSettings, of door: Door, nowSeconds: Int) -> Finding {
        let subject = "TLS of \(door.name)"
        guard let path = tls.certificate, let key = tls.key else {
            return .ok(subject, "off")
        }
        do throws(TLSContext.Failure) {
            _ = try TLSContext(
                certificate: path, key: key, clientAuthority: tls.clientCA, offersHTTP2: false)
        } catch {
            return .wrong(
                subject, "\(error)",
                advice: "give PEM files that this user can read and that belong together "
                    + "(listen.\(door.name).tls)")
        }
        guard let certificate = Certificate(path: path) else {
            return .wrong(
                subject, "\(path) has no certificate that can be read", advice: "give a PEM file")
        }
        return validity(certificate, subject: "\(subject), \(path)", nowSeconds: nowSeconds)
    }

    static func validity(
        _ certificate: Certificate, subject: String, nowSeconds: Int
    ) -> Finding {
        let renew = "renew it and send the collector SIGHUP"
        let (start, end) = (day(certificate.startSeconds), day(certificate.endSeconds))
        if nowSeconds < certificate.startSeconds {
            return .wrong(
                subject, "the certificate is valid from \(start) only",
                advice: "set this machine's clock, or \(renew)")
        }
        if nowSeconds > certificate.endSeconds {
            return .wrong(subject, "the certificate has run out on \(end)", advice: renew)
        }
        let days = (certificate.endSeconds - nowSeconds) / daySeconds
        let found = "the certificate fits its key and is valid until \(end)"
        return days < warningDays
            ? .warning(subject, "\(found), \(days) days from now", advice: renew)
            : .ok(subject, found)
    }

    private static func day(_ seconds: Int) -> String {
        let nanoseconds = UInt64(clamping: seconds).multipliedReportingOverflow(by: 1_000_000_000)
        guard !nanoseconds.overflow else { return "a far day" }
        return String(CalendarTime(nanoseconds: nanoseconds.partialValue).rfc3339.prefix(10))
    }
}
