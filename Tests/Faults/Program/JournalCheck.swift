import Journaling
import Lanes

/// Starts a journal on what a crash left, and compares it with what was acknowledged.
struct JournalCheck {
    let folder: DataDirectory

    /// What is wrong; nil when nothing is.
    func fault(required: JournalLedger.Required) -> String? {
        do throws(JournalError) {
            let journal = try Journal(folder.path, JournalLoad.settings, bells: [])
            var missing = required.numbers
            var reader = journal.reader(from: required.from)
            var record = JournalRecord()
            var last: UInt64 = 0
            while try reader.next(into: &record) {
                guard record.sequence > last else { return "\(record.sequence) behind \(last)" }
                last = record.sequence
                guard TestRecord.isRight(record) else {
                    return "record \(last) is not as it was written"
                }
                if let number = missing.removeValue(forKey: last),
                    number != Int(record.receivedNanoseconds)
                {
                    return "record \(last) is \(record.receivedNanoseconds), not \(number)"
                }
            }
            journal.close()
            guard missing.isEmpty else {
                return
                    "acknowledged and not there: \(missing.keys.sorted()) of \(required.numbers.count)"
            }
            guard journal.damage.isEmpty else {
                return "called damaged: \(journal.damage)"
            }
            return nil
        } catch {
            return "does not start: \(error)"
        }
    }
}

/// Loses the power again and again, at every call that was noted and in many ways.
struct PowerLoss {
    let log: FaultLog
    let ledger: JournalLedger
    let scratch: DataDirectory
    let from: String

    /// Returns how many states were tried; the first that is wrong is thrown.
    func run(states: Int, seed: UInt64) throws -> Int {
        var random = SeededNumbers(seed: seed)
        var disk = Disk()
        let check = JournalCheck(folder: scratch)
        let each = (states + log.events.count - 1) / max(1, log.events.count)
        var tried = 0
        for (index, event) in log.events.enumerated() {
            disk.take(event)
            let crash = index + 1 < log.events.count ? log.events[index + 1].beganNanoseconds : .max
            let required = ledger.required(at: crash)
            for _ in 0..<each {
                let files = disk.afterPowerLoss(using: &random)
                try lay(files)
                if let fault = check.fault(required: required) {
                    throw Wrong(
                        text:
                            "after call \(index) (\(event.kind) \(event.path)), seed \(seed): \(fault); "
                            + "the files are in \(scratch.path)")
                }
                tried += 1
            }
        }
        return tried
    }

    private func lay(_ files: [String: [UInt8]]) throws(FileFault) {
        for name in try scratch.names() { try scratch.remove(name) }
        for (path, bytes) in files where path.hasPrefix(from + "/") {
            var file = try DataFile(
                scratch.file(String(path.dropFirst(from.count + 1))), .createNew)
            try file.append(bytes)
        }
    }
}

struct Wrong: Error, CustomStringConvertible {
    let text: String

    var description: String { text }
}
