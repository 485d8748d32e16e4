import Settings

extension Checkup {
    static func checkSettings(_ examination: Examination) -> [Finding] {
        let given = examination.effective.given
        guard !given.isEmpty else { return [.ok("settings", "right, all of them defaults")] }
        return [.ok("settings", "right; not defaults: \(given.joined(separator: ", "))")]
    }
}
