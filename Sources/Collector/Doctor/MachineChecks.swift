import Lanes
import Settings

extension Checkup {
    private static let freeBytesMin = 1 << 30

    static func checkDataDirectory(_ examination: Examination) -> [Finding] {
        let path = examination.settings.dataDirectory
        let subject = "data directory \(path)"
        var place = path
        var fault = directoryFault(place)
        while fault == .noSuchFile, let above = parent(of: place) {
            place = above
            fault = directoryFault(place)
        }
        if let fault {
            return [
                .wrong(
                    subject, "no files can be made in \(place): \(fault)",
                    advice: "let this user write there, or set data (--data DIR)")
            ]
        }
        let state = place == path ? "writable" : "not there yet, can be made in \(place)"
        guard let free = freeBytes(at: place) else { return [.ok(subject, state)] }
        let found = "\(state), \(mebibytes(free)) free"
        return [
            free < freeBytesMin
                ? .warning(subject, found, advice: "make room, or set data to a larger disk")
                : .ok(subject, found)
        ]
    }

    /// The directory above; that of a relative path without one is where we are.
    static func parent(of path: String) -> String? {
        guard path != "/", path != "." else { return nil }
        var parts = path.split(separator: "/")
        guard !parts.isEmpty else { return nil }
        parts.removeLast()
        let above = (path.hasPrefix("/") ? "/" : "") + parts.joined(separator: "/")
        return above.isEmpty ? "." : above
    }

    static func checkDescriptors(_ examination: Examination) -> [Finding] {
        let wanted = examination.settings.limits.connections
        let possible = examination.resources.bounded(examination.settings.limits).connections
        let found = "\(examination.resources.descriptors) may be open"
        guard possible < wanted else {
            return [.ok("descriptors", "\(found), enough for \(wanted) connections")]
        }
        return [
            .warning(
                "descriptors", "\(found), which leaves \(possible) of limits.connections \(wanted)",
                advice: "raise the limit (LimitNOFILE= of systemd, ulimit -Hn), or lower "
                    + "limits.connections")
        ]
    }

    static func checkMemory(_ examination: Examination) -> [Finding] {
        let memory = examination.resources.memoryBytes
        let machine = Machine.look()
        let has = "\(machine.memorySource) allows \(mebibytes(machine.memoryBytes))"
        guard memory <= machine.memoryBytes else {
            return [
                .wrong(
                    "memory", "\(mebibytes(memory)), but \(has)",
                    advice: "set memory (--memory) lower, best to half of that")
            ]
        }
        let found = "\(mebibytes(memory)) (\(examination.resources.memorySource)); \(has)"
        return [.ok("memory", found)]
    }

    static func checkLanes(_ examination: Examination) -> [Finding] {
        let (lanes, processors) = (examination.resources.lanes, Machine.look().processors)
        let found = "\(lanes), with \(processors) processors to use"
        return [
            lanes > processors
                ? .warning(
                    "lanes", found, advice: "set lanes (--lanes) to no more than the processors")
                : .ok("lanes", found)
        ]
    }

    private static func mebibytes(_ bytes: Int) -> String { "\(bytes >> 20) MiB" }
}
